using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Marketplace.Cli;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Client.Tokens;
using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Api.Tests.Verification;

public sealed class VerificationTests : IAsyncLifetime
{
    private const string Facts = """{"processor":"p","logicalCores":1,"memoryMB":1,"operatingSystem":"o","kernel":"k","workerVersion":"1"}""";
    private static readonly OrganisationId Provider = OrganisationId.Parse("org_01JABCDEFGHJKMNPQRSTVWXYZ0");
    private static readonly VerificationId Id = VerificationId.Parse("ver_01JABCDEFGHJKMNPQRSTVWXYZ0");
    private static readonly MachineId Machine = MachineId.Parse("mch_01JABCDEFGHJKMNPQRSTVWXYZ0");
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Keys keys = new();
    private ApiHost host = null!;

    private MarketplaceClient MachineClient => host.Client(MachineToken.Create(key, Keys.Enrolment, TimeProvider.System));

    private HttpClient MachineHttp => host.Http(MachineToken.Create(key, Keys.Enrolment, TimeProvider.System));

    public async ValueTask InitializeAsync()
    {
        keys.All[Keys.Enrolment] = new MachineKey(Keys.Enrolment, Machine, Provider, key.ExportSubjectPublicKeyInfo(), false);
        keys.All[Keys.OtherEnrolment] = new MachineKey(
            Keys.OtherEnrolment, MachineId.Parse("mch_01JABCDEFGHJKMNPQRSTVWXYZ1"), Provider, otherKey.ExportSubjectPublicKeyInfo(), false);
        host = await ApiHost.StartAsync(services => services.AddSingleton<IMachineKeys>(keys));
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        key.Dispose();
        otherKey.Dispose();
    }

    private async Task RequestAsync()
    {
        await host.SendAsync(new RequestVerification(
            Id, VerificationPurpose.Readiness, "lst_x", Provider, Machine, GpuModelId.Parse("cpu-x86-64"), 1, new Capacity(1, 0, 0, 0), host.Time.Now + Duration.FromHours(1)));
        await host.WhenIdleAsync();
    }

