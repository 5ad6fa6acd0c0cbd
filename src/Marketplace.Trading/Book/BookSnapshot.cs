using NodaTime;

namespace Marketplace.Trading.Book;

/// <summary>A book's whole state after an event.</summary>
/// <param name="Sequence">The number of the last event in it.</param>
/// <param name="At">The book's time.</param>
/// <param name="Asks">Listings that are open or have sold hours to come, by priority.</param>
/// <param name="Closings">When listings were last closed, for those closed lately.</param>
/// <param name="Bids">Bids that rest, by priority.</param>
/// <param name="Blocks">Trades whose hours can still be given back, by id.</param>
public sealed record BookSnapshot(
    long Sequence,
    Instant At,
    IReadOnlyList<AskState> Asks,
    IReadOnlyList<Closing> Closings,
    IReadOnlyList<BidState> Bids,
    IReadOnlyList<BlockState> Blocks);

/// <summary>A listing in a book.</summary>
/// <param name="Terms">What it offers.</param>
/// <param name="ActivatedAt">Since when.</param>
/// <param name="Priority">Its place in time priority.</param>
/// <param name="IsOpen">Whether it is offered.</param>
/// <param name="Sold">GPUs sold by hour, from the current hour on.</param>
public sealed record AskState(AskTerms Terms, Instant ActivatedAt, long Priority, bool IsOpen, IReadOnlyList<SoldHour> Sold);

/// <summary>When a listing was last closed: an older activation that arrives late does not open it.</summary>
public sealed record Closing(ListingId ListingId, Instant At);

/// <summary>GPUs of a listing that are sold in an hour.</summary>
public sealed record SoldHour(HourSlot Hour, int GpuCount);

/// <summary>A bid in a book.</summary>
/// <param name="BidId">The bid.</param>
/// <param name="Buyer">Whose it is.</param>
/// <param name="Terms">What it wants.</param>
/// <param name="Priority">Its place in time priority.</param>
/// <param name="FilledGpuCount">GPUs bought so far.</param>
/// <param name="BoundTo">The listing that the rest must come from; null for any.</param>
public sealed record BidState(BidId BidId, OrganisationId Buyer, BidTerms Terms, long Priority, int FilledGpuCount, ListingId? BoundTo);

/// <summary>A trade in a book.</summary>
public sealed record BlockState(TradeId TradeId, ListingId ListingId, int GpuCount, HourWindow Window, IReadOnlyList<HourWindow> GivenBack);
