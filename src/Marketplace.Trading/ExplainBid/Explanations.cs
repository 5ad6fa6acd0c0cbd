using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Trading.ExplainBid;

/// <summary>Explains bids. Reads a book and changes nothing.</summary>
internal static class Explanations
{
    private static readonly BidConstraint[] Constraints = Enum.GetValues<BidConstraint>();

    public static BidExplanation Of(OrderBook book, SoughtBlock sought, Instant now)
    {
        var hour = HourSlot.Containing(now);
        AskView[] asks = [.. book.Asks.Where(ask => ask.Terms.Window.To > hour)];
        int[] broken = [.. asks.Select(ask => OfferedBlock.BrokenAnyHour(ask.Terms, sought))];
        var nearest = Nearest([.. asks.Where((_, i) => broken[i] == 0)], sought, now);
        var hours = nearest.Hours ?? throw new InvariantException("A bid has no hours to choose from.");
        OfferedBlock[] offered = [.. asks.Select((ask, i) => OfferedBlock.Of(ask, broken[i], sought, hours))];
        var excluded =
            from constraint in Constraints
            let gpuCount = ExcludedBy(constraint, offered, sought, book.IsHalted)
            where gpuCount > 0
            let isStillHalted = book.IsHalted && constraint != BidConstraint.Halted
            select new ExcludedCapacity(constraint, gpuCount, isStillHalted ? 0 : AvailableWithout(constraint, asks, offered, sought, hour));
        return new BidExplanation(
            book.Sequence,
            hours,
            sought.OpenGpuCount,
            GpuCount(offered),
            book.IsHalted ? 0 : Candidates.Available(offered, sought, lifted: null),
            [.. excluded],
            book.IsHalted ? null : nearest.Found);
    }

    private static NearestLimit Nearest(AskView[] suitable, SoughtBlock sought, Instant now)
    {
        var nearest = new NearestLimit(sought);
        foreach (var hours in sought.Choices(now))
        {
            nearest.Look(hours, suitable.Where(ask => ask.Terms.Window.Contains(hours)).Select(ask => OfferedBlock.Of(ask, brokenAnyHour: 0, sought, hours)));
        }

        return nearest;
    }

    private static long ExcludedBy(BidConstraint constraint, OfferedBlock[] offered, SoughtBlock sought, bool isHalted) => constraint switch
    {
        BidConstraint.SoldOut => offered.Where(block => !block.Breaks(BidConstraint.Window)).Sum(block => (long)block.Ask.GpuCount - block.FreeGpuCount),
        BidConstraint.Limit => GpuCount(offered.Where(block => !block.Breaks(BidConstraint.Currency) && block.SavingMicros(sought.Terms) < 0)),
        BidConstraint.Placement => GpuCount(Misplaced(offered, sought)),
        BidConstraint.MinimumGpuCount => Candidates.Available(offered, sought, null) > 0 ? 0 : Candidates.Available(offered, sought, BidConstraint.MinimumGpuCount),
        BidConstraint.Halted => isHalted ? GpuCount(offered) : 0,
        _ => GpuCount(offered.Where(block => block.Breaks(constraint))),
    };

    private static long AvailableWithout(BidConstraint constraint, AskView[] asks, OfferedBlock[] offered, SoughtBlock sought, HourSlot now) => constraint switch
    {
        BidConstraint.Halted => Candidates.Available(offered, sought, lifted: null),
        BidConstraint.Window => Candidates.Available(offered.Zip(asks, (block, ask) => AtAnyHours(block, ask, sought, now)), sought, constraint),
        _ => Candidates.Available(offered, sought, constraint),
    };

    // A listing of other hours: as many GPUs as are free for so long at some time.
    private static OfferedBlock AtAnyHours(OfferedBlock block, AskView ask, SoughtBlock sought, HourSlot now)
    {
        if (!block.Breaks(BidConstraint.Window) || !block.KeepsAllBut(BidConstraint.Window)) return block;
        var first = ask.Terms.Window.From > now ? ask.Terms.Window.From : now;
        var most = 0;
        for (var start = first; start + sought.Terms.Hours <= ask.Terms.Window.To && most < block.Ask.GpuCount; start += 1)
        {
            most = Math.Max(most, ask.FreeIn(HourWindow.Starting(start, sought.Terms.Hours)));
        }

        return block with { FreeGpuCount = most };
    }

    // Alone too small, a machine or a provider; or not the one that the bid has bought from.
    private static IEnumerable<OfferedBlock> Misplaced(OfferedBlock[] offered, SoughtBlock sought) => sought.Terms.Placement == Placement.Any
        ? []
        : Candidates.Groups(offered, sought, lifted: null).SelectMany(group =>
            group.Sum(block => (long)block.FreeGpuCount) < sought.LeastGpuCount ? group : group.Where(block => block.Breaks(BidConstraint.Placement)));

    private static long GpuCount(IEnumerable<OfferedBlock> blocks) => blocks.Sum(block => (long)block.Ask.GpuCount);
}