    [Fact]
    public async Task A_machine_proves_its_claim_and_everybody_can_read_the_certificate()
    {
        await RequestAsync();
        var open = Assert.Single((await MachineClient.ListMachineVerificationsAsync()).Items);
        Assert.Equal((Id.ToString(), "awaiting", 1L), (open.VerificationId, open.State, open.Claim.Int8Gops!.Value));

        var started = await MachineClient.StartVerificationAsync(open.VerificationId, 0, 1);
        Assert.Equal(started.Protocol, Assert.Single(open.Parts).Protocol);
        Assert.Equal(("int8-tiles-2", "0.000001"), (started.Protocol.Name, started.Protocol.Epsilon));
        var (roots, open2) = Prove(started);
        host.Time.Advance(Duration.FromMilliseconds(500));
        var challenge = await MachineClient.SubmitRootsAsync(
            open.VerificationId, 0, new SubmitRootsRequest(1, Convert.ToBase64String(roots), new ReportedFactsModel("p", 1, 1, "o", "k", "1")));
        var verdict = await MachineClient.SubmitOpeningsAsync(open.VerificationId, 0, open2(challenge.Units));
        await host.WhenIdleAsync();

        Assert.Equal(("passed", 3L), (verdict.State, verdict.Proven!.Int8Gops!.Value));
        var forProvider = await host.Client(host.TokenOf(Provider)).GetVerificationAsync(Id.ToString());
        Assert.Equivalent(verdict, forProvider, strict: true);
        Assert.Equivalent(verdict, await MachineClient.GetMachineVerificationAsync(Id.ToString()), strict: true);
        Assert.Empty((await MachineClient.ListMachineVerificationsAsync()).Items);
        var certificate = await host.Client().GetCertificateAsync(verdict.CertificateId!);
        var publicKey = Assert.Single((await host.Client().ListCertificateKeysAsync()).Items, k => k.KeyId == certificate.KeyId);
        using var verifier = ECDsa.Create();
        verifier.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey.PublicKey), out _);
        Assert.True(verifier.VerifyData(Encoding.ASCII.GetBytes(certificate.Document), Convert.FromBase64String(certificate.Signature), HashAlgorithmName.SHA256));
    }

    [Fact]
    public async Task Another_organisation_or_machine_finds_nothing()
    {
        await RequestAsync();
        using var other = host.Http(host.TokenOf(host.NewOrganisation()));
        using var read = await other.GetAsync($"/v1/verifications/{Id}");
        await read.ProblemAsync(HttpStatusCode.NotFound, "not_found");
        using var machine = host.Http(MachineToken.Create(otherKey, Keys.OtherEnrolment, TimeProvider.System));
        using var started = await machine.PostAsync($"/v1/verifications/{Id}/parts/0/start", Answers.Json("""{"attempt":1}"""));
        await started.ProblemAsync(HttpStatusCode.NotFound, "not_found");
        using var certificate = await other.GetAsync("/v1/certificates/crt_01JABCDEFGHJKMNPQRSTVWXYZ0");
        await certificate.ProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_token_of_an_organisation_is_no_machines_token()
    {
        await RequestAsync();
        using var http = host.Http(host.TokenOf(Provider));
        using var response = await http.PostAsync($"/v1/verifications/{Id}/parts/0/start", Answers.Json("""{"attempt":1}"""));
        await response.ProblemAsync(HttpStatusCode.Unauthorized, "invalid_token");
    }

    [Fact]
    public async Task A_key_that_does_not_match_the_enrolment_is_refused()
    {
        await RequestAsync();
        using var http = host.Http(MachineToken.Create(otherKey, Keys.Enrolment, TimeProvider.System));
        using var response = await http.GetAsync("/v1/machine/verifications");
        await response.ProblemAsync(HttpStatusCode.Unauthorized, "invalid_token");
    }

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "start", """{}""", "/attempt" },
        { "start", """{"attempt":0}""", "/attempt" },
        { "roots", """{"attempt":1,"roots":"AAAA","reported":FACTS}""", "/roots" },
        { "roots", """{"attempt":1,"roots":"not base64!","reported":FACTS}""", "/roots" },
        { "roots", """{"attempt":1,"reported":FACTS}""", "/roots" },
        { "roots", $$"""{"attempt":1,"roots":"{{Convert.ToBase64String(new byte[32])}}"}""", "/reported" },
        { "roots", $$"""{"attempt":1,"roots":"{{Convert.ToBase64String(new byte[32])}}","reported":{"processor":"é","logicalCores":1,"memoryMB":1,"operatingSystem":"o","kernel":"k","workerVersion":"1"} }""", "/reported/processor" },
        { "roots", $$"""{"attempt":1,"roots":"{{Convert.ToBase64String(new byte[131_104])}}","reported":FACTS}""", "/roots" },
        { "roots", $$"""{"attempt":1,"roots":"{{Convert.ToBase64String(new byte[32])}}","reported":{"processor":"p","logicalCores":1,"memoryMB":1,"operatingSystem":"o","kernel":"k","workerVersion":"1","workerSha256":"AB"} }""", "/reported/workerSha256" },
        { "roots", $$"""{"attempt":1,"roots":"{{Convert.ToBase64String(new byte[32])}}","reported":{"processor":"p","logicalCores":1,"memoryMB":1,"operatingSystem":"o","kernel":"k","workerVersion":"1","devices":[null]} }""", "/reported/devices/0/name" },
        { "openings", """{}""", "/openings" },
        { "openings", """{"openings":""}""", "/openings" },
        { "openings", """{"openings":"AAAA"}""", "/openings" },
        { "openings", """{"openings":"not base64!"}""", "/openings" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Malformed_parts_are_named_and_change_nothing(string step, string body, string pointer)
    {
        await RequestAsync();
        using var http = MachineHttp;
        using var response = await http.PostAsync($"/v1/verifications/{Id}/parts/0/{step}", Answers.Json(body.Replace("FACTS", Facts, StringComparison.Ordinal)));
        var problem = await response.ProblemAsync(HttpStatusCode.BadRequest, "invalid_fields");
        Assert.Contains(problem.Errors, error => error.Pointer == pointer);
        Assert.Equal("awaiting", (await MachineClient.GetMachineVerificationAsync(Id.ToString())).State);
    }

    [Fact]
    public async Task Steps_out_of_order_are_conflicts()
    {
        await RequestAsync();
        using var http = MachineHttp;
        var roots = $$"""{"attempt":1,"roots":"{{Convert.ToBase64String(new byte[32])}}","reported":{{Facts}} }""";
        using var early = await http.PostAsync($"/v1/verifications/{Id}/parts/0/roots", Answers.Json(roots));
        await early.ProblemAsync(HttpStatusCode.Conflict, "verification_not_started");
        using var second = await http.PostAsync($"/v1/verifications/{Id}/parts/0/start", Answers.Json("""{"attempt":2}"""));
        await second.ProblemAsync(HttpStatusCode.Conflict, "verification_attempt_out_of_order");
        await MachineClient.StartVerificationAsync(Id.ToString(), 0, 1);
        using var few = await http.PostAsync($"/v1/verifications/{Id}/parts/0/roots", Answers.Json(roots));
        await few.ProblemAsync(HttpStatusCode.UnprocessableEntity, "verification_wrong_number_of_roots");
        using var undrawn = await http.PostAsync($"/v1/verifications/{Id}/parts/0/openings", Answers.Json("""{"openings":"AAAAAAAAAAAAAAAA"}"""));
        await undrawn.ProblemAsync(HttpStatusCode.Conflict, "verification_not_challenged");
        await MachineClient.StartVerificationAsync(Id.ToString(), 0, 2);
        using var superseded = await http.PostAsync($"/v1/verifications/{Id}/parts/0/roots", Answers.Json(roots));
        await superseded.ProblemAsync(HttpStatusCode.Conflict, "verification_attempt_superseded");
        foreach (var (step, body) in new[] { ("start", """{"attempt":1}"""), ("roots", roots), ("openings", """{"openings":"AAAAAAAAAAAAAAAA"}""") })
        {
            using var next = await http.PostAsync($"/v1/verifications/{Id}/parts/1/{step}", Answers.Json(body));
            await next.ProblemAsync(HttpStatusCode.Conflict, "verification_part_out_of_order");
        }

        for (var attempt = 3; attempt <= 10; attempt++) await MachineClient.StartVerificationAsync(Id.ToString(), 0, attempt);
        using var eleventh = await http.PostAsync($"/v1/verifications/{Id}/parts/0/start", Answers.Json("""{"attempt":11}"""));
        await eleventh.ProblemAsync(HttpStatusCode.Conflict, "verification_too_many_attempts");
        var read = await MachineClient.GetMachineVerificationAsync(Id.ToString());
        Assert.Equal(("failed", "notCompleted", 10), (read.State, read.Failure, read.Attempt));
    }

    [Fact]
    public async Task Unknown_fields_and_bodies_that_are_too_large_are_refused_and_change_nothing()
    {
        await RequestAsync();
        await MachineClient.StartVerificationAsync(Id.ToString(), 0, 1);
        using var http = MachineHttp;
        using var unknown = await http.PostAsync($"/v1/verifications/{Id}/parts/0/openings", Answers.Json("""{"openings":"AAAAAAAAAAAAAAAA","draw":1}"""));
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
        using var cut = await http.PostAsync($"/v1/verifications/{Id}/parts/0/roots", Answers.Json("""{"attempt":1,"roots":"AAAA"""));
        Assert.Equal(HttpStatusCode.BadRequest, cut.StatusCode);
        var large = new string('A', 1_100_000);
        using var oversized = await http.PostAsync($"/v1/verifications/{Id}/parts/0/openings", Answers.Json($$"""{"openings":"{{large}}"}"""));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, oversized.StatusCode);
        using var negative = await http.PostAsync($"/v1/verifications/{Id}/parts/-1/start", Answers.Json("""{"attempt":2}"""));
        await negative.ProblemAsync(HttpStatusCode.Conflict, "verification_part_out_of_order");
        Assert.Equal("started", (await MachineClient.GetMachineVerificationAsync(Id.ToString())).State);
    }

    /// <summary>Anybody replays the certificate with the command line, and sees what was changed.</summary>
    [Fact]
    public async Task The_command_line_replays_a_certificate_offline()
    {
        await RequestAsync();
        var started = await MachineClient.StartVerificationAsync(Id.ToString(), 0, 1);
        var (roots, open) = Prove(started);
        host.Time.Advance(Duration.FromMilliseconds(500));
        var challenge = await MachineClient.SubmitRootsAsync(Id.ToString(), 0, new SubmitRootsRequest(1, Convert.ToBase64String(roots), new ReportedFactsModel("p", 1, 1, "o", "k", "1")));
        var verdict = await MachineClient.SubmitOpeningsAsync(Id.ToString(), 0, open(challenge.Units));
        await host.WhenIdleAsync();

        var folder = Directory.CreateTempSubdirectory("marketplace-certificate");
        try
        {
            var (file, pem) = (Path.Combine(folder.FullName, "c.json"), Path.Combine(folder.FullName, "key.pem"));
            Assert.Equal(ExitCodes.Done, (await RunAsync("certificate", "get", verdict.CertificateId!, "--out", file)).Code);
            var key = Assert.Single((await host.Client().ListCertificateKeysAsync()).Items);
            await File.WriteAllTextAsync(pem, PemEncoding.WriteString("PUBLIC KEY", Convert.FromBase64String(key.PublicKey)));

            // The host's clock is virtual and may be past or before today: then only the dates differ.
            var offline = await RunAsync("certificate", "verify", file, "--key", pem, "--json");
            var online = await RunAsync("certificate", "verify", file);
            Assert.Equal(offline.Code, online.Code);
            using var report = JsonDocument.Parse(offline.Output);
            foreach (var step in report.RootElement.GetProperty("steps").EnumerateArray())
            {
                var name = step.GetProperty("name").GetString()!;
                Assert.True(name == "dates" || name == "expiry" || step.GetProperty("holds").GetBoolean(), name);
            }

            Assert.Contains("units recomputed", offline.Output, StringComparison.Ordinal);
            var text = await File.ReadAllTextAsync(file);
            foreach (var (was, becomes) in new[] { ("ES256", "ES384"), ("gpuCount\\u0022:1", "gpuCount\\u0022:2"), ("crt_", "crx_"), ("\"evidence\"", "\"other\"") })
            {
                Assert.Contains(was, text, StringComparison.Ordinal);
                await File.WriteAllTextAsync(file, text.Replace(was, becomes, StringComparison.Ordinal));
                Assert.Equal(ExitCodes.CertificateWrong, (await RunAsync("certificate", "verify", file, "--key", pem)).Code);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<(int Code, string Output)> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await MarketplaceCli.RunAsync(args, output, error, _ => host.Http(), default);
        return (code, output.ToString() + error);
    }

    // By the server's own way to a unit: slow, and independent of the worker.
    internal static (byte[] Roots, Func<IReadOnlyList<UnitModel>, SubmitOpeningsRequest> Open) Prove(StartedVerificationModel started)
    {
        var p = started.Protocol;
        var parameters = new ProofParameters(Workload.Int8Tiles, p.Devices, p.Rounds, p.Rows, p.Columns, p.Depth, p.Lag, p.Draws, 1e-6);
        var (roots, chain, replay, digests) = (new byte[p.Rounds * 32], new byte[p.Rounds * 32], new UnitReplay(parameters), new ulong[p.Rounds][]);
        Convert.FromBase64String(started.Seeds).CopyTo(chain, 0);
        for (var t = 0; t < p.Rounds; t++)
        {
            digests[t] = [.. Enumerable.Range(0, parameters.UnitsPerRound).Select(unit => replay.Digest(chain, t, unit))];
            var nodes = new byte[DigestTree.NodeCount(digests[t].Length) * 32];
            DigestTree.Nodes(digests[t], nodes);
            DigestTree.Root(digests[t].Length, nodes, roots.AsSpan(t * 32, 32));
            if (t + 1 < p.Rounds) SeedChain.Next(t + 1, chain.AsSpan(t * 32, 32), SeedChain.Lagged(p.Lag, t, roots), chain.AsSpan((t + 1) * 32, 32));
        }

        return (roots, units => new SubmitOpeningsRequest(Convert.ToBase64String([.. units.SelectMany(unit =>
        {
            var opening = new byte[DigestTree.OpeningLength(parameters.UnitsPerRound, unit.Unit)];
            DigestTree.Open(digests[unit.Round], [unit.Unit], opening);
            return opening;
        })])));
    }

    private sealed class Keys : IMachineKeys
    {
        public static readonly EnrolmentId Enrolment = EnrolmentId.Parse("enr_01JABCDEFGHJKMNPQRSTVWXYZ0");
        public static readonly EnrolmentId OtherEnrolment = EnrolmentId.Parse("enr_01JABCDEFGHJKMNPQRSTVWXYZ1");

        public Dictionary<EnrolmentId, MachineKey> All { get; } = [];

        public ValueTask<MachineKey?> FindAsync(EnrolmentId id, CancellationToken cancellationToken) => ValueTask.FromResult(All.GetValueOrDefault(id));
    }
}
