using Marketplace.Trading.Book;

namespace Marketplace.Trading.ExplainBid;

/// <summary>A listing as a bid sees it for certain hours.</summary>
/// <param name="Ask">What it offers.</param>
/// <param name="FreeGpuCount">GPUs free in all of the hours.</param>
/// <param name="PriceMicros">The block's price per GPU-hour; the lowest of any hour where the hours are not offered.</param>
/// <param name="Broken">The constraints that it breaks, a bit for each. Those that need other listings too are not among them.</param>
internal readonly record struct OfferedBlock(AskTerms Ask, int FreeGpuCount, long PriceMicros, int Broken)
{
    /// <summary>Whether it breaks a constraint.</summary>
    public bool Breaks(BidConstraint constraint) => (Broken & Bit(constraint)) != 0;

    /// <summary>Whether it breaks none but perhaps one.</summary>
    public bool KeepsAllBut(BidConstraint? lifted) => (Broken & ~(lifted is { } one ? Bit(one) : 0)) == 0;

    /// <summary>What is saved per GPU-hour against a limit; negative where it is dearer.</summary>
    public long SavingMicros(BidTerms terms) => terms.LimitMicrosFor(Ask.Proven) - PriceMicros;

    /// <summary>How a bid sees a listing.</summary>
    /// <param name="ask">The listing.</param>
    /// <param name="brokenAnyHour">What it breaks whatever the hours are; see <see cref="BrokenAnyHour"/>.</param>
    /// <param name="sought">What the bid wants.</param>
    /// <param name="hours">The hours.</param>
    public static OfferedBlock Of(AskView ask, int brokenAnyHour, SoughtBlock sought, HourWindow hours)
    {
        var terms = ask.Terms;
        var covers = terms.Window.Contains(hours);
        var free = covers ? ask.FreeIn(hours) : 0;
        var broken = brokenAnyHour | Bit(BidConstraint.Window, !covers) | Bit(BidConstraint.SoldOut, covers && free == 0);
        var price = covers ? terms.Price.MicrosOver(hours.From, hours.Hours) : terms.Price.Lowest.MicrosPerGpuHour;

        // The limit of a block counts on average: it is no constraint of one listing.
        var isDear = !sought.IsBlock && terms.Price.Currency == sought.Terms.Limit.Currency && sought.Terms.LimitMicrosFor(terms.Proven) < price;
        return new OfferedBlock(terms, free, price, broken | Bit(BidConstraint.Limit, isDear));
    }

    /// <summary>The constraints that a listing breaks whatever the hours are, a bit for each.</summary>
    public static int BrokenAnyHour(AskTerms ask, SoughtBlock sought)
    {
        var (minimum, maxPue, maxCarbon) = sought.Terms.Requirements;
        return Bit(BidConstraint.Currency, ask.Price.Currency != sought.Terms.Limit.Currency)
            | Bit(BidConstraint.MinimumHours, ask.MinimumHours > sought.Terms.Hours)
            | Bit(BidConstraint.Int8Gops, ask.Proven.Int8Gops < minimum.Int8Gops)
            | Bit(BidConstraint.Bf16Gflops, ask.Proven.Bf16Gflops < minimum.Bf16Gflops)
            | Bit(BidConstraint.MemoryMB, ask.Proven.MemoryMB < minimum.MemoryMB)
            | Bit(BidConstraint.MemoryBandwidthMBps, ask.Proven.MemoryBandwidthMBps < minimum.MemoryBandwidthMBps)
            | Bit(BidConstraint.MaxPue, maxPue is not null && !(ask.Pue <= maxPue))
            | Bit(BidConstraint.MaxGridCarbonGramsPerKWh, maxCarbon is not null && !(ask.GridCarbonGramsPerKWh <= maxCarbon))
            | Bit(BidConstraint.OwnOrganisation, ask.Provider == sought.Buyer)
            | Bit(BidConstraint.Placement, IsBoundElsewhere(ask, sought));
    }

    private static bool IsBoundElsewhere(AskTerms ask, SoughtBlock sought) =>
        (sought.BoundTo is { } listing && listing != ask.ListingId) || (sought.BoundProvider is { } provider && provider != ask.Provider);

    private static int Bit(BidConstraint constraint, bool isBroken = true) => isBroken ? 1 << (int)constraint : 0;
}
