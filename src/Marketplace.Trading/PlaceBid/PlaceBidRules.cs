using Marketplace.Contracts;
using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Trading.PlaceBid;

/// <summary>Why a bid is refused, in order of precedence.</summary>
public enum PlaceBidRefusal
{
    /// <summary>The catalogue has no such GPU class.</summary>
    UnknownModel,

    /// <summary>There is no such hub.</summary>
    UnknownHub,

    /// <summary>The GPU count is not 1 to 1,000,000.</summary>
    GpuCountOutOfRange,

    /// <summary>The window begins before the current hour.</summary>
    WindowInPast,

    /// <summary>The window ends more than two years from now.</summary>
    WindowTooFarAhead,

    /// <summary>A flexible bid wants less than an hour, or more hours than its window has.</summary>
    FlexibleHoursOutOfRange,

    /// <summary>The window of a flexible bid is longer than <see cref="BidTerms.MaxFlexibleWindowHours"/>.</summary>
    FlexibleWindowTooLong,

    /// <summary>The limit is zero.</summary>
    LimitZero,

    /// <summary>The limit is per PFLOP-hour, of a class that proves no bf16 rate.</summary>
    PerformanceNotProven,

    /// <summary>The limit for all GPUs and hours is more than 2^63 - 1 micro-units.</summary>
    TotalTooLarge,

    /// <summary>A fill-or-kill bid is to be filled in parts.</summary>
    FillOrKillInParts,

    /// <summary>A post-only bid is to be filled at once.</summary>
    PostOnlyAtOnce,

    /// <summary>The minimum is not 1 to the GPU count, or it is not the GPU count of an all-or-none bid.</summary>
    MinimumOutOfRange,

    /// <summary>A good-till-date bid has no date, or another one has a date.</summary>
    ExpiryMismatch,

    /// <summary>The date is not in the future.</summary>
    ExpiryInPast,

    /// <summary>A required figure is negative, or a PUE below 1.</summary>
    RequirementOutOfRange,

    /// <summary>The book takes cancellations only.</summary>
    BookHalted,

    /// <summary>The limit is too far from what was paid lately.</summary>
    LimitOutsideBand,

    /// <summary>The most that the bid may cost is more than is left of the buyer's credit.</summary>
    CreditExceeded,
}

/// <summary>The rules of a bid that need no book.</summary>
public static class PlaceBidRules
{
    /// <summary>How far ahead a window may end.</summary>
    public static readonly Duration Horizon = Duration.FromDays(2 * 366);

    /// <summary>The first rule that is broken, or null.</summary>
    public static PlaceBidRefusal? Check(BookKey book, BidTerms terms, ICatalogue catalogue, Instant now)
    {
        if (catalogue.FindModel(book.Model) is not { } model) return PlaceBidRefusal.UnknownModel;
        if (catalogue.FindHub(book.Hub) is null) return PlaceBidRefusal.UnknownHub;
        if (terms.GpuCount is < 1 or > BidTerms.MaxGpuCount) return PlaceBidRefusal.GpuCountOutOfRange;
        if (terms.Window.From < HourSlot.Containing(now)) return PlaceBidRefusal.WindowInPast;
        if (terms.Window.End > now + Horizon) return PlaceBidRefusal.WindowTooFarAhead;
        if (terms.FlexibleHours < 1 || terms.FlexibleHours > terms.Window.Hours) return PlaceBidRefusal.FlexibleHoursOutOfRange;
        if (terms is { FlexibleHours: not null, Window.Hours: > BidTerms.MaxFlexibleWindowHours }) return PlaceBidRefusal.FlexibleWindowTooLong;
        if (terms.Limit.MicrosPerGpuHour == 0) return PlaceBidRefusal.LimitZero;
        if (terms.PriceBasis == PriceBasis.ProvenPflopHour && model.ProvenOnCpu) return PlaceBidRefusal.PerformanceNotProven;
        if (!CanBeCounted(terms, model)) return PlaceBidRefusal.TotalTooLarge;
        if (terms is { TimeInForce: TimeInForce.FillOrKill, FillRule: FillRule.Partial }) return PlaceBidRefusal.FillOrKillInParts;
        if (terms is { PostOnly: true, MayRest: false }) return PlaceBidRefusal.PostOnlyAtOnce;
        if (!IsMinimumInRange(terms)) return PlaceBidRefusal.MinimumOutOfRange;
        if (terms.TimeInForce == TimeInForce.GoodTillDate != terms.ExpiresAt is not null) return PlaceBidRefusal.ExpiryMismatch;
        if (terms.ExpiresAt <= now) return PlaceBidRefusal.ExpiryInPast;
        return ArePossible(terms.Requirements) ? null : PlaceBidRefusal.RequirementOutOfRange;
    }

    /// <summary>Whether the minimum is 1 to the GPU count, and the GPU count of an all-or-none bid.</summary>
    public static bool IsMinimumInRange(BidTerms terms) =>
        terms.MinimumGpuCount >= (terms.FillRule == FillRule.Partial ? 1 : terms.GpuCount) && terms.MinimumGpuCount <= terms.GpuCount;

    /// <summary>Whether the most that a bid may cost fits a long in micro-units, and so in minor units, which are fewer.</summary>
    public static bool CanBeCounted(BidTerms terms, GpuModel model) => MicrosOfMost(terms, model) <= long.MaxValue;

    /// <summary>The most that a bid which can be counted may cost, rounded up. An upper bound to compare with, not a price.</summary>
    public static Money MostOf(BidTerms terms, GpuModel model)
    {
        var currency = terms.Limit.Currency;
        return Money.OfMinor((long)Math.Ceiling(MicrosOfMost(terms, model) * currency.MinorPerMajor / 1_000_000), currency);
    }

    private static decimal MicrosOfMost(BidTerms terms, GpuModel model)
    {
        // Per PFLOP-hour, a GPU costs at most what the limit gives for its datasheet.
        var pflops = terms.PriceBasis == PriceBasis.GpuHour ? 1 : Math.Max(1, model.Datasheet.Bf16Gflops / 1_000_000m);
        return terms.Limit.MicrosPerGpuHour * pflops * terms.GpuCount * terms.Hours;
    }

    /// <summary>Whether no required figure is negative, and no PUE below 1.</summary>
    public static bool ArePossible(BidRequirements requirements)
    {
        var (minimum, pue, carbon) = requirements;
        return minimum is { Int8Gops: >= 0, Bf16Gflops: >= 0, MemoryMB: >= 0, MemoryBandwidthMBps: >= 0 } && pue is null or >= 1 && carbon is null or >= 0;
    }
}
