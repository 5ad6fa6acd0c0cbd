namespace Marketplace.Client.Models;

/// <summary>An order book in short.</summary>
/// <param name="ModelId">The GPU class.</param>
/// <param name="HubId">The hub.</param>
/// <param name="Sequence">The number of its last event.</param>
/// <param name="OpenListings">Listings offered.</param>
/// <param name="RestingBids">Bids that wait.</param>
public sealed record MarketModel(string ModelId, string HubId, long Sequence, int OpenListings, int RestingBids);

/// <summary>What is offered and wanted, by hour.</summary>
/// <param name="ModelId">The GPU class.</param>
/// <param name="HubId">The hub.</param>
/// <param name="Sequence">The number of the book's last event: what is shown is the state after it.</param>
/// <param name="Hours">The hours asked for, in order.</param>
public sealed record DepthModel(string ModelId, string HubId, long Sequence, IReadOnlyList<HourDepthModel> Hours);

/// <summary>What is offered and wanted in an hour.</summary>
/// <param name="Hour">Its first instant.</param>
/// <param name="Asks">Free GPUs by price, the lowest first.</param>
/// <param name="Bids">Wanted GPUs by limit, the highest first. A bid for several hours is in each of them.</param>
public sealed record HourDepthModel(string Hour, IReadOnlyList<DepthLevelModel> Asks, IReadOnlyList<DepthLevelModel> Bids);

/// <summary>GPUs at a price.</summary>
/// <param name="Price">The price.</param>
/// <param name="GpuCount">How many.</param>
public sealed record DepthLevelModel(UnitPriceModel Price, long GpuCount);

/// <summary>A trade as the public sees it.</summary>
/// <param name="TradeId">The trade; ids of a book rise with time.</param>
/// <param name="Sequence">Its number in the book.</param>
/// <param name="GpuCount">GPUs in every hour of the window.</param>
/// <param name="Window">The hours.</param>
/// <param name="Price">The price.</param>
/// <param name="ExecutedAt">When.</param>
public sealed record MarketTradeModel(string TradeId, long Sequence, int GpuCount, WindowModel Window, UnitPriceModel Price, string ExecutedAt);
