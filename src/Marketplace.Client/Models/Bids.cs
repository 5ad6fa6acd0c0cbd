using System.Text.Json.Serialization;

namespace Marketplace.Client.Models;

/// <summary>Places a bid.</summary>
/// <param name="ModelId">The GPU class.</param>
/// <param name="HubId">The hub.</param>
/// <param name="GpuCount">GPUs in every hour of the window.</param>
/// <param name="Window">The hours; for a flexible bid, where its hours must lie.</param>
/// <param name="Limit">The most to pay, as the average over the block.</param>
/// <param name="TimeInForce"><c>goodTillCancelled</c> unless said, <c>goodTillDate</c>, <c>immediateOrCancel</c> or <c>fillOrKill</c>.</param>
/// <param name="ExpiresAt">When a bid that is good till a date expires; absent otherwise.</param>
/// <param name="FillRule"><c>allOrNone</c> unless said, or <c>partial</c>.</param>
/// <param name="MinimumGpuCount">The fewest GPUs of one execution of a partial bid, 1 unless said; absent otherwise.</param>
/// <param name="Placement"><c>any</c> unless said, <c>sameMachine</c> or <c>sameProvider</c>.</param>
/// <param name="Requirements">What listings must have; absent for nothing.</param>
/// <param name="FlexibleHours">For a flexible bid: how many consecutive hours it wants, anywhere in its window of at most 744 hours. Absent for all of the window.</param>
/// <param name="PostOnly">Whether it may only wait: one that would buy as it comes in ends instead. False unless said.</param>
/// <param name="SelfTradePrevention">What happens when it meets a listing of its own organisation: <c>expireTaker</c> unless said, <c>expireMaker</c>, <c>expireBoth</c> or <c>passOver</c>.</param>
public sealed record PlaceBidRequest(
    string? ModelId,
    string? HubId,
    int? GpuCount,
    WindowModel? Window,
    LimitModel? Limit,
    string? TimeInForce = null,
    string? ExpiresAt = null,
    string? FillRule = null,
    int? MinimumGpuCount = null,
    string? Placement = null,
    BidRequirementsModel? Requirements = null,
    int? FlexibleHours = null,
    bool? PostOnly = null,
    string? SelfTradePrevention = null);

/// <summary>A bid's limit: a price per GPU-hour or one per proven PFLOP-hour, never both.</summary>
/// <param name="PerGpuHour">Decimal text, at most six decimals, such as <c>2.10</c>; absent where the limit is by performance.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="PerProvenPflopHour">
/// Decimal text: for 10^15 dense bf16 operations per second, as proven, for an hour. A GPU that proved 0.5 of it may cost half as much. Absent otherwise.
/// </param>
public sealed record LimitModel(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PerGpuHour,
    string? Currency,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PerProvenPflopHour = null);

/// <summary>Replaces a bid; what is absent stays.</summary>
/// <param name="GpuCount">GPUs in every hour, those that it has bought already included.</param>
/// <param name="Limit">The most to pay, in the currency and per the unit that it has.</param>
/// <param name="MinimumGpuCount">The fewest GPUs of one execution of a partial bid.</param>
/// <param name="ExpiresAt">When it expires. A bid that had no date is good till this one.</param>
public sealed record ReplaceBidRequest(int? GpuCount = null, LimitModel? Limit = null, int? MinimumGpuCount = null, string? ExpiresAt = null);

/// <summary>A replacement and what became of it.</summary>
/// <param name="GpuCount">What the bid was to want.</param>
/// <param name="Limit">What the bid was to want.</param>
/// <param name="MinimumGpuCount">What the bid was to want.</param>
/// <param name="ExpiresAt">What the bid was to want.</param>
/// <param name="Status">
/// <c>pending</c>; <c>applied</c>; or <c>notApplied</c>: the bid was over meanwhile, or the book was halted, or the limit was outside the price band.
/// </param>
/// <param name="RequestedAt">When it was accepted.</param>
public sealed record BidReplacementModel(
    int GpuCount, LimitModel Limit, int MinimumGpuCount, string? ExpiresAt, string Status, string RequestedAt);

