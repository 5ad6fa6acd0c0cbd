namespace Marketplace.Api.Problems;

public static partial class ProblemTypes
{
    /// <summary>Too few or too many GPUs.</summary>
    public static ProblemType BidGpuCountOutOfRange { get; } = new(
        "bid_gpu_count_out_of_range", 422, "GPU count out of range", "A bid is for 1 to 1,000,000 GPUs.");

    /// <summary>The window has begun.</summary>
    public static ProblemType WindowInPast { get; } = new(
        "window_in_past", 422, "Window in the past", "The first hour of the window is over. The running hour is the earliest that can be bought.");

    /// <summary>The window is too far away.</summary>
    public static ProblemType WindowTooFarAhead { get; } = new(
        "window_too_far_ahead", 422, "Window too far ahead", "A window ends within two years from now.");

    /// <summary>A flexible bid for no hour, or for more than there are.</summary>
    public static ProblemType FlexibleHoursOutOfRange { get; } = new(
        "flexible_hours_out_of_range", 422, "Flexible hours out of range", "A flexible bid or a job takes 1 hour to as many hours as its window has.");

    /// <summary>Too many starts to look at.</summary>
    public static ProblemType FlexibleWindowTooLong { get; } = new(
        "flexible_window_too_long", 422, "Flexible window too long", "The window of a flexible bid or a job has at most 744 hours, which is 31 days.");

    /// <summary>A limit of nothing.</summary>
    public static ProblemType LimitZero { get; } = new("limit_zero", 422, "Limit is zero", "A limit is above zero.");

    /// <summary>A limit by a figure that nobody proves.</summary>
    public static ProblemType PerformanceNotProven { get; } = new(
        "performance_not_proven", 422, "Performance not proven", "Machines of this class prove no bf16 rate: a limit per PFLOP-hour would buy nothing. Give one per GPU-hour.");

    /// <summary>More money than can be counted.</summary>
    public static ProblemType TotalTooLarge { get; } = new(
        "total_too_large", 422, "Total too large", "The limit for all GPUs and all hours together is at most 2^63 - 1 millionths of the currency: ask for less, or in several bids.");

    /// <summary>Fill or kill, and partial.</summary>
    public static ProblemType FillOrKillInParts { get; } = new(
        "fill_or_kill_in_parts", 422, "Fill or kill in parts", "A fill-or-kill bid is all or none.");

    /// <summary>Only to wait, and to be filled at once.</summary>
    public static ProblemType PostOnlyAtOnce { get; } = new(
        "post_only_at_once", 422, "Post-only at once", "A post-only bid only waits; immediateOrCancel and fillOrKill never wait.");

    /// <summary>The minimum does not fit the bid.</summary>
    public static ProblemType MinimumOutOfRange { get; } = new(
        "minimum_out_of_range", 422, "Minimum out of range", "The minimum of a partial bid is 1 to its GPU count; an all-or-none bid has none but its GPU count.");

    /// <summary>A date where there should be none, or none where there should be one.</summary>
    public static ProblemType ExpiryMismatch { get; } = new(
        "expiry_mismatch", 422, "Date does not fit", "A bid that is good till a date has expiresAt, and no other has.");

    /// <summary>The date has passed.</summary>
    public static ProblemType ExpiryInPast { get; } = new("expiry_in_past", 422, "Date in the past", "expiresAt is in the future.");

    /// <summary>A requirement that cannot be.</summary>
    public static ProblemType RequirementOutOfRange { get; } = new(
        "requirement_out_of_range", 422, "Requirement out of range", "Required figures are zero or more, and a PUE is 1.0 or more.");

    /// <summary>Nothing is traded.</summary>
    public static ProblemType BookHalted { get; } = new(
        "book_halted", 409, "Order book halted", "An operator has halted the order book: until it trades again, only cancellations are taken.");

    /// <summary>Far from what is paid.</summary>
    public static ProblemType LimitOutsideBand { get; } = new(
        "limit_outside_band", 422, "Limit outside the band", "The limit is too far from what was paid in the order book lately; the problem's band shows which are taken.");

    /// <summary>Not a band.</summary>
    public static ProblemType BandRatioOutOfRange { get; } = new(
        "band_ratio_out_of_range", 422, "Ratio out of range", "A price band's ratio is above 1 and at most 1,000.");

    /// <summary>It never waits.</summary>
    public static ProblemType BidNeverWaits { get; } = new(
        "bid_never_waits", 409, "Bid never waits", "An immediateOrCancel or fillOrKill bid is never there to be replaced.");

    /// <summary>It is on its way out.</summary>
    public static ProblemType CancellationRequested { get; } = new(
        "cancellation_requested", 409, "To be cancelled", "The bid is to be cancelled already; place another one.");

    /// <summary>One at a time.</summary>
    public static ProblemType ReplacementPending { get; } = new(
        "replacement_pending", 409, "Replacement pending", "The outcome of an earlier replacement is not known yet: wait for it with Prefer: wait=N, then send the next.");

    /// <summary>Less than what stands.</summary>
    public static ProblemType GpuCountBelowFilled { get; } = new(
        "gpu_count_below_filled", 409, "GPU count below what is bought", "The bid has bought more GPUs than that already; a count equal to what it has bought ends it.");

    /// <summary>Another unit.</summary>
    public static ProblemType PriceBasisChanged { get; } = new(
        "price_basis_changed", 422, "Price basis changed", "A replacement keeps what the limit is a price of: perGpuHour or perProvenPflopHour.");

    /// <summary>The bid has ended.</summary>
    public static ProblemType BidIsOver { get; } = new("bid_is_over", 409, "Bid is over", "The bid is filled, cancelled or expired.");
}
