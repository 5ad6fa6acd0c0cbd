using Marketplace.Api.Problems;
using Marketplace.Trading.CancelBid;
using Marketplace.Trading.ExplainBid;
using Marketplace.Trading.PlaceBid;
using Marketplace.Trading.RequestReplacement;

namespace Marketplace.Api.Trading;

/// <summary>Refusals about bids as problems, one to one.</summary>
internal static class BidProblems
{
    public static ApiProblem Of(PlaceBidRefusal refusal) => TypeOf(refusal).With();

    public static ProblemType TypeOf(PlaceBidRefusal refusal) => refusal switch
    {
        PlaceBidRefusal.UnknownModel => ProblemTypes.ModelUnknown,
        PlaceBidRefusal.UnknownHub => ProblemTypes.HubUnknown,
        PlaceBidRefusal.GpuCountOutOfRange => ProblemTypes.BidGpuCountOutOfRange,
        PlaceBidRefusal.WindowInPast => ProblemTypes.WindowInPast,
        PlaceBidRefusal.WindowTooFarAhead => ProblemTypes.WindowTooFarAhead,
        PlaceBidRefusal.FlexibleHoursOutOfRange => ProblemTypes.FlexibleHoursOutOfRange,
        PlaceBidRefusal.FlexibleWindowTooLong => ProblemTypes.FlexibleWindowTooLong,
        PlaceBidRefusal.LimitZero => ProblemTypes.LimitZero,
        PlaceBidRefusal.PerformanceNotProven => ProblemTypes.PerformanceNotProven,
        PlaceBidRefusal.TotalTooLarge => ProblemTypes.TotalTooLarge,
        PlaceBidRefusal.FillOrKillInParts => ProblemTypes.FillOrKillInParts,
        PlaceBidRefusal.PostOnlyAtOnce => ProblemTypes.PostOnlyAtOnce,
        PlaceBidRefusal.MinimumOutOfRange => ProblemTypes.MinimumOutOfRange,
        PlaceBidRefusal.ExpiryMismatch => ProblemTypes.ExpiryMismatch,
        PlaceBidRefusal.ExpiryInPast => ProblemTypes.ExpiryInPast,
        PlaceBidRefusal.RequirementOutOfRange => ProblemTypes.RequirementOutOfRange,
        PlaceBidRefusal.BookHalted => ProblemTypes.BookHalted,
        PlaceBidRefusal.LimitOutsideBand => ProblemTypes.LimitOutsideBand,
        PlaceBidRefusal.CreditExceeded => ProblemTypes.CreditExceeded,
    };

    public static ApiProblem Of(RequestReplacementRefusal refusal) => TypeOf(refusal).With();

    public static ProblemType TypeOf(RequestReplacementRefusal refusal) => refusal switch
    {
        RequestReplacementRefusal.UnknownBid => ProblemTypes.NotFound,
        RequestReplacementRefusal.BidIsOver => ProblemTypes.BidIsOver,
        RequestReplacementRefusal.CancellationRequested => ProblemTypes.CancellationRequested,
        RequestReplacementRefusal.NeverWaits => ProblemTypes.BidNeverWaits,
        RequestReplacementRefusal.ReplacementPending => ProblemTypes.ReplacementPending,
        RequestReplacementRefusal.CurrencyChanged => ProblemTypes.CurrencyChanged,
        RequestReplacementRefusal.PriceBasisChanged => ProblemTypes.PriceBasisChanged,
        RequestReplacementRefusal.GpuCountOutOfRange => ProblemTypes.BidGpuCountOutOfRange,
        RequestReplacementRefusal.GpuCountBelowFilled => ProblemTypes.GpuCountBelowFilled,
        RequestReplacementRefusal.LimitZero => ProblemTypes.LimitZero,
        RequestReplacementRefusal.TotalTooLarge => ProblemTypes.TotalTooLarge,
        RequestReplacementRefusal.MinimumOutOfRange => ProblemTypes.MinimumOutOfRange,
        RequestReplacementRefusal.ExpiryInPast => ProblemTypes.ExpiryInPast,
        RequestReplacementRefusal.BookHalted => ProblemTypes.BookHalted,
        RequestReplacementRefusal.LimitOutsideBand => ProblemTypes.LimitOutsideBand,
        RequestReplacementRefusal.CreditExceeded => ProblemTypes.CreditExceeded,
    };

    public static ApiProblem Of(ExplainBidRefusal refusal) => refusal switch
    {
        ExplainBidRefusal.UnknownBid => ProblemTypes.NotFound.With(),
        ExplainBidRefusal.BidIsOver => ProblemTypes.BidIsOver.With(),
    };

    public static ApiProblem Of(CancelBidRefusal refusal) => refusal switch
    {
        CancelBidRefusal.UnknownBid => ProblemTypes.NotFound.With(),
        CancelBidRefusal.BidIsOver => ProblemTypes.BidIsOver.With(),
    };
}
