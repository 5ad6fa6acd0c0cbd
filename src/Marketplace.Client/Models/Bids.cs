namespace Marketplace.Client.Models;

/// <summary>Places a bid.</summary>
/// <param name="ModelId">The GPU class.</param>
/// <param name="HubId">The hub.</param>
/// <param name="GpuCount">GPUs in every hour of the window.</param>
/// <param name="Window">The hours.</param>
/// <param name="Limit">The most to pay, as the average price per GPU-hour over the block.</param>
/// <param name="TimeInForce"><c>goodTillCancelled</c> unless said, <c>goodTillDate</c>, <c>immediateOrCancel</c> or <c>fillOrKill</c>.</param>
/// <param name="ExpiresAt">When a bid that is good till a date expires; absent otherwise.</param>
/// <param name="FillRule"><c>allOrNone</c> unless said, or <c>partial</c>.</param>
/// <param name="MinimumGpuCount">The fewest GPUs of one execution of a partial bid, 1 unless said; absent otherwise.</param>
/// <param name="Placement"><c>any</c> unless said, or <c>sameMachine</c>.</param>
/// <param name="Requirements">What listings must have; absent for nothing.</param>
public sealed record PlaceBidRequest(
    string? ModelId,
    string? HubId,
    int? GpuCount,
    WindowModel? Window,
    UnitPriceModel? Limit,
    string? TimeInForce = null,
    string? ExpiresAt = null,
    string? FillRule = null,
    int? MinimumGpuCount = null,
    string? Placement = null,
    BidRequirementsModel? Requirements = null);

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
/// <param name="Window">The hours.</param>
/// <param name="Limit">The most to pay, as the average price per GPU-hour over the block.</param>
/// <param name="TimeInForce">How long it may wait.</param>
/// <param name="ExpiresAt">When it expires; null unless it is good till a date.</param>
/// <param name="FillRule">Whether less may be bought.</param>
/// <param name="MinimumGpuCount">The fewest GPUs of one execution.</param>
/// <param name="Placement">Where the GPUs may be.</param>
/// <param name="Requirements">What listings must have.</param>
/// <param name="Status"><c>pending</c>, <c>resting</c>, <c>partiallyFilled</c>, <c>filled</c>, <c>cancelled</c> or <c>expired</c>.</param>
/// <param name="EndedBecause"><c>cancelled</c>, <c>dateReached</c>, <c>windowStarted</c>, <c>notFilledAtOnce</c> or <c>selfTrade</c>; null otherwise.</param>
/// <param name="FilledGpuCount">GPUs bought so far.</param>
/// <param name="CancellationRequested">Whether it is to be cancelled.</param>
/// <param name="PlacedAt">When it was accepted.</param>
/// <param name="UpdatedAt">When its status last changed.</param>
/// <param name="Trades">What it bought; null in lists.</param>
public sealed record BidModel(
    string BidId,
    string ModelId,
    string HubId,
    int GpuCount,
    WindowModel Window,
    UnitPriceModel Limit,
    string TimeInForce,
    string? ExpiresAt,
    string FillRule,
    int MinimumGpuCount,
    string Placement,
    BidRequirementsModel Requirements,
    string Status,
    string? EndedBecause,
    int FilledGpuCount,
    bool CancellationRequested,
    string PlacedAt,
    string UpdatedAt,
    IReadOnlyList<BidTradeModel>? Trades);

/// <summary>A trade of a bid.</summary>
/// <param name="TradeId">The trade.</param>
/// <param name="LeaseId">The lease it made.</param>
/// <param name="ListingId">The listing bought from.</param>
/// <param name="GpuCount">GPUs bought, for the bid's whole window.</param>
/// <param name="Price">The price.</param>
/// <param name="ExecutedAt">When.</param>
public sealed record BidTradeModel(string TradeId, string LeaseId, string ListingId, int GpuCount, UnitPriceModel Price, string ExecutedAt);
