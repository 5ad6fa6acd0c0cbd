using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Api.Auth;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Client.Tokens;
using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Api.Tests.Metering;

public sealed class UsageTests : IAsyncLifetime
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly EnrolledKeys keys = new();
    private ApiHost host = null!;
    private LeaseReady lease = null!;
    private EnrolmentId keyId;

    private string Path => $"/v1/leases/{lease.LeaseId}/readings";

    private string MachineJwt => MachineToken.Create(key, keyId, TimeProvider.System);

    public async ValueTask InitializeAsync()
    {
        host = await ApiHost.StartAsync(services => services.AddSingleton<IMachineKeys>(keys));
        var ids = host.Services.GetRequiredService<IIdSource>();
        lease = new LeaseReady(
            ids.Next<LeaseKind>(), host.NewOrganisation(), host.NewOrganisation(), ids.Next<MachineKind>(), 2,
            HourWindow.Starting(HourSlot.Containing(VirtualTime.Monday), 2), UnitPrice.OfMicros(2_100_000, Currency.Usd), VirtualTime.Monday);
        keyId = ids.Next<EnrolmentKind>();
        keys.Add(keyId, lease.MachineId, lease.Provider, key);
        await host.SendAsync(lease);
        await host.AdvanceAsync(Duration.FromHours(2));
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        key.Dispose();
    }

    [Fact]
    public async Task A_machine_reports_and_buyer_provider_and_finance_see_the_use()
    {
        var machine = host.Client(MachineJwt);
        var head = await machine.GetReadingHeadAsync(lease.LeaseId.ToString());
        Assert.Equal(new ReadingHeadModel(ReadingBatchFormat.NoBatch, 1), head);
        var batch = await machine.SubmitReadingsAsync(lease.LeaseId, keyId, key, head.LastBatchHash, [Reading(1, 0, 60), Reading(1, 0, 60), Reading(2, 100, 160), Reading(3, 60, 60)]);
        Assert.Equal(["accepted", "duplicate", "accepted", "invalid"], batch.Readings.Select(r => r.Outcome));
        Assert.Equal(new ReadingHeadModel(batch.BatchHash, 3), await machine.GetReadingHeadAsync(lease.LeaseId.ToString()));

        foreach (var token in (string[])[host.TokenOf(lease.Buyer), host.TokenOf(lease.Provider), host.StaffToken(Scopes.FinanceRead)])
        {
            var usage = await host.Client(token).GetUsageAsync(lease.LeaseId.ToString());
            Assert.Equal(320, usage.GpuSeconds);
            Assert.Equal(["metered", "gapFilled", "metered", "afterLastReading"], usage.Segments.Select(s => s.Rule));
            Assert.Equal(("metering", 2), (usage.Status, usage.Outcomes["accepted"]));
        }
    }

    [Fact]
    public async Task Another_organisation_and_another_machine_see_no_such_lease()
    {
        using var otherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var other = host.Services.GetRequiredService<IIdSource>().Next<EnrolmentKind>();
        keys.Add(other, MachineId.Parse("mch_01JABCDEFGHJKMNPQRSTVWXYZ0"), lease.Provider, otherKey);
        using var usage = await host.Http(host.TokenOf(host.NewOrganisation())).GetAsync($"/v1/leases/{lease.LeaseId}/usage");
        await usage.ProblemAsync(HttpStatusCode.NotFound, "not_found");
        var token = MachineToken.Create(otherKey, other, TimeProvider.System);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => host.Client(token).SubmitReadingsAsync(lease.LeaseId, other, otherKey, ReadingBatchFormat.NoBatch, [Reading(1, 0, 60)]));
        Assert.Equal("not_found", refused.Code);
        using var head = await host.Http(token).GetAsync(Path);
        await head.ProblemAsync(HttpStatusCode.NotFound, "not_found");
        using var asBuyer = await host.Http(host.TokenOf(lease.Buyer)).GetAsync(Path);
        await asBuyer.ProblemAsync(HttpStatusCode.Unauthorized, "invalid_token");
    }

    [Fact]
    public async Task A_repeated_batch_is_answered_as_the_first_time()
    {
        var body = JsonSerializer.Serialize(Batch(Reading(1, 0, 60)), JsonSerializerOptions.Web);
        var answers = new List<string>();
        foreach (var (idempotencyKey, replayed) in new[] { ("a", false), ("a", true), ("b", false) })
        {
            using var response = await host.Http(MachineJwt).SendAsync(Answers.Post(Path, idempotencyKey, Answers.Json(body)));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(replayed, response.Headers.Contains("Idempotency-Replayed"));
            answers.Add(await response.Content.ReadAsStringAsync());
        }

        Assert.Single(answers.Distinct());
        Assert.Equal(120, await BilledAsync());
    }

    private static readonly (string Name, Action<JsonObject> Spoil, int Status, string Code, string? Pointer)[] BadBatches =
    [
        ("no signature", b => b.Remove("signature"), 400, "invalid_fields", "/signature"),
        ("unsigned", b => b["signature"] = "", 422, "readings_signature_invalid", null),
        ("wrongly signed", b => b["signature"] = Convert.ToBase64String(new byte[64]), 422, "readings_signature_invalid", null),
        ("altered after signing", b => b["readings"]![0]!["gpuSeconds"] = 119, 422, "readings_signature_invalid", null),
        ("another key", b => b["machineKeyId"] = "enr_01JABCDEFGHJKMNPQRSTVWXYZ0", 422, "machine_key_unknown", null),
        ("another kind of id", b => b["machineKeyId"] = "bid_01JABCDEFGHJKMNPQRSTVWXYZ0", 400, "invalid_fields", "/machineKeyId"),
        ("no hash", b => b["previousBatchHash"] = "ABC", 400, "invalid_fields", "/previousBatchHash"),
        ("no readings", b => b["readings"] = new JsonArray(), 400, "invalid_fields", "/readings"),
        ("too many readings", b => b["readings"] = new JsonArray([.. Enumerable.Range(0, 1001).Select(_ => b["readings"]![0]!.DeepClone())]), 400, "invalid_fields", "/readings"),
        ("null reading", b => b["readings"]![0] = null, 400, "invalid_fields", "/readings/0/sequence"),
        ("comma in state", b => b["readings"]![0]!["state"] = "a,b", 400, "invalid_fields", "/readings/0/state"),
        ("line in time", b => b["readings"]![0]!["from"] = "a\nb", 400, "invalid_fields", "/readings/0/from"),
        ("unknown member", b => b["extra"] = 1, 400, "malformed_json", null),
        ("sequence as text", b => b["readings"]![0]!["sequence"] = "1", 400, "malformed_json", null),
        ("fraction of a second of use", b => b["readings"]![0]!["gpuSeconds"] = 1.5, 400, "malformed_json", null),
        ("overflow", b => b["readings"]![0]!["gpuSeconds"] = JsonNode.Parse("99999999999999999999"), 400, "malformed_json", null),
    ];

    [Fact]
    public async Task A_bad_batch_is_refused_and_changes_nothing()
    {
        foreach (var (name, spoil, status, code, pointer) in BadBatches)
        {
            var body = JsonSerializer.SerializeToNode(Batch(Reading(1, 0, 60)), JsonSerializerOptions.Web)!.AsObject();
            spoil(body);
            using var response = await host.Http(MachineJwt).SendAsync(Answers.Post(Path, "a", Answers.Json(body.ToJsonString())));
            var problem = await response.ProblemAsync((HttpStatusCode)status, code);
            if (pointer is not null) Assert.True(problem.Errors.Any(e => e.Pointer == pointer), $"With {name}: {string.Join(", ", problem.Errors)}");
            Assert.Equal(0, await BilledAsync());
            Assert.Equal(ReadingBatchFormat.NoBatch, (await host.Client(MachineJwt).GetReadingHeadAsync(lease.LeaseId.ToString())).LastBatchHash);
        }
    }

    [Fact]
    public async Task Readings_that_cannot_count_bill_nothing()
    {
        SignedReading[] bad =
        [
            Reading(1, 0, 60) with { GpuSeconds = -1 }, Reading(2, 0, 60) with { GpuSeconds = 121 }, Reading(3, 60, 0), Reading(4, 7200, 7260),
            Reading(-5, 0, 60), Reading(6, 0, 60) with { State = "on" }, Reading(7, 0, 60) with { From = "yesterday" }, Reading(8, 7000, 9000),
        ];
        var batch = await host.Client(MachineJwt).SubmitReadingsAsync(lease.LeaseId, keyId, key, ReadingBatchFormat.NoBatch, bad);
        Assert.Equal(["invalid", "invalid", "invalid", "outsideLease", "invalid", "invalid", "invalid", "invalid"], batch.Readings.Select(r => r.Outcome));
        Assert.Equal(0, await BilledAsync());
    }

    [Fact]
    public async Task A_request_takes_a_thousand_readings_names_what_is_wrong_with_each_and_keeps_all_as_evidence()
    {
        var readings = Enumerable.Range(0, ReadingBatchFormat.MaxReadings).Select(i => Reading(i + 1, i * 7, (i + 1) * 7)).ToArray();
        (int Index, SignedReading Bad, string Code)[] bad =
        [
            (10, Reading(11, 90, 70), "invalid"), (20, Reading(21, 140, 147) with { GpuSeconds = -1 }, "invalid"),
            (30, Reading(31, 7200, 7207), "outsideLease"), (40, Reading(1, 0, 8), "conflicting"), (50, readings[0], "duplicate"),
            (60, Reading(61, 0, 7), "overlapping"),
        ];
        foreach (var (index, reading, _) in bad) readings[index] = reading;
        var batch = await host.Client(MachineJwt).SubmitReadingsAsync(lease.LeaseId, keyId, key, ReadingBatchFormat.NoBatch, readings);
        Assert.Equal(1000, batch.Readings.Count);
        Assert.Equal(
            bad.Select(b => (b.Index, b.Code)), batch.Readings.Index().Where(r => r.Item.Outcome != "accepted").Select(r => (r.Index, r.Item.Outcome)));
        Assert.Equal(14_000, await BilledAsync()); // six gaps of 7 seconds are filled

        var kept = Assert.Single((await host.Client(host.TokenOf(lease.Buyer)).ListReadingBatchesAsync(lease.LeaseId.ToString())).Items);
        Assert.Equal(batch.Readings.Select(r => (r.Sequence, r.Outcome)), kept.Readings.Select(r => (r.Reading.Sequence!.Value, r.Outcome)));
        Assert.Equal(readings.Select(r => (r.From, r.To, r.GpuSeconds)), kept.Readings.Select(r => (r.Reading.From!, r.Reading.To!, r.Reading.GpuSeconds!.Value)));
        var usage = await host.Client(host.TokenOf(lease.Buyer)).GetUsageAsync(lease.LeaseId.ToString());
        Assert.Equal((1L, 14L, 16L), (Assert.Single(usage.Conflicts).Kept.Sequence, usage.Conflicts[0].Kept.GpuSeconds, usage.Conflicts[0].Refused.GpuSeconds));
    }

    [Fact]
    public async Task A_batch_that_does_not_chain_is_refused_with_its_code()
    {
        var machine = host.Client(MachineJwt);
        await machine.SubmitReadingsAsync(lease.LeaseId, keyId, key, ReadingBatchFormat.NoBatch, [Reading(1, 0, 60)]);
        var refused = await Assert.ThrowsAsync<ProblemException>(() =>
            machine.SubmitReadingsAsync(lease.LeaseId, keyId, key, ReadingBatchFormat.NoBatch, [Reading(2, 60, 120)]));
        Assert.Equal((HttpStatusCode.Conflict, "readings_out_of_chain"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Without_a_machines_token_nothing_is_taken()
    {
        foreach (var token in (string?[])[null, "forged", host.TokenOf(lease.Provider), host.StaffToken()])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = JsonContent.Create(Batch(Reading(1, 0, 60))) };
            using var response = await host.Http(token).SendAsync(request);
            await response.ProblemAsync(HttpStatusCode.Unauthorized, token is null ? "token_required" : "invalid_token");
        }
    }

    private SignedReading Reading(long sequence, int from, int to) => new(
        sequence, At(from), At(to), Math.Abs(to - from) * 2, "serving");

    private static string At(int second) => NodaTime.Text.InstantPattern.General.Format(VirtualTime.Monday + Duration.FromSeconds(second));

    private SubmitReadingsRequest Batch(params SignedReading[] readings) =>
        SignedReadings.Create(lease.LeaseId, keyId, key, ReadingBatchFormat.NoBatch, readings);

    private async Task<long> BilledAsync() => (await host.Client(host.TokenOf(lease.Buyer)).GetUsageAsync(lease.LeaseId.ToString())).GpuSeconds;

    private sealed class EnrolledKeys : IMachineKeys
    {
        private readonly Dictionary<EnrolmentId, MachineKey> known = [];

        public void Add(EnrolmentId id, MachineId machine, OrganisationId provider, ECDsa key) =>
            known.Add(id, new MachineKey(id, machine, provider, key.ExportSubjectPublicKeyInfo(), IsRevoked: false));

        public ValueTask<MachineKey?> FindAsync(EnrolmentId id, CancellationToken cancellationToken) => ValueTask.FromResult(known.GetValueOrDefault(id));
    }
}
