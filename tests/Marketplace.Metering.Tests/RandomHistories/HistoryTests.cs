using CsCheck;
using Marketplace.Contracts;
using NodaTime;
using static Marketplace.Metering.Tests.MeteredMarket;

namespace Marketplace.Metering.Tests;

/// <summary>
/// Whole lives of leases: readings that overlap, leave gaps and go missing, that come repeated, reordered, conflicting, after the stop
/// and after the close, with messages forgotten and delivered twice. Each second is marked in an array, and the records must agree.
/// </summary>
public sealed class HistoryTests
{
    private const int LeaseSeconds = 7200;
    private const int GpuCount = 2;

    /// <summary>When a drawn reading is sent.</summary>
    private enum Phase
    {
        WhileItRuns,
        WithinTheGrace,
        AfterTheClose,
        Never,
    }

    private static readonly Gen<Drawn[]> GenReadings = Gen.Select(
        Gen.Int[0, LeaseSeconds - 60], Gen.Int[1, 900], Gen.Int[0, GpuCount], Gen.Enum<Phase>(), Gen.Int[0, 5],
        (from, length, gpus, phase, fate) => new Drawn(from, Math.Min(LeaseSeconds, from + length), gpus, phase, fate == 0, fate == 1)).Array[1, 25];

    [Fact]
    public void Records_bill_each_second_once_as_a_model_that_marks_every_second() => Gen.Select(Gen.Int[1, 1_000_000], GenReadings).Sample(
        (seed, drawn) =>
        {
            LiveAsync(seed, drawn).GetAwaiter().GetResult();
        }, iter: 40);

    [Fact]
    public void The_order_of_arrival_decides_nothing() => Gen.Select(Gen.Int[1, 1_000_000], GenReadings).Sample(
        (seed, drawn) =>
        {
            SignedReading[] readings = [.. drawn.Index().Select(d => d.Item.Reading(d.Index + 1))];
            var inOrder = BillAsync(readings, 25, seed).GetAwaiter().GetResult();
            var random = new Random(seed);
            for (var i = 0; i < 2; i++)
            {
                random.Shuffle(readings);
                var shuffled = BillAsync(readings, random.Next(1, 5), seed).GetAwaiter().GetResult();
                Assert.Equal(inOrder.Segments, shuffled.Segments);
                Assert.Equal(inOrder.Hours, shuffled.Hours);
                Assert.Equal(inOrder.Records.SelectMany(r => r.Hours), shuffled.Records.SelectMany(r => r.Hours));
            }
        }, iter: 15);

    private static async Task LiveAsync(int seed, Drawn[] drawn)
    {
        await using var market = new MeteredMarket(seed, disorderRate: 0.3);
        var model = new MarkedSeconds();
        var random = new Random(seed);
        await market.BecomeReadyAsync();
        market.Market.Time.Advance(Duration.FromSeconds(LeaseSeconds));
        foreach (var phase in (Phase[])[Phase.WhileItRuns, Phase.WithinTheGrace, Phase.AfterTheClose])
        {
            var sent = drawn.Index().Where(d => d.Item.Phase == phase).SelectMany(d => d.Item.Sent(d.Index + 1)).ToArray();
            random.Shuffle(sent);
            foreach (var batch in sent.Chunk(random.Next(1, 6))) model.Take(batch, await market.SendAsync(batch));
            if (phase == Phase.WhileItRuns) await market.StopAsync(LeaseSeconds);
            if (phase == Phase.WhileItRuns) continue;
            model.Close();
            await market.CloseAsync();
        }

        Assert.Equal(model.Records.Where(r => r.Sum() > 0).Select(r => r.Sum()), market.Metered.Select(m => m.Total.GpuSeconds));
        Assert.All(market.Metered.SelectMany(m => m.Hours).GroupBy(h => h.Hour), hour => Assert.InRange(hour.Sum(h => h.Used.GpuSeconds), 1, 3600 * GpuCount));
        foreach (var (metered, marked) in market.Metered.Zip(model.Records.Where(r => r.Sum() > 0)))
        {
            var evidence = (await market.Market.Get<IUsageEvidence>().FindAsync(market.Ready.LeaseId, metered.UsageId, CancellationToken.None))!;
            Assert.Equal(metered.Total, evidence.Recomputed);
            Assert.Equal(LeaseSeconds, evidence.Segments.Sum(s => s.Seconds()));
            foreach (var segment in evidence.Segments)
            {
                var first = (int)(segment.From - Start).TotalSeconds;
                Assert.Equal(marked[first..(first + (int)segment.Seconds())].Sum(), segment.Billed.GpuSeconds);
            }
        }

        await foreach (var audit in market.Market.Get<IUsageAudit>().AuditAsync(BillingPeriod.Containing(Start), CancellationToken.None)) Assert.True(audit.Holds);
        Assert.Empty(market.Market.Messages.DeadLetters);
    }

    private static async Task<UsageReport> BillAsync(SignedReading[] readings, int batchSize, int seed)
    {
        await using var market = new MeteredMarket(seed);
        await market.BecomeReadyAsync();
        market.Market.Time.Advance(Duration.FromSeconds(LeaseSeconds));
        foreach (var batch in readings.Chunk(batchSize)) await market.SendAsync(batch);
        await market.StopAsync(LeaseSeconds);
        await market.CloseAsync();
        return await market.ReportAsync();
    }

    /// <summary>A reading at one rate, so that each of its seconds is the same.</summary>
    private sealed record Drawn(int From, int To, int Gpus, Phase Phase, bool IsRepeated, bool IsContradicted)
    {
        public SignedReading Reading(long sequence) => MeteredMarket.Reading(sequence, From, To, (long)(To - From) * Gpus);

        public IEnumerable<SignedReading> Sent(long sequence)
        {
            yield return Reading(sequence);
            if (IsRepeated) yield return Reading(sequence);
            if (IsContradicted) yield return MeteredMarket.Reading(sequence, From, To + 1, To - From);
        }
    }

    /// <summary>The rules, second by second: what was taken, and what each record may bill of it.</summary>
    private sealed class MarkedSeconds
    {
        private readonly Dictionary<long, SignedReading> taken = [];
        private readonly bool[] billed = new bool[LeaseSeconds];

        public List<long[]> Records { get; } = [];

        /// <summary>The first of a sequence to come is the one that counts.</summary>
        public void Take(SignedReading[] batch, ReadingOutcome[] outcomes)
        {
            foreach (var (reading, outcome) in batch.Zip(outcomes))
            {
                Assert.Equal(taken.TryAdd(reading.Sequence, reading), outcome.Counts());
                if (!outcome.Counts()) Assert.Equal(taken[reading.Sequence] == reading ? ReadingOutcome.Duplicate : ReadingOutcome.Conflicting, outcome);
            }
        }

        public void Close()
        {
            var start = Start.ToUnixTimeSeconds();
            var all = PerSecondModel.BilledBySecond(
                new BillableSpan(start, start + LeaseSeconds, start + LeaseSeconds, GpuCount), taken.Values.Select(ReadingText.Parse), 60);
            Records.Add([.. all.Select((gpus, second) => billed[second] ? 0 : gpus)]);
            for (var second = 0; second < LeaseSeconds; second++) billed[second] |= Records[^1][second] > 0;
        }
    }
}
