using System.Security.Cryptography;
using Marketplace.Contracts;
using Marketplace.Testing.Store;
using NodaTime;
using static Marketplace.Metering.Tests.MeteredMarket;

namespace Marketplace.Metering.Tests;

public sealed class SubmitReadingsTests : IAsyncLifetime
{
    private readonly MeteredMarket market = new();

    public async ValueTask InitializeAsync()
    {
        await market.BecomeReadyAsync();
        market.Market.Time.Advance(Duration.FromHours(2));
    }

    public ValueTask DisposeAsync() => market.DisposeAsync();

    [Fact]
    public async Task One_bad_reading_takes_nothing_from_the_others()
    {
        var outcomes = await market.SendAsync(
            Reading(1, 0, 60),
            Reading(1, 0, 60),
            Reading(1, 0, 61),
            Reading(2, 60, 60),
            Reading(3, 60, 120, gpuSeconds: 121),
            Reading(4, 60, 120, gpuSeconds: -1),
            Reading(5, 60, 120, state: "asleep"),
            Reading(6, 60, 120, state: "down"),
            Reading(7, 7200, 7260),
            Reading(8, -60, 0),
            Reading(0, 60, 120),
            Reading(9, 60, 120) with { From = "2026-11-02T08:01:00.5Z" },
            Reading(10, 60, 120) with { To = "9999-99-99" },
            Reading(11, 6900, 7501),
            Reading(13, 120, 60, gpuSeconds: 0),
            Reading(12, 60, 120));
        ReadingOutcome[] expected =
        [
            ReadingOutcome.Accepted, ReadingOutcome.Duplicate, ReadingOutcome.Conflicting,
            ReadingOutcome.Invalid, ReadingOutcome.Invalid, ReadingOutcome.Invalid, ReadingOutcome.Invalid, ReadingOutcome.Invalid,
            ReadingOutcome.OutsideLease, ReadingOutcome.OutsideLease,
            ReadingOutcome.Invalid, ReadingOutcome.Invalid, ReadingOutcome.Invalid, ReadingOutcome.Invalid, ReadingOutcome.Invalid, ReadingOutcome.Accepted,
        ];
        Assert.Equal(expected, outcomes);
        Assert.Equal(240, (await market.ReportAsync()).Total.GpuSeconds);
    }

    [Fact]
    public async Task A_batch_sent_again_is_answered_with_its_first_outcomes_and_counts_once()
    {
        var command = market.Sign(Reading(1, 0, 60), Reading(1, 0, 59));
        var first = await market.SubmitAsync(command, "a");
        var repeated = await market.SubmitAsync(command, "a");
        var underAnotherKey = await market.SubmitAsync(command with { Signature = market.Sign([.. command.Readings]).Signature }, "b");
        Assert.Equal((1, 1, 1), (first.Result.Value.Number, repeated.Result.Value.Number, underAnotherKey.Result.Value.Number));
        Assert.True(repeated.Replayed);
        Assert.True((await market.SubmitAsync(market.Sign(Reading(2, 60, 90)), "a")).KeyReused);
        var report = await market.ReportAsync();
        Assert.Equal(120, report.Total.GpuSeconds);
        var conflict = Assert.Single(report.Conflicts);
        Assert.Equal((Reading(1, 0, 60), Reading(1, 0, 59)), (conflict.Kept, conflict.Refused));
    }

    [Fact]
    public async Task Late_and_repeated_sequences_in_later_batches_are_recognised()
    {
        await market.SendAsync(Reading(2, 60, 120), Reading(5, 240, 300));
        Assert.Equal([ReadingOutcome.Duplicate], await market.SendAsync(Reading(5, 240, 300)));
        Assert.Equal([ReadingOutcome.Duplicate, ReadingOutcome.Accepted], await market.SendAsync(Reading(2, 60, 120), Reading(3, 120, 180)));
        Assert.Equal([ReadingOutcome.Conflicting, ReadingOutcome.Accepted], await market.SendAsync(Reading(5, 240, 301), Reading(1, 0, 60)));
        Assert.Equal([ReadingOutcome.Duplicate], await market.SendAsync(Reading(1, 0, 60)));
        Assert.Equal(600, (await market.ReportAsync()).Total.GpuSeconds); // 0-180, a filled minute, 240-300
    }

