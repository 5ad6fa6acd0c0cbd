using Marketplace.Trading.Book;
using Marketplace.Trading.Book.Matching;

namespace Marketplace.Trading.ExplainBid;

/// <summary>Looks for the lowest limit at which a bid would execute, over one choice of hours after the other.</summary>
internal sealed class NearestLimit(SoughtBlock sought)
{
    private const int GflopsPerPflop = 1_000_000;
    private const long None = UnitPrice.MaxMicrosPerGpuHour + 1;
    private long best = None;
    private long most = -1;

    /// <summary>What was found; null if the bid would not execute at any limit.</summary>
    public UnitPrice? Found => best == None ? null : UnitPrice.OfMicros(best, sought.Terms.Limit.Currency);

    /// <summary>The first hours with that limit; without one, the first with the most GPUs that may be bought from together.</summary>
    public HourWindow? Hours { get; private set; }

    /// <summary>Looks at the listings of some hours.</summary>
    public void Look(HourWindow hours, IEnumerable<OfferedBlock> offered)
    {
        var before = best;
        long together = 0;
        foreach (var group in Candidates.Groups(offered.Where(block => block.KeepsAllBut(BidConstraint.Limit)), sought, lifted: null))
        {
            var gpuCount = group.Sum(block => (long)block.FreeGpuCount);
            together = Math.Max(together, gpuCount);
            if (gpuCount < sought.LeastGpuCount) continue;
            if (sought.IsBlock) LookAtBlock(group);
            else LookAtParts(group);
        }

        if (best < before || (best == None && together > most)) Hours = hours;
        most = Math.Max(most, together);
    }

    // A part is bought from those that are each within the limit: the dearest of the cheapest that give the minimum decides.
    private void LookAtParts(IReadOnlyList<OfferedBlock> group)
    {
        var open = sought.LeastGpuCount;
        foreach (var (block, limit) in group.Select(block => (block, LowestFor(block))).Where(pair => pair.Item2 < best).OrderBy(pair => pair.Item2).Take(Matcher.MaxFills))
        {
            open -= block.FreeGpuCount;
            if (open > 0) continue;
            best = limit;
            return;
        }
    }

    // Which listings are best depends, per PFLOP-hour, on the limit. So a micro-unit less than the best is tried until nothing is to be had.
    private void LookAtBlock(IReadOnlyList<OfferedBlock> group)
    {
        while (Candidates.TakeBlock(group, At(best - 1), sought.OpenGpuCount, block => block.FreeGpuCount) is { } taken)
        {
            var (low, high) = (0L, best - 1);
            while (high - low > 1)
            {
                var middle = low + ((high - low) / 2);
                if (IsEnough(taken, At(middle))) high = middle;
                else low = middle;
            }

            best = high;
        }
    }

    private static bool IsEnough(IReadOnlyList<(OfferedBlock Block, int GpuCount)> taken, BidTerms terms)
    {
        Int128 saving = 0;
        foreach (var (block, gpuCount) in taken) saving += (Int128)block.SavingMicros(terms) * gpuCount;
        return saving >= 0;
    }

    /// <summary>The lowest limit within which a listing is by itself.</summary>
    private long LowestFor(OfferedBlock block)
    {
        var gflops = block.Ask.Proven.Bf16Gflops;
        if (sought.Terms.PriceBasis == PriceBasis.GpuHour) return block.PriceMicros;
        return gflops == 0 ? None : (long)Int128.Min((((Int128)block.PriceMicros * GflopsPerPflop) + gflops - 1) / gflops, None);
    }

    private BidTerms At(long limitMicros) => sought.Terms with { Limit = UnitPrice.OfMicros(limitMicros, sought.Terms.Limit.Currency) };
}
