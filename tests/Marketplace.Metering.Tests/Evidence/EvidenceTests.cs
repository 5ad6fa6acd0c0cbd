using System.Text;
using Marketplace.Contracts;
using Marketplace.Runtime.Work;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using static Marketplace.Metering.Tests.MeteredMarket;

namespace Marketplace.Metering.Tests;

public sealed class EvidenceTests : IAsyncLifetime
{
    private readonly MeteredMarket market = new();

    public async ValueTask InitializeAsync()
    {
        await market.BecomeReadyAsync();
        market.Market.Time.Advance(Duration.FromHours(1));
    }

    public ValueTask DisposeAsync() => market.DisposeAsync();

    [Fact]
    public async Task Evidence_names_the_rule_the_reading_and_the_batch_of_every_second()
    {
        await market.SendAsync(Reading(1, 60, 600), Reading(2, 630, 900), Reading(1, 60, 601));
        await market.SendAsync(Reading(3, 900, 960, 0, "down"), Reading(4, 1200, 1260), Reading(5, -60, 0), Reading(6, 3000, 3600));
        await market.StopAsync(3600, creditedFromSecond: 3300);
        await market.CloseAsync();
        var evidence = await EvidenceAsync(market.Metered[0].UsageId);

        (UsageRule, int, int, long?, long)[] expected =
        [
            (UsageRule.BeforeFirstReading, 0, 60, null, 0), (UsageRule.Metered, 60, 600, 1, 1080), (UsageRule.GapFilled, 600, 630, null, 60),
            (UsageRule.Metered, 630, 900, 2, 540), (UsageRule.ServedNothing, 900, 960, 3, 0), (UsageRule.GapNotBilled, 960, 1200, null, 0),
            (UsageRule.Metered, 1200, 1260, 4, 120), (UsageRule.GapNotBilled, 1260, 3000, null, 0),
            (UsageRule.Metered, 3000, 3300, 6, 600), (UsageRule.Credited, 3300, 3600, 6, 0),
        ];
        Assert.Equal(expected, evidence.Segments.Select(s => (s.Rule, Second(s.From), Second(s.To), s.FirstSequence, s.Billed.GpuSeconds)));
        Assert.Equal((2400, 2400), (evidence.Usage.Total.GpuSeconds, evidence.Recomputed.GpuSeconds));
        Assert.Equal([(1L, true), (2L, true)], evidence.Batches.Select(b => (b.Number, b.IsSignatureValid)));
        Assert.Equal((ReadingBatchFormat.NoBatch, evidence.Batches[0].Hash), (evidence.Batches[0].PreviousBatchHash, evidence.Batches[1].PreviousBatchHash));
        Assert.Equal(
            [ReadingOutcome.Accepted, ReadingOutcome.Accepted, ReadingOutcome.Conflicting, ReadingOutcome.Accepted, ReadingOutcome.Accepted, ReadingOutcome.OutsideLease, ReadingOutcome.Accepted],
            evidence.Readings.Select(r => r.Outcome));
        Assert.Equal((1L, Reading(1, 60, 601)), (evidence.Readings[2].Batch, evidence.Readings[2].Reading));
        Assert.Equal((2, 60L), (evidence.GpuCount, evidence.GapGraceSeconds));
    }

    [Fact]
    public async Task Evidence_of_a_further_record_shows_what_was_billed_earlier_and_the_first_stays_as_it_was()
    {
        await market.SendAsync(Reading(2, 0, 1800));
        await market.StopAsync(3600);
        await market.CloseAsync();
        await market.SendAsync(Reading(1, 1200, 2400));
        await market.CloseAsync();
        var (first, second) = (await EvidenceAsync(market.Metered[0].UsageId), await EvidenceAsync(market.Metered[1].UsageId));
        Assert.Equal([UsageRule.Metered, UsageRule.AfterLastReading], first.Segments.Select(s => s.Rule));
        Assert.Equal((1, 2), (first.Batches.Count, second.Batches.Count));
        Assert.Equal(
            [(UsageRule.BilledEarlier, 0), (UsageRule.BilledEarlier, 1200), (UsageRule.Metered, 1800), (UsageRule.AfterLastReading, 2400)],
            second.Segments.Select(s => (s.Rule, Second(s.From))));
        Assert.Equal(1200, second.Recomputed.GpuSeconds);
        Assert.All(await AuditAsync(), a => Assert.True(a.Holds));
    }

    [Fact]
    public async Task There_is_no_evidence_of_what_is_no_record_of_the_lease()
    {
        await market.SendAsync(Reading(1, 0, 60));
        await market.StopAsync(3600);
        await market.CloseAsync();
        var port = market.Market.Get<IUsageEvidence>();
        Assert.Null(await port.FindAsync(market.Ready.LeaseId, UsageId.From(Ulid.Create(1, 1)), CancellationToken.None));
        Assert.Null(await port.FindAsync(LeaseId.From(Ulid.Create(1, 1)), market.Metered[0].UsageId, CancellationToken.None));
    }