/// <summary>What a listing must have for a bid to buy it. A listing that does not state its PUE or carbon does not suit a bid that limits them.</summary>
/// <param name="Minimum">Least proven figures per GPU; what is absent is not asked for.</param>
/// <param name="MaxPue">Highest power usage effectiveness of the site.</param>
/// <param name="MaxGridCarbonGramsPerKWh">Highest carbon of the site's power.</param>
public sealed record BidRequirementsModel(CapacityModel? Minimum = null, decimal? MaxPue = null, int? MaxGridCarbonGramsPerKWh = null);

/// <summary>A bid, for its buyer.</summary>
/// <param name="BidId">Its id.</param>
/// <param name="ModelId">The GPU class.</param>
/// <param name="HubId">The hub.</param>
/// <param name="GpuCount">GPUs in every hour of the window.</param>
/// <param name="Window">The hours; for a flexible bid, where its hours must lie.</param>
/// <param name="FlexibleHours">How many consecutive hours a flexible bid wants; null for all of the window.</param>
/// <param name="Limit">The most to pay, as the average over the block.</param>
/// <param name="TimeInForce">How long it may wait.</param>
/// <param name="ExpiresAt">When it expires; null unless it is good till a date.</param>
/// <param name="FillRule">Whether less may be bought.</param>
/// <param name="MinimumGpuCount">The fewest GPUs of one execution.</param>
/// <param name="Placement">Where the GPUs may be.</param>
/// <param name="Requirements">What listings must have.</param>
/// <param name="PostOnly">Whether it may only wait.</param>
/// <param name="SelfTradePrevention">What happens when it meets a listing of its own organisation.</param>
/// <param name="Status"><c>pending</c>, <c>resting</c>, <c>partiallyFilled</c>, <c>filled</c>, <c>cancelled</c> or <c>expired</c>.</param>
/// <param name="EndedBecause">
/// <c>cancelled</c>, <c>dateReached</c>, <c>windowStarted</c>, <c>notFilledAtOnce</c>, <c>selfTrade</c>, <c>wouldTrade</c> (it was post-only), <c>bookHalted</c> or
/// <c>outsidePriceBand</c>; null otherwise.
/// </param>
/// <param name="FilledGpuCount">GPUs bought so far.</param>
/// <param name="CancellationRequested">Whether it is to be cancelled.</param>
/// <param name="Replacement">The last replacement; null before the first.</param>
/// <param name="PlacedAt">When it was accepted.</param>
/// <param name="UpdatedAt">When its status last changed.</param>
/// <param name="Trades">What it bought; null in lists.</param>
public sealed record BidModel(
    string BidId,
    string ModelId,
    string HubId,
    int GpuCount,
    WindowModel Window,
    int? FlexibleHours,
    LimitModel Limit,
    string TimeInForce,
    string? ExpiresAt,
    string FillRule,
    int MinimumGpuCount,
    string Placement,
    BidRequirementsModel Requirements,
    bool PostOnly,
    string SelfTradePrevention,
    string Status,
    string? EndedBecause,
    int FilledGpuCount,
    bool CancellationRequested,
    BidReplacementModel? Replacement,
    string PlacedAt,
    string UpdatedAt,
    IReadOnlyList<BidTradeModel>? Trades);

/// <summary>A trade of a bid.</summary>
/// <param name="TradeId">The trade.</param>
/// <param name="LeaseId">The lease it made.</param>
/// <param name="ListingId">The listing bought from.</param>
/// <param name="GpuCount">GPUs bought, in every hour of the window.</param>
/// <param name="Window">The hours bought: the bid's window, or the hours of it that a flexible bid got.</param>
/// <param name="Price">The price.</param>
/// <param name="ExecutedAt">When.</param>
public sealed record BidTradeModel(
    string TradeId, string LeaseId, string ListingId, int GpuCount, WindowModel Window, UnitPriceModel Price, string ExecutedAt);
