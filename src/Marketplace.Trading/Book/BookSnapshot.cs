using NodaTime;

namespace Marketplace.Trading.Book;

/// <summary>A book's whole state after an event.</summary>
/// <param name="Sequence">The number of the last event in it.</param>
/// <param name="At">The book's time.</param>
/// <param name="Asks">Listings that are open or have sold hours to come, by priority.</param>
/// <param name="Closings">When listings were last closed, for those closed lately.</param>
/// <param name="Bids">Bids that wait, by priority.</param>
/// <param name="Blocks">Trades whose hours can still be given back, in their order.</param>
/// <param name="IsHalted">Whether it takes cancellations only.</param>
/// <param name="BandRatio">How far from the reference price a limit may be; null for any.</param>
/// <param name="References">What the reference prices are made of.</param>
public sealed record BookSnapshot(
    long Sequence,
    Instant At,
    IReadOnlyList<AskState> Asks,
    IReadOnlyList<Closing> Closings,
    IReadOnlyList<BidState> Bids,
    IReadOnlyList<BlockState> Blocks,
    bool IsHalted,
    decimal? BandRatio,
    IReadOnlyList<HourTrades> References);

/// <summary>A listing in a book.</summary>
/// <param name="Terms">What it offers.</param>
/// <param name="ActivatedAt">Since when.</param>
/// <param name="Priority">Its place in time priority.</param>
/// <param name="IsOpen">Whether it is offered.</param>
/// <param name="Sold">GPUs sold by hour, from the current hour on.</param>
/// <param name="Trades">Trades that it made so far.</param>
public sealed record AskState(AskTerms Terms, Instant ActivatedAt, long Priority, bool IsOpen, IReadOnlyList<SoldHours> Sold, int Trades);

/// <summary>When a listing was last closed: an older activation that arrives late does not open it.</summary>
public sealed record Closing(ListingId ListingId, Instant At);

/// <summary>GPUs of a listing that are sold in each of some hours.</summary>
public sealed record SoldHours(HourWindow Window, int GpuCount);

/// <summary>A bid in a book.</summary>
/// <param name="BidId">The bid.</param>
/// <param name="Buyer">Whose it is.</param>
/// <param name="Terms">What it wants.</param>
/// <param name="Priority">Its place in time priority.</param>
/// <param name="FilledGpuCount">GPUs bought so far.</param>
/// <param name="Start">The first hour that its first execution settled; null before, and for a bid that is not flexible.</param>
/// <param name="BoundTo">The listing that the rest must come from; null for any.</param>
/// <param name="BoundProvider">The provider that the rest must come from; null for any.</param>
public sealed record BidState(
    BidId BidId,
    OrganisationId Buyer,
    BidTerms Terms,
    long Priority,
    int FilledGpuCount,
    HourSlot? Start,
    ListingId? BoundTo,
    OrganisationId? BoundProvider);

/// <summary>A trade in a book.</summary>
public sealed record BlockState(TradeId TradeId, ListingId ListingId, int GpuCount, HourWindow Window, IReadOnlyList<HourWindow> GivenBack);

/// <summary>The trades of an hour in a currency.</summary>
/// <param name="Currency">The currency.</param>
/// <param name="Hour">When they were made.</param>
/// <param name="GpuHours">GPU-hours bought.</param>
/// <param name="TurnoverMicros">What they cost in micro-units.</param>
public sealed record HourTrades(Currency Currency, HourSlot Hour, long GpuHours, Int128 TurnoverMicros);