    [Fact]
    public async Task An_altered_reading_breaks_the_audit_and_its_signature()
    {
        await UseAnHourAsync();
        await AlterBatchAsync(row => row.Replace("2026-11-02T08:30:00Z", "2026-11-02T08:30:01Z"));
        var audit = Assert.Single(await AuditAsync());
        Assert.Equal((false, false, 0L), (audit.Holds, audit.IsChainWhole, audit.Recomputed.GpuSeconds));
        Assert.False(Assert.Single((await EvidenceAsync(market.Metered[0].UsageId)).Batches).IsSignatureValid);
    }

    [Fact]
    public async Task A_batch_that_cannot_be_read_any_more_breaks_the_audit_of_its_lease_and_not_the_run()
    {
        await UseAnHourAsync();
        await AlterBatchAsync(row => row.Replace("\n1\n", "\n9223372036854775807\n"));
        var audit = Assert.Single(await AuditAsync());
        Assert.Equal((false, false, market.Metered[0].UsageId, 0L), (audit.Holds, audit.IsChainWhole, audit.Record.UsageId, audit.Recomputed.GpuSeconds));
    }

    [Fact]
    public async Task A_batch_replaced_with_its_hash_breaks_the_chain_that_the_record_names()
    {
        await UseAnHourAsync();
        var other = market.Sign(Reading(1, 0, 3600));
        var bytes = ReadingBatchFormat.ToBytes(market.Ready.LeaseId, market.KeyId, ReadingBatchFormat.NoBatch, other.Readings);
        await AlterBatchAsync(row =>
        {
            var kept = ReadingBatch.OfRow(Encoding.UTF8.GetBytes(row));
            var head = new BatchHead(1, ReadingBatchFormat.Hash(bytes), kept.Signature, kept.ReceivedAt, OutcomeRun.Of([ReadingOutcome.Accepted]));
            return Encoding.UTF8.GetString(ReadingBatch.ToRow(head, bytes));
        });
        var audit = Assert.Single(await AuditAsync());
        Assert.Equal((false, 3600L, 7200L), (audit.IsChainWhole, audit.Record.Total.GpuSeconds, audit.Recomputed.GpuSeconds));
    }

    [Fact]
    public async Task A_listed_record_with_another_total_or_other_hours_or_unknown_does_not_hold()
    {
        await UseAnHourAsync();
        var listed = market.Metered[0];
        var row = MeteringRows.Index(listed.MeteredAt, listed.UsageId);
        var period = MeteringRows.Of(BillingPeriod.Containing(Start));
        UsageMetered[] planted =
        [
            listed with { Total = listed.Total + GpuTime.OfGpuSeconds(1) },
            listed with { Hours = [listed.Hours[0] with { Hour = HourSlot.Containing(Start + Duration.FromHours(1)) }] },
            listed with { UsageId = UsageId.From(Ulid.Create(1, 1)) },
            listed with { LeaseId = LeaseId.From(Ulid.Create(1, 1)) },
        ];
        foreach (var record in planted)
        {
            await AlterAsync<UsageMetered>(row, _ => record, period);
            Assert.False(Assert.Single(await AuditAsync()).Holds);
        }

        await AlterAsync<UsageMetered>(row, _ => listed, period);
        Assert.True(Assert.Single(await AuditAsync()).Holds);
    }

    private async Task UseAnHourAsync()
    {
        await market.SendAsync(Reading(1, 0, 1800));
        await market.StopAsync(3600);
        await market.CloseAsync();
        market.LastHash = ReadingBatchFormat.NoBatch;
    }

    private async Task AlterAsync<T>(string row, Func<T, T> alter, Runtime.Store.PartitionId? partition = null)
        where T : class
    {
        var workspace = market.Market.Services.GetRequiredService<Workspace>();
        var work = workspace.Open(partition ?? MeteringRows.Of(market.Ready.LeaseId));
        work.Put(row, alter((await work.ReadAsync<T>(row, CancellationToken.None))!));
        Assert.Equal(Runtime.Store.CommitStatus.Committed, (await workspace.CommitAsync(work, null, default, CancellationToken.None)).Status);
    }

    private async Task AlterBatchAsync(Func<string, string> alter)
    {
        var workspace = market.Market.Services.GetRequiredService<Workspace>();
        var (partition, row) = (MeteringRows.Of(market.Ready.LeaseId), MeteringRows.Batch(1));
        var kept = (await workspace.Store.ReadAsync(partition, row, CancellationToken.None))!;
        var altered = alter(Encoding.UTF8.GetString(kept.Body.Span));
        Assert.NotEqual(Encoding.UTF8.GetString(kept.Body.Span), altered);
        var work = workspace.Open(partition);
        work.Expect(row, kept.ETag);
        work.PutBytes(row, Encoding.UTF8.GetBytes(altered));
        Assert.Equal(Runtime.Store.CommitStatus.Committed, (await workspace.CommitAsync(work, null, default, CancellationToken.None)).Status);
    }

    private async Task<UsageEvidence> EvidenceAsync(UsageId usage) =>
        (await market.Market.Get<IUsageEvidence>().FindAsync(market.Ready.LeaseId, usage, CancellationToken.None))!;

    private async Task<List<UsageAudit>> AuditAsync()
    {
        var audits = new List<UsageAudit>();
        await foreach (var audit in market.Market.Get<IUsageAudit>().AuditAsync(BillingPeriod.Containing(Start), CancellationToken.None)) audits.Add(audit);
        return audits;
    }

    private static int Second(Instant instant) => (int)(instant - Start).TotalSeconds;
}
