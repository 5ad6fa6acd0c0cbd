using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Trading.UpdateBid;

/// <summary>What became of a bid so far.</summary>
public enum BidStatus
{
    /// <summary>Accepted, and on its way to the book.</summary>
    Pending,

    /// <summary>In the book, nothing bought yet.</summary>
    Resting,

    /// <summary>In the book, some of it bought.</summary>
    PartiallyFilled,

    /// <summary>All of it bought.</summary>
    Filled,

    /// <summary>Cancelled by the buyer; what was bought before stands.</summary>
    Cancelled,

    /// <summary>Ended by its own terms; what was bought before stands.</summary>
    Expired,
}

/// <summary>A bid as its buyer sees it: a row of the buyer's partition.</summary>
/// <param name="BidId">The bid.</param>
/// <param name="Buyer">Whose it is.</param>
/// <param name="Book">The book it is for.</param>
/// <param name="Terms">What it wants.</param>
/// <param name="Status">What became of it.</param>
/// <param name="Ending">Why it ended unfilled; null otherwise.</param>
/// <param name="FilledGpuCount">GPUs bought so far.</param>
/// <param name="CancellationRequested">Whether the buyer wants it cancelled; a fill may still be faster.</param>
/// <param name="PlacedAt">When it was accepted.</param>
/// <param name="UpdatedAt">When its status last changed.</param>
/// <param name="Sequence">The book's number up to which this tells; 0 while pending.</param>
public sealed record Bid(
    BidId BidId,
    OrganisationId Buyer,
    BookKey Book,
    BidTerms Terms,
    BidStatus Status,
    BidEnding? Ending,
    int FilledGpuCount,
    bool CancellationRequested,
    Instant PlacedAt,
    Instant UpdatedAt,
    long Sequence)
{
    /// <summary>Whether it will not change any more.</summary>
    public bool IsOver => Status is BidStatus.Filled or BidStatus.Cancelled or BidStatus.Expired;
}

/// <summary>A trade as the bid's buyer sees it.</summary>
/// <param name="TradeId">The trade.</param>
/// <param name="LeaseId">The lease it makes.</param>
/// <param name="ListingId">The listing bought from.</param>
/// <param name="GpuCount">GPUs bought, in every hour of the window.</param>
/// <param name="Window">The hours bought: the bid's window, or the hours of it that a flexible bid got.</param>
/// <param name="Price">The price.</param>
/// <param name="ExecutedAt">When.</param>
public sealed record BidTrade(
    TradeId TradeId, LeaseId LeaseId, ListingId ListingId, int GpuCount, HourWindow Window, UnitPrice Price, Instant ExecutedAt);

/// <summary>The rows of bids in a buyer's partition, newest first.</summary>
internal static class BidRows
{
    public const string Prefix = "bid!";

    public static string Key(BidId id) => Prefix + Reversed(id);

    /// <summary>All trades of a bid, oldest first.</summary>
    public static Runtime.Store.RowRange TradesOf(BidId id) => Runtime.Store.RowRange.StartingWith($"trades!{Reversed(id)}!");

    /// <summary>The trades that one batch of the book made for a bid.</summary>
    public static string Trades(BidId id, long sequence) => $"trades!{Reversed(id)}!{sequence:D19}";

    private static string Reversed(BidId id) => Ulid.Reverse(id.ToString()[(BidKind.Prefix.Length + 1)..]);
}

/// <summary>Trades of one bid in one batch.</summary>
internal sealed record BidTrades(IReadOnlyList<BidTrade> Trades);
