using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Marketplace.Api.Tests.Registry;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Client.Tokens;
using NodaTime;

namespace Marketplace.Api.Tests.Verification;

/// <summary>What everybody may read of a machine's tests, without a token.</summary>
public sealed class HistoryTests : IAsyncLifetime
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private ApiHost host = null!;

    public async ValueTask InitializeAsync() => host = await ApiHost.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        key.Dispose();
    }

    [Fact]
    public async Task Everybody_reads_passed_and_abandoned_tests_with_attempts_and_figures_and_nothing_private()
    {
        var (provider, _) = await host.ProviderAsync();
        var machine = await provider.RegisterMachineAsync(RegistryWalk.Machine, RegistryWalk.NewKey());
        var code = await provider.IssueEnrolmentCodeAsync(machine.MachineId, RegistryWalk.NewKey());
        var enrolled = await host.Client().EnrolKeyAsync(code.Code!, key.ExportSubjectPublicKeyInfo());
        var worker = host.Client(MachineToken.Create(key, EnrolmentId.Parse(enrolled.EnrolmentId), TimeProvider.System));
        Assert.Empty((await host.Client().ListResourceTestsAsync(machine.ResourceIdentifier)).Items);
        var draft = await provider.CreateListingAsync(RegistryWalk.ListingOf(machine.MachineId, int8Gops: 1), RegistryWalk.NewKey());

        // Left after it was begun: a failed test once its time is over.
        await provider.SubmitListingAsync(draft.ListingId, RegistryWalk.NewKey());
        await host.WhenIdleAsync();
        var left = Assert.Single((await worker.ListMachineVerificationsAsync()).Items);
        await worker.StartVerificationAsync(left.VerificationId, 0, 1);
        Assert.Empty((await host.Client().ListResourceTestsAsync(machine.ResourceIdentifier)).Items);
        await host.AdvanceAsync(Duration.FromMinutes(10));

        // Begun twice, then proven.
        await provider.SubmitListingAsync(draft.ListingId, RegistryWalk.NewKey());
        await host.WhenIdleAsync();
        var proven = Assert.Single((await worker.ListMachineVerificationsAsync()).Items);
        await worker.StartVerificationAsync(proven.VerificationId, 0, 1);
        var started = await worker.StartVerificationAsync(proven.VerificationId, 0, 2);
        var (roots, open) = VerificationTests.Prove(started);
        host.Time.Advance(Duration.FromMilliseconds(500));
        var facts = new ReportedFactsModel("secret-processor", 1, 1, "secret-system", "k", "1.2.3", new string('a', 64));
        var challenge = await worker.SubmitRootsAsync(proven.VerificationId, 0, new SubmitRootsRequest(2, Convert.ToBase64String(roots), facts));
        var verdict = await worker.SubmitOpeningsAsync(proven.VerificationId, 0, open(challenge.Units));
        await host.WhenIdleAsync();

        using var response = await host.Http().GetAsync($"/v1/resources/{machine.ResourceIdentifier}/tests");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync();
        var tests = JsonSerializer.Deserialize<ResourceTestsModel>(text, JsonSerializerOptions.Web)!.Items;
        Assert.Equal([proven.VerificationId, left.VerificationId], tests.Select(test => test.VerificationId));
        var (passed, failed) = (tests[0], tests[1]);
        Assert.Equal(("listing", true, null, verdict.CertificateId, "1.2.3"), (passed.Purpose, passed.Passed, passed.Failure, passed.CertificateId, passed.WorkerVersion));
        Assert.Equal((1L, verdict.Proven!.Int8Gops), (passed.Claim.Int8Gops, passed.Proven!.Int8Gops));
        Assert.Equal((2, verdict.Proven.Int8Gops), (Assert.Single(passed.Parts).Attempts, passed.Parts[0].Proven!.Int8Gops));
        Assert.Equal((false, "notCompleted", 1), (failed.Passed, failed.Failure, Assert.Single(failed.Parts).Attempts));
        Assert.Null(failed.CertificateId);

        // Whose machine it is says the resource; what the machine says of itself, the certificate; seeds and units, that too.
        Assert.Equal(
            ["certificateId", "claim", "completedAt", "failure", "fault", "gpuCount", "parts", "passed", "proven", "purpose", "requestedAt", "verificationId", "workerSha256", "workerVersion"],
            JsonDocument.Parse(text).RootElement.GetProperty("items")[0].EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.All(
            [draft.ListingId, machine.MachineId, enrolled.EnrolmentId, "org_", "secret", started.Seeds, "seeds", "2.10"],
            secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", HttpStatusCode.NotFound, "not_found")]
    [InlineData("GZ-00000001-1", HttpStatusCode.BadRequest, "check_character_wrong")]
    [InlineData("GZ-1-I", HttpStatusCode.BadRequest, "resource_identifier_malformed")]
    public async Task An_identifier_that_nothing_has_is_told_from_one_that_is_none(string identifier, HttpStatusCode status, string code)
    {
        if (identifier.Length == 0) identifier = ResourceIdentifier.Of("GZ", ResourceIdentifier.MaxSerial).ToString();
        using var response = await host.Http().GetAsync($"/v1/resources/{identifier}/tests");
        await response.ProblemAsync(status, code);
    }
}