    [Fact]
    public async Task A_batch_of_the_most_readings_has_an_outcome_for_each_and_one_bad_reading_fails_no_other()
    {
        var readings = Enumerable.Range(0, ReadingBatchFormat.MaxReadings).Select(i => Reading(i + 1, i * 7, (i + 1) * 7)).ToArray();
        readings[499] = readings[499] with { To = readings[499].From };
        var outcomes = await market.SendAsync(readings);
        Assert.Equal(1000, outcomes.Length);
        Assert.Equal([499], outcomes.Index().Where(o => o.Item != ReadingOutcome.Accepted).Select(o => o.Index));
        Assert.Equal(ReadingOutcome.Invalid, outcomes[499]);
        Assert.Equal(7000 * 2, (await market.ReportAsync()).Total.GpuSeconds); // the gap of 7 seconds is filled
    }

    [Fact]
    public void Times_are_read_as_the_calendar_library_reads_them() => CsCheck.Check.Sample(
        CsCheck.Gen.Select(
            CsCheck.Gen.Long[-62_135_596_800, 253_402_300_799],
            CsCheck.Gen.Int[0, 19],
            CsCheck.Gen.Char["0123569-:ZT ٣"]),
        drawn =>
        {
            var good = NodaTime.Text.InstantPattern.General.Format(Instant.FromUnixTimeSeconds(drawn.Item1));
            Assert.True(ReadingText.TryParse(good, out var second) && second == drawn.Item1, good);
            var spoilt = good.Remove(drawn.Item2, 1).Insert(drawn.Item2, drawn.Item3.ToString());
            var parsed = NodaTime.Text.InstantPattern.General.Parse(spoilt);
            var isRead = ReadingText.TryParse(spoilt, out second);
            // The library also takes a year 0, which is before year 1, where no lease was.
            if (!spoilt.StartsWith("0000", StringComparison.Ordinal)) Assert.Equal((parsed.Success, parsed.Success ? parsed.Value.ToUnixTimeSeconds() : 0), (isRead, second));
        });

    [Fact]
    public async Task Seconds_claimed_twice_are_told_and_billed_once()
    {
        Assert.Equal([ReadingOutcome.Accepted, ReadingOutcome.Overlapping], await market.SendAsync(Reading(1, 0, 60), Reading(2, 30, 90)));
        Assert.Equal(
            [ReadingOutcome.Accepted, ReadingOutcome.Overlapping, ReadingOutcome.Overlapping, ReadingOutcome.Overlapping, ReadingOutcome.Accepted],
            await market.SendAsync(Reading(3, 200, 260), Reading(4, 89, 95), Reading(6, 0, 1), Reading(7, 100, 300), Reading(8, 95, 100)));
        Assert.Equal(600, (await market.ReportAsync()).Total.GpuSeconds);
        Assert.Equal([ReadingOutcome.Duplicate, ReadingOutcome.Conflicting], await market.SendAsync(Reading(2, 30, 90), Reading(4, 89, 94)));
    }

    [Fact]
    public async Task Readings_beyond_the_limit_on_lateness_are_kept_as_evidence_and_never_billed()
    {
        await market.SendAsync(Reading(1, 0, 60));
        await market.StopAsync(7200);
        await market.CloseAsync();
        market.Market.Time.JumpTo(Start + Duration.FromHours(2) + Duration.FromDays(30));
        Assert.Equal([ReadingOutcome.Accepted], await market.SendAsync(Reading(2, 60, 120)));
        market.Market.Time.Advance(Duration.FromSeconds(1));
        Assert.Equal(
            [ReadingOutcome.TooLate, ReadingOutcome.Duplicate, ReadingOutcome.Conflicting],
            await market.SendAsync(Reading(3, 120, 180), Reading(2, 60, 120), Reading(1, 0, 61)));
        await market.CloseAsync();
        Assert.Equal([120L, 120L], market.Metered.Select(m => m.Total.GpuSeconds));
        var report = await market.ReportAsync();
        Assert.Equal((240L, 1), (report.Total.GpuSeconds, report.Outcomes[ReadingOutcome.TooLate]));
        Assert.Equal(UsageStatus.Closed, report.Status);
    }

    [Fact]
    public async Task Batches_must_chain()
    {
        await market.SendAsync(Reading(1, 0, 60));
        var head = market.LastHash;
        market.LastHash = ReadingBatchFormat.NoBatch;
        Assert.Equal(SubmitReadingsRefusal.BatchOutOfChain, (await market.SubmitAsync(market.Sign(Reading(2, 60, 120)))).Result.Refusal);
        var known = await market.Market.Get<SubmitReadings>().ReadHeadAsync(market.Machine, market.Ready.LeaseId, CancellationToken.None);
        Assert.Equal(new ReadingHead(head, 2), known);
    }

