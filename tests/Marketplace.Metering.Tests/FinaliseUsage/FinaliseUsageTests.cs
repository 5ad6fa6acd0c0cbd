using CsCheck;
using Marketplace.Contracts;
using NodaTime;
using static Marketplace.Metering.Tests.MeteredMarket;

namespace Marketplace.Metering.Tests;

public sealed class FinaliseUsageTests
{
    [Fact]
    public async Task Usage_is_billed_once_after_the_grace_and_is_listed_in_its_month()
    {
        await using var market = new MeteredMarket();
        await market.BecomeReadyAsync();
        market.Market.Time.Advance(Duration.FromHours(1));
        await market.SendAsync(Reading(1, 0, 1800), Reading(2, 1830, 3600));
        await market.StopAsync(5400);
        Assert.Empty(market.Metered);
        Assert.Equal(UsageStatus.Closing, (await market.ReportAsync()).Status);

        await market.SendAsync(Reading(3, 3600, 5400)); // within the grace
        await market.CloseAsync();
        var usage = Assert.Single(market.Metered);
        Assert.Equal(10_800, usage.Total.GpuSeconds);
        Assert.Equal([7200L, 3600L], usage.Hours.Select(h => h.Used.GpuSeconds));
        Assert.Equal((Start, Start + Duration.FromMinutes(90)), (usage.ChargedFrom, usage.ChargedTo));
        Assert.Equal(usage.UsageId, Assert.Single(await market.ListAsync()).UsageId);
        Assert.Equal(UsageStatus.Closed, (await market.ReportAsync()).Status);
    }

    [Fact]
    public async Task Nothing_used_is_nothing_billed()
    {
        await using var market = new MeteredMarket();
        await market.BecomeReadyAsync();
        await market.StopAsync(600);
        await market.CloseAsync();
        Assert.Empty(market.Metered);
        Assert.Equal(UsageStatus.Closed, (await market.ReportAsync()).Status);
    }

    [Fact]
    public async Task What_the_machine_failed_to_prove_is_metered_and_not_billed()
    {
        await using var market = new MeteredMarket();
        await market.BecomeReadyAsync();
        market.Market.Time.Advance(Duration.FromHours(1));
        await market.SendAsync(Reading(1, 0, 3600));
        await market.StopAsync(3600, creditedFromSecond: 3000);
        await market.CloseAsync();
        Assert.Equal(6000, Assert.Single(market.Metered).Total.GpuSeconds);
        Assert.Equal([UsageRule.Metered, UsageRule.Credited], (await market.ReportAsync()).Segments.Select(s => s.Rule));
    }

    [Fact]
    public async Task Readings_after_the_close_are_billed_by_a_further_record_for_new_seconds_only()
    {
        await using var market = new MeteredMarket();
        await market.BecomeReadyAsync();
        market.Market.Time.Advance(Duration.FromHours(1));
        await market.SendAsync(Reading(2, 0, 1800, gpuSeconds: 1800));
        await market.StopAsync(3600);
        await market.CloseAsync();
        await market.SendAsync(Reading(1, 1200, 2400)); // the lower sequence would count, were 1200-1800 not billed yet
        await market.CloseAsync();
        await market.SendAsync(Reading(1, 1200, 2400)); // a duplicate opens nothing
        await market.CloseAsync();
        Assert.Equal([1800L, 1200L], market.Metered.Select(m => m.Total.GpuSeconds));
        Assert.Equal(Start + Duration.FromMinutes(30), market.Metered[1].ChargedFrom);
    }

    [Fact]
    public async Task Instants_within_a_second_never_bill_more_than_the_lease()
    {
        await using var market = new MeteredMarket();
        await market.Market.SendAsync(market.Ready with { ReadyAt = Start + Duration.FromMilliseconds(100) });
        await market.Market.RunAsync();
        market.Market.Time.Advance(Duration.FromHours(1));
        await market.SendAsync(Reading(1, 0, 100));
        await market.Market.SendAsync(new LeaseStopped(market.Ready.LeaseId, LeaseEnding.Terminated, Start + Duration.FromMilliseconds(9_900), null));
        await market.Market.RunAsync();
        await market.CloseAsync();
        Assert.Equal(16, Assert.Single(market.Metered).Total.GpuSeconds); // seconds 1 to 8
    }

    /// <summary>Batches late, repeated, reordered and conflicting, messages forgotten and delivered twice: the bill is the model's.</summary>
    [Fact]
    public void Disorder_never_changes_the_bill() => Gen.Select(
        Gen.Int[1, 1_000_000],
        Gen.Select(Gen.Int[0, 5400], Gen.Int[1, 900], Gen.Int[0, 3], (f, n, kind) => (f, n, kind)).Array[1, 30]).Sample(
        (seed, drawn) =>
        {
            RunAsync(seed, drawn).GetAwaiter().GetResult();
        }, iter: 60);

    private static async Task RunAsync(int seed, (int From, int Length, int Kind)[] drawn)
    {
        await using var market = new MeteredMarket(seed, disorderRate: 0.3);
        await market.BecomeReadyAsync();
        market.Market.Time.Advance(Duration.FromHours(2));
        var accepted = new Dictionary<long, SignedReading>();
        var sequences = new Random(seed);
        foreach (var batch in drawn.Chunk(4))
        {
            var readings = batch.Select(r => Reading(sequences.Next(1, 25), r.From, r.From + r.Length, r.Kind == 0 ? r.Length : null)).ToList();
            if (accepted.Count > 0) readings.Add(accepted.Values.First());
            foreach (var (reading, outcome) in readings.Zip(await market.SendAsync([.. readings])))
            {
                var expected = accepted.TryGetValue(reading.Sequence, out var same)
                    ? same == reading ? ReadingOutcome.Duplicate : ReadingOutcome.Conflicting
                    : accepted.Values.Any(r => Overlap(r, reading)) ? ReadingOutcome.Overlapping : ReadingOutcome.Accepted;
                Assert.Equal(expected, outcome);
                accepted.TryAdd(reading.Sequence, reading);
            }
        }

        await market.StopAsync(7200);
        await market.CloseAsync();
        var start = Start.ToUnixTimeSeconds();
        var model = PerSecondModel.BilledBySecond(
            new BillableSpan(start, start + 7200, start + 7200, 2), accepted.Values.Select(ReadingText.Parse), 60);
        Assert.Equal(model.Sum(), Assert.Single(market.Metered).Total.GpuSeconds);
        Assert.Equal(model.Sum(), Assert.Single(await market.ListAsync()).Total.GpuSeconds);
        Assert.Empty(market.Market.Messages.DeadLetters);
    }

    private static bool Overlap(SignedReading one, SignedReading other) =>
        string.CompareOrdinal(one.From, other.To) < 0 && string.CompareOrdinal(other.From, one.To) < 0;
}
