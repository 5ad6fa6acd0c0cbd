using Marketplace.Trading.Book;
using Marketplace.Trading.Book.Matching;

namespace Marketplace.Trading.ExplainBid;

/// <summary>What listings give together: placement, minimum, all or none, and a limit that counts on average.</summary>
internal static class Candidates
{
    /// <summary>GPUs that a bid could buy from at one time, if all constraints but perhaps one hold.</summary>
    public static long Available(IEnumerable<OfferedBlock> offered, SoughtBlock sought, BidConstraint? lifted)
    {
        var takesParts = !sought.IsBlock || lifted == BidConstraint.MinimumGpuCount;
        var least = lifted == BidConstraint.MinimumGpuCount ? 1 : sought.LeastGpuCount;
        var hasLimit = lifted != BidConstraint.Limit;
        var usable = offered.Where(block => block.KeepsAllBut(lifted) && (!hasLimit || !takesParts || block.SavingMicros(sought.Terms) >= 0));
        long most = 0;
        foreach (var group in Groups(usable, sought, lifted))
        {
            var gpuCount = group.Sum(block => UsableGpuCount(block, lifted));
            if (gpuCount < least || (hasLimit && !takesParts && !IsWithin(group, sought, lifted))) continue;
            most = Math.Max(most, gpuCount);
        }

        return most;
    }

    /// <summary>Listings that may be bought from together.</summary>
    public static IEnumerable<IReadOnlyList<OfferedBlock>> Groups(IEnumerable<OfferedBlock> blocks, SoughtBlock sought, BidConstraint? lifted) =>
        lifted == BidConstraint.Placement ? [[.. blocks]] : sought.Terms.Placement switch
        {
            Placement.SameMachine => blocks.Select(block => (IReadOnlyList<OfferedBlock>)[block]),
            Placement.SameProvider => blocks.GroupBy(block => block.Ask.Provider).Select(group => group.ToList()),
            Placement.Any => [[.. blocks]],
            _ => throw new InvariantException($"A bid is placed {sought.Terms.Placement}."),
        };

    /// <summary>The best way to take a whole block under a limit, or null if there are too few GPUs or it costs more.</summary>
    public static IReadOnlyList<(OfferedBlock Block, int GpuCount)>? TakeBlock(
        IEnumerable<OfferedBlock> group, BidTerms terms, int gpuCount, Func<OfferedBlock, int> usable)
    {
        // A queue, not a sorted list: a few of many listings give the whole block.
        var best = new PriorityQueue<OfferedBlock, long>(group.Select(block => (block, -block.SavingMicros(terms))));
        var taken = new List<(OfferedBlock Block, int GpuCount)>();
        Int128 saving = 0;
        while (gpuCount > 0 && taken.Count < Matcher.MaxFills && best.TryDequeue(out var block, out var loss))
        {
            var take = Math.Min(gpuCount, usable(block));
            if (take == 0) continue;
            taken.Add((block, take));
            saving -= (Int128)loss * take;
            gpuCount -= take;
        }

        return gpuCount == 0 && saving >= 0 ? taken : null;
    }

    private static bool IsWithin(IEnumerable<OfferedBlock> group, SoughtBlock sought, BidConstraint? lifted) =>
        TakeBlock(group, sought.Terms, sought.OpenGpuCount, block => UsableGpuCount(block, lifted)) is not null;

    private static int UsableGpuCount(OfferedBlock block, BidConstraint? lifted) => lifted == BidConstraint.SoldOut ? block.Ask.GpuCount : block.FreeGpuCount;
}