    [Fact]
    public async Task A_signature_that_is_not_the_machines_over_these_bytes_refuses_the_batch_and_changes_nothing()
    {
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var right = market.Sign(Reading(1, 0, 60));
        var bytes = ReadingBatchFormat.ToBytes(right.LeaseId, right.MachineKeyId, right.PreviousBatchHash, right.Readings);
        foreach (var signature in (string[])["", "no base64", ReadingBatchFormat.Sign(bytes, stranger), Convert.ToBase64String(new byte[64])])
        {
            Assert.Equal(SubmitReadingsRefusal.SignatureInvalid, (await market.SubmitAsync(right with { Signature = signature })).Result.Refusal);
        }

        var altered = right with { Readings = [Reading(1, 0, 60, gpuSeconds: 119)] };
        Assert.Equal(SubmitReadingsRefusal.SignatureInvalid, (await market.SubmitAsync(altered)).Result.Refusal);
        Assert.Equal(GpuTime.Zero, (await market.ReportAsync()).Total);
        Assert.Empty((await market.ReportAsync()).Outcomes);
    }

    [Fact]
    public void A_key_that_is_kept_ready_is_that_key_and_no_other_under_its_id()
    {
        using var first = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var second = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var hash = ReadingBatchFormat.Hash([1, 2, 3]);
        var verifying = new VerifyingKeys();
        for (var i = 0; i < 2; i++)
        {
            Assert.True(verifying.Verify(hash, ReadingBatchFormat.Sign([1, 2, 3], first), Key(first)));
            Assert.False(verifying.Verify(hash, ReadingBatchFormat.Sign([1, 2, 3], second), Key(first)));
            Assert.False(verifying.Verify(hash, ReadingBatchFormat.Sign([1, 2], first), Key(first)));
            Assert.True(verifying.Verify(hash, ReadingBatchFormat.Sign([1, 2, 3], second), Key(second)));
        }

        MachineKey Key(ECDsa key) => new(market.KeyId, market.Machine, market.Provider, key.ExportSubjectPublicKeyInfo(), IsRevoked: false);
    }

    [Fact]
    public async Task Revoked_unknown_and_other_machines_keys_and_leases_are_refused_in_order()
    {
        var command = market.Sign(Reading(1, 0, 60));
        Assert.Equal(SubmitReadingsRefusal.LeaseUnknown, (await SubmitAsAsync(MachineId.Parse("mch_" + Ulid.Create(1, 1)), command)).Result.Refusal);
        Assert.Equal(SubmitReadingsRefusal.LeaseUnknown, (await market.SubmitAsync(command with { LeaseId = LeaseId.From(Ulid.Create(1, 1)) })).Result.Refusal);
        Assert.Equal(SubmitReadingsRefusal.MachineKeyUnknown, (await market.SubmitAsync(command with { MachineKeyId = EnrolmentId.From(Ulid.Create(1, 1)) })).Result.Refusal);
        market.IsKeyRevoked = true;
        Assert.Equal(SubmitReadingsRefusal.MachineKeyUnknown, (await market.SubmitAsync(command)).Result.Refusal);
    }

    [Fact]
    public async Task A_lost_answer_to_the_commit_counts_the_batch_once()
    {
        var isArmed = false;
        await using var faulty = new MeteredMarket(faults: call =>
            isArmed && call.Commit is not null && !(isArmed = false) ? StoreFault.ThrowAfter : StoreFault.None);
        await faulty.BecomeReadyAsync();
        faulty.Market.Time.Advance(Duration.FromHours(1));
        var command = faulty.Sign(Reading(1, 0, 60));
        isArmed = true;
        await Assert.ThrowsAsync<InjectedStoreFaultException>(() => faulty.SubmitAsync(command, "a"));
        Assert.True((await faulty.SubmitAsync(command, "a")).Replayed);
        Assert.Equal(120, (await faulty.ReportAsync()).Total.GpuSeconds);
    }

    private async Task<Runtime.Work.Attempt<AcceptedBatch, SubmitReadingsRefusal>> SubmitAsAsync(MachineId machine, SubmitReadingsCommand command) =>
        await market.Market.Get<SubmitReadings>().SubmitAsync(machine, command, Runtime.Work.IdempotencyKey.Of("other"), CancellationToken.None);
}
