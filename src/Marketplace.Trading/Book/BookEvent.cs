using System.Text.Json.Serialization;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Trading.Book;

/// <summary>Something that happened in a book. State is what its events make of it and nothing else.</summary>
[JsonDerivedType(typeof(AskOpened), "askOpened")]
[JsonDerivedType(typeof(AskClosed), "askClosed")]
[JsonDerivedType(typeof(BidEntered), "bidEntered")]
[JsonDerivedType(typeof(BidTraded), "bidTraded")]
[JsonDerivedType(typeof(BidReplaced), "bidReplaced")]
[JsonDerivedType(typeof(BidEnded), "bidEnded")]
[JsonDerivedType(typeof(HoursGivenBack), "hoursGivenBack")]
[JsonDerivedType(typeof(BookHalted), "bookHalted")]
[JsonDerivedType(typeof(BookResumed), "bookResumed")]
[JsonDerivedType(typeof(PriceBandSet), "priceBandSet")]
public abstract record BookEvent;

/// <summary>A listing is offered. Hours of it that were sold before stay sold.</summary>
public sealed record AskOpened(AskTerms Ask, Instant ActivatedAt) : BookEvent;

/// <summary>A listing is no longer offered, nor will it be by an activation from before.</summary>
/// <param name="ListingId">The listing.</param>
/// <param name="ClosedAt">When it ended.</param>
/// <param name="ResoldLease">The lease whose hours they are, where its buyer sold them on; null for a provider's listing.</param>
/// <param name="Trades">Trades that a resale made in all: it is never opened again. 0 for a provider's listing.</param>
public sealed record AskClosed(ListingId ListingId, Instant ClosedAt, LeaseId? ResoldLease = null, int Trades = 0) : BookEvent;

/// <summary>A bid came into the book. It rests from now on unless later events of the batch fill or end it.</summary>
public sealed record BidEntered(BidId BidId, OrganisationId Buyer, BidTerms Terms) : BookEvent;

/// <summary>A bid that rests was changed.</summary>
/// <param name="BidId">The bid.</param>
/// <param name="Buyer">Whose it is.</param>
/// <param name="Terms">What it wants now.</param>
/// <param name="KeepsPriority">Whether it kept its place; otherwise it is the youngest now.</param>
/// <param name="FilledGpuCount">GPUs bought so far.</param>
public sealed record BidReplaced(BidId BidId, OrganisationId Buyer, BidTerms Terms, bool KeepsPriority, int FilledGpuCount) : BookEvent;

/// <summary>A bid bought GPUs of a listing for all the hours it wants.</summary>
/// <param name="TradeId">The trade.</param>
/// <param name="BidId">The bid.</param>
/// <param name="Buyer">Who bought.</param>
/// <param name="ListingId">The listing.</param>
/// <param name="Provider">Who sold.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="GpuCount">GPUs bought.</param>
/// <param name="Window">The hours bought.</param>
/// <param name="Price">The resting side's price.</param>
/// <param name="Proven">What the listing had proven, per GPU.</param>
/// <param name="FilledGpuCount">GPUs that the bid has bought by now.</param>
/// <param name="OpenGpuCount">GPUs that the bid still wants.</param>
/// <param name="ResoldLease">The lease whose hours were sold on; null where a provider sold.</param>
public sealed record BidTraded(
    TradeId TradeId,
    BidId BidId,
    OrganisationId Buyer,
    ListingId ListingId,
    OrganisationId Provider,
    MachineId MachineId,
    int GpuCount,
    HourWindow Window,
    UnitPrice Price,
    Capacity Proven,
    int FilledGpuCount,
    int OpenGpuCount,
    LeaseId? ResoldLease = null) : BookEvent;

/// <summary>Why a bid left the book before it was filled.</summary>
public enum BidEnding
{
    /// <summary>The buyer cancelled it.</summary>
    Cancelled,

    /// <summary>Its date has come.</summary>
    DateReached,

    /// <summary>Its window has begun.</summary>
    WindowStarted,

    /// <summary>It was to be filled at once, and could not.</summary>
    NotFilledAtOnce,

    /// <summary>It would have bought from its own organisation.</summary>
    SelfTrade,

    /// <summary>It was only to wait, and would have bought as it came in.</summary>
    WouldTrade,

    /// <summary>The book was halted when it came in.</summary>
    BookHalted,

    /// <summary>Its limit was outside the price band when it came in.</summary>
    OutsidePriceBand,
}

/// <summary>A bid left the book before it was filled.</summary>
public sealed record BidEnded(BidId BidId, OrganisationId Buyer, BidEnding Ending, int FilledGpuCount) : BookEvent;

/// <summary>Hours of a trade are free again.</summary>
public sealed record HoursGivenBack(TradeId TradeId, ListingId ListingId, int GpuCount, HourWindow Window) : BookEvent;

/// <summary>The book takes cancellations only.</summary>
public sealed record BookHalted : BookEvent;

/// <summary>The book trades again.</summary>
public sealed record BookResumed : BookEvent;

/// <summary>How far from the reference price a limit may be has changed; null for any.</summary>
public sealed record PriceBandSet(decimal? Ratio) : BookEvent;

/// <summary>All that one command, or the commands of one commit, brought about, in order.</summary>
/// <param name="FirstSequence">The number of the first event; the others count on without gaps.</param>
/// <param name="At">The book's time, which never goes back.</param>
/// <param name="Events">What happened; may be empty, and is then not stored.</param>
public sealed record BookBatch(long FirstSequence, Instant At, IReadOnlyList<BookEvent> Events)
{
    /// <summary>The number of the last event.</summary>
    [JsonIgnore]
    public long LastSequence => FirstSequence + Events.Count - 1;
}
