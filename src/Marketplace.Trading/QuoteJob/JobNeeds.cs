using Marketplace.Contracts;
using Marketplace.Trading.Book;
using Marketplace.Trading.PlaceBid;
using NodaTime;

namespace Marketplace.Trading.QuoteJob;

/// <summary>What the best placement of a job is.</summary>
public enum QuoteRanking
{
    /// <summary>The one that costs least.</summary>
    Cost,

    /// <summary>The one that begins first.</summary>
    Start,

    /// <summary>The one whose power emits least.</summary>
    Carbon,
}

/// <summary>What a job needs, wherever it may run.</summary>
/// <param name="Models">Any of these GPU classes; empty for every class.</param>
/// <param name="Hubs">Any of these hubs; empty for every hub.</param>
/// <param name="GpuCount">GPUs in every hour, 1 to <see cref="BidTerms.MaxGpuCount"/>.</param>
/// <param name="Hours">Consecutive hours.</param>
/// <param name="Window">Where the hours must lie: from the earliest start to the latest end.</param>
/// <param name="Currency">The currency of the prices that are looked at.</param>
/// <param name="Requirements">What listings must have.</param>
/// <param name="Placement">Where the GPUs may be.</param>
/// <param name="Budget">The most to pay in all, in that currency; null for any.</param>
/// <param name="RankBy">Which placements come first.</param>
/// <param name="MaxPlacements">How many are told, 1 or more.</param>
public sealed record JobNeeds(
    IReadOnlyList<GpuModelId> Models,
    IReadOnlyList<HubId> Hubs,
    int GpuCount,
    int Hours,
    HourWindow Window,
    Currency Currency,
    BidRequirements Requirements,
    Placement Placement,
    Money? Budget,
    QuoteRanking RankBy,
    int MaxPlacements)
{
    /// <summary>Whether the job may run in a book.</summary>
    public bool Allows(BookKey book) => (Models.Count == 0 || Models.Contains(book.Model)) && (Hubs.Count == 0 || Hubs.Contains(book.Hub));

    /// <summary>The job as a bid that takes all or nothing at once.</summary>
    public BidTerms ToTerms() => new(
        GpuCount, Window, HighestAverage(), TimeInForce.FillOrKill, ExpiresAt: null, FillRule.AllOrNone, GpuCount, Placement, Requirements, Hours);

    // Rounded up: a total is compared with the budget itself once it is known.
    private UnitPrice HighestAverage()
    {
        if (Budget is not { } budget) return UnitPrice.OfMicros(UnitPrice.MaxMicrosPerGpuHour, Currency);
        var gpuHours = (Int128)GpuCount * Hours;
        var micros = (((Int128)budget.MinorUnits * 1_000_000 / Currency.MinorPerMajor) + gpuHours - 1) / gpuHours;
        return UnitPrice.OfMicros((long)Int128.Min(micros, UnitPrice.MaxMicrosPerGpuHour), Currency);
    }
}

/// <summary>Why a job is not quoted, in order of precedence.</summary>
public enum QuoteJobRefusal
{
    /// <summary>The catalogue has no such GPU class.</summary>
    UnknownModel,

    /// <summary>There is no such hub.</summary>
    UnknownHub,

    /// <summary>The window begins before the current hour.</summary>
    WindowInPast,

    /// <summary>The window ends more than two years from now.</summary>
    WindowTooFarAhead,

    /// <summary>The job takes less than an hour, or longer than its window.</summary>
    HoursOutOfRange,

    /// <summary>The window is longer than <see cref="BidTerms.MaxFlexibleWindowHours"/>.</summary>
    WindowTooLong,

    /// <summary>A required figure is negative, or a PUE below 1.</summary>
    RequirementOutOfRange,
}

/// <summary>The rules of a job that need no book.</summary>
public static class QuoteJobRules
{
    /// <summary>The first rule that is broken, or null.</summary>
    public static QuoteJobRefusal? Check(JobNeeds needs, ICatalogue catalogue, Instant now)
    {
        if (needs.Models.Any(model => catalogue.FindModel(model) is null)) return QuoteJobRefusal.UnknownModel;
        if (needs.Hubs.Any(hub => catalogue.FindHub(hub) is null)) return QuoteJobRefusal.UnknownHub;
        if (needs.Window.From < HourSlot.Containing(now)) return QuoteJobRefusal.WindowInPast;
        if (needs.Window.End > now + PlaceBidRules.Horizon) return QuoteJobRefusal.WindowTooFarAhead;
        if (needs.Hours < 1 || needs.Hours > needs.Window.Hours) return QuoteJobRefusal.HoursOutOfRange;
        if (needs.Window.Hours > BidTerms.MaxFlexibleWindowHours) return QuoteJobRefusal.WindowTooLong;
        return PlaceBidRules.ArePossible(needs.Requirements) ? null : QuoteJobRefusal.RequirementOutOfRange;
    }
}
