using Marketplace.Trading.ReadMarket.Depth;

namespace Marketplace.Trading.ReadMarket;

/// <summary>A book in short.</summary>
/// <param name="Book">The book.</param>
/// <param name="Sequence">The number of its last event.</param>
/// <param name="OpenListings">Listings offered that have hours to come, sold out or not.</param>
/// <param name="RestingBids">Bids that wait.</param>
/// <param name="IsHalted">Whether it takes cancellations only.</param>
public sealed record MarketSummary(BookKey Book, long Sequence, int OpenListings, int RestingBids, bool IsHalted);

/// <summary>GPUs at a price.</summary>
public sealed record DepthLevel(UnitPrice Price, long GpuCount);

/// <summary>What is offered and wanted in an hour.</summary>
/// <param name="Hour">The hour.</param>
/// <param name="Asks">Free GPUs by price, the lowest first; currencies apart.</param>
/// <param name="Bids">
/// Wanted GPUs by limit, the highest first; currencies apart. A bid for several hours is in each of them. One whose hours are not
/// settled yet, or with a limit per PFLOP-hour, is in none: see <see cref="UnfilledDemand"/>.
/// </param>
public sealed record HourDepth(HourSlot Hour, IReadOnlyList<DepthLevel> Asks, IReadOnlyList<DepthLevel> Bids);

/// <summary>Depth by hour, after an event.</summary>
public sealed record MarketDepth(BookKey Book, long Sequence, IReadOnlyList<HourDepth> Hours);

/// <summary>How much of what is offered is sold, by hour, and what waiting bids want, after an event.</summary>
public sealed record MarketUse(BookKey Book, long Sequence, IReadOnlyList<HourUse> Hours, UnfilledDemand Demand);
