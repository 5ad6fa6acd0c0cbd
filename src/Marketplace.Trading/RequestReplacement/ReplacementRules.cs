using Marketplace.Contracts;
using Marketplace.Trading.Book;
using Marketplace.Trading.PlaceBid;
using Marketplace.Trading.UpdateBid;
using NodaTime;

namespace Marketplace.Trading.RequestReplacement;

/// <summary>Why a bid is not replaced, in order of precedence.</summary>
public enum RequestReplacementRefusal
{
    /// <summary>The buyer has no such bid.</summary>
    UnknownBid,

    /// <summary>It is filled, cancelled or expired.</summary>
    BidIsOver,

    /// <summary>It is to be cancelled.</summary>
    CancellationRequested,

    /// <summary>It is filled at once or not at all.</summary>
    NeverWaits,

    /// <summary>The outcome of an earlier replacement is not known yet.</summary>
    ReplacementPending,

    /// <summary>The limit is in another currency.</summary>
    CurrencyChanged,

    /// <summary>The limit is a price of something else.</summary>
    PriceBasisChanged,

    /// <summary>The GPU count is not 1 to 1,000,000.</summary>
    GpuCountOutOfRange,

    /// <summary>The GPU count is less than what the bid has bought.</summary>
    GpuCountBelowFilled,

    /// <summary>The limit is zero.</summary>
    LimitZero,

    /// <summary>The limit for all GPUs and hours is more than 2^63 - 1 micro-units.</summary>
    TotalTooLarge,

    /// <summary>The minimum is not 1 to the GPU count, or it is not the GPU count of an all-or-none bid.</summary>
    MinimumOutOfRange,

    /// <summary>The date is not in the future.</summary>
    ExpiryInPast,

    /// <summary>The book takes cancellations only.</summary>
    BookHalted,

    /// <summary>The limit is too far from what was paid lately.</summary>
    LimitOutsideBand,

    /// <summary>The most that what is not bought yet may cost is more than is left of the buyer's credit.</summary>
    CreditExceeded,
}

/// <summary>What of a bid is to change; null for as it is.</summary>
/// <param name="BidId">The bid.</param>
/// <param name="GpuCount">GPUs in every hour, those that it has bought already included.</param>
/// <param name="Limit">The limit.</param>
/// <param name="PriceBasis">What the limit is a price of; null without a limit.</param>
/// <param name="MinimumGpuCount">The fewest GPUs of one execution.</param>
/// <param name="ExpiresAt">When it expires. A bid that had no date is good till this one from now on.</param>
public sealed record RequestReplacementCommand(
    BidId BidId, int? GpuCount, UnitPrice? Limit, PriceBasis? PriceBasis, int? MinimumGpuCount, Instant? ExpiresAt);

/// <summary>Decides what the buyer's side can: the book may still have other news.</summary>
public static class ReplacementRules
{
    /// <summary>The terms that the book is to be asked for.</summary>
    public static Result<BidTerms, RequestReplacementRefusal> Decide(Bid? bid, RequestReplacementCommand command, ICatalogue catalogue, Instant now)
    {
        if (bid is null) return RequestReplacementRefusal.UnknownBid;
        if (bid.IsOver) return RequestReplacementRefusal.BidIsOver;
        if (bid.CancellationRequested) return RequestReplacementRefusal.CancellationRequested;
        if (!bid.Terms.MayRest) return RequestReplacementRefusal.NeverWaits;
        if (bid.Replacement is { Status: ReplacementStatus.Pending }) return RequestReplacementRefusal.ReplacementPending;
        if (command.Limit is { } limit && limit.Currency != bid.Terms.Limit.Currency) return RequestReplacementRefusal.CurrencyChanged;
        if (command.PriceBasis is { } basis && basis != bid.Terms.PriceBasis) return RequestReplacementRefusal.PriceBasisChanged;

        var after = After(bid.Terms, command);
        if (after.GpuCount is < 1 or > BidTerms.MaxGpuCount) return RequestReplacementRefusal.GpuCountOutOfRange;
        if (after.GpuCount < bid.FilledGpuCount) return RequestReplacementRefusal.GpuCountBelowFilled;
        if (after.Limit.MicrosPerGpuHour == 0) return RequestReplacementRefusal.LimitZero;
        var model = catalogue.FindModel(bid.Book.Model) ?? throw new InvariantException($"{bid.BidId} is of no class.");
        if (!PlaceBidRules.CanBeCounted(after, model)) return RequestReplacementRefusal.TotalTooLarge;
        if (!PlaceBidRules.IsMinimumInRange(after)) return RequestReplacementRefusal.MinimumOutOfRange;
        if (command.ExpiresAt <= now) return RequestReplacementRefusal.ExpiryInPast;
        return after;
    }

    private static BidTerms After(BidTerms terms, RequestReplacementCommand command)
    {
        var gpuCount = command.GpuCount ?? terms.GpuCount;
        return terms with
        {
            GpuCount = gpuCount,
            Limit = command.Limit ?? terms.Limit,
            MinimumGpuCount = command.MinimumGpuCount ?? (terms.FillRule == FillRule.AllOrNone ? gpuCount : terms.MinimumGpuCount),
            TimeInForce = command.ExpiresAt is null ? terms.TimeInForce : TimeInForce.GoodTillDate,
            ExpiresAt = command.ExpiresAt ?? terms.ExpiresAt,
        };
    }
}
