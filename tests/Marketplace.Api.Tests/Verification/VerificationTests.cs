using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
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
        Assert.Equal((Id.ToString(), "awaiting", 1L), (open.VerificationId, open.State, open.ClaimedInt8Gops));

        var started = await MachineClient.StartVerificationAsync(open.VerificationId, 1);
        Assert.Equal(("int8-tiles-1", "0.000001"), (started.Protocol.Name, started.Protocol.Epsilon));
        var (roots, open2) = Prove(started);
        host.Time.Advance(Duration.FromMilliseconds(500));
        var challenge = await MachineClient.SubmitRootsAsync(
            open.VerificationId, new SubmitRootsRequest(1, Convert.ToBase64String(roots), new ReportedFactsModel("p", 1, 1, "o", "k", "1")));
        var verdict = await MachineClient.SubmitOpeningsAsync(open.VerificationId, open2(challenge.Tiles));
        await host.WhenIdleAsync();

        Assert.Equal(("passed", 1L), (verdict.State, verdict.ProvenInt8Gops));
        var forProvider = await host.Client(host.TokenOf(Provider)).GetVerificationAsync(Id.ToString());
        Assert.Equal(verdict, forProvider);
        Assert.Equal(verdict, await MachineClient.GetMachineVerificationAsync(Id.ToString()));
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
        using var started = await machine.PostAsync($"/v1/verifications/{Id}/start", Answers.Json("""{"attempt":1}"""));
        await started.ProblemAsync(HttpStatusCode.NotFound, "not_found");
        using var certificate = await other.GetAsync("/v1/certificates/crt_01JABCDEFGHJKMNPQRSTVWXYZ0");
        await certificate.ProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task A_token_of_an_organisation_is_no_machines_token()
    {
        await RequestAsync();
        using var http = host.Http(host.TokenOf(Provider));
        using var response = await http.PostAsync($"/v1/verifications/{Id}/start", Answers.Json("""{"attempt":1}"""));
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
        { "openings", """{}""", "/rounds" },
        { "openings", """{"rounds":[null]}""", "/rounds/0/round" },
        { "openings", """{"rounds":[{"round":0,"nodes":"AAAA","rows":[]}]}""", "/rounds/0/nodes" },
        { "openings", $$"""{"rounds":[{"round":0,"nodes":"{{Convert.ToBase64String(new byte[32])}}","rows":[{"row":-1,"digests":"AAAAAAAAAAA="}]}]}""", "/rounds/0/rows/0/row" },
        { "openings", $$"""{"rounds":[{"round":0,"nodes":"{{Convert.ToBase64String(new byte[32])}}","rows":[{"row":0,"digests":"AAAAAAAAAAAAAA=="}]}]}""", "/rounds/0/rows/0/digests" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task Malformed_parts_are_named_and_change_nothing(string step, string body, string pointer)
    {
        await RequestAsync();
        using var http = MachineHttp;
        using var response = await http.PostAsync($"/v1/verifications/{Id}/{step}", Answers.Json(body.Replace("FACTS", Facts, StringComparison.Ordinal)));
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
        using var early = await http.PostAsync($"/v1/verifications/{Id}/roots", Answers.Json(roots));
        await early.ProblemAsync(HttpStatusCode.Conflict, "verification_not_started");
        using var second = await http.PostAsync($"/v1/verifications/{Id}/start", Answers.Json("""{"attempt":2}"""));
        await second.ProblemAsync(HttpStatusCode.Conflict, "verification_attempt_out_of_order");
        await MachineClient.StartVerificationAsync(Id.ToString(), 1);
        using var few = await http.PostAsync($"/v1/verifications/{Id}/roots", Answers.Json(roots));
        await few.ProblemAsync(HttpStatusCode.UnprocessableEntity, "verification_wrong_number_of_roots");
        using var undrawn = await http.PostAsync($"/v1/verifications/{Id}/openings", Answers.Json("""{"rounds":[]}"""));
        await undrawn.ProblemAsync(HttpStatusCode.Conflict, "verification_not_challenged");
        await MachineClient.StartVerificationAsync(Id.ToString(), 2);
        using var superseded = await http.PostAsync($"/v1/verifications/{Id}/roots", Answers.Json(roots));
        await superseded.ProblemAsync(HttpStatusCode.Conflict, "verification_attempt_superseded");
    }

    // By the server's own product: slow, and independent of the worker.
    private static (byte[] Roots, Func<IReadOnlyList<TileModel>, SubmitOpeningsRequest> Open) Prove(StartedVerificationModel started)
    {
        var (n, rounds) = (started.Protocol.Size, started.Protocol.Rounds);
        var side = n / 128;
        var (roots, seed, product) = (new byte[rounds * 32], Convert.FromBase64String(started.Seed), new TileProduct(n));
        var (digests, nodes) = (new ulong[rounds][], new byte[rounds][]);
        for (var t = 0; t < rounds; t++)
        {
            (digests[t], nodes[t]) = (new ulong[side * side], new byte[side * 32]);
            for (var i = 0; i < side * side; i++) digests[t][i] = TileDigest.Compute(product.Compute(seed, i / side, i % side));
            DigestTree.Build(digests[t], side, nodes[t], roots.AsSpan(t * 32, 32));
            var lagged = t - started.Protocol.Lag;
            SeedChain.Next(t + 1, seed, lagged >= 0 ? roots.AsSpan(lagged * 32, 32) : default, seed);
        }

        return (roots, tiles => new SubmitOpeningsRequest([.. tiles.GroupBy(tile => tile.Round).Select(round => new RoundOpeningModel(
            round.Key,
            Convert.ToBase64String(nodes[round.Key]),
            [.. round.Select(tile => tile.Row).Distinct().Select(row => new RowOpeningModel(row, Text(digests[round.Key].AsSpan(row * side, side))))]))]));
    }

    private static string Text(ReadOnlySpan<ulong> digests)
    {
        var bytes = new byte[digests.Length * 8];
        for (var i = 0; i < digests.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(i * 8), digests[i]);
        return Convert.ToBase64String(bytes);
    }

    private sealed class Keys : IMachineKeys
    {
        public static readonly EnrolmentId Enrolment = EnrolmentId.Parse("enr_01JABCDEFGHJKMNPQRSTVWXYZ0");
        public static readonly EnrolmentId OtherEnrolment = EnrolmentId.Parse("enr_01JABCDEFGHJKMNPQRSTVWXYZ1");

        public Dictionary<EnrolmentId, MachineKey> All { get; } = [];

        public ValueTask<MachineKey?> FindAsync(EnrolmentId id, CancellationToken cancellationToken) => ValueTask.FromResult(All.GetValueOrDefault(id));
    }
}
