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

/// <summary>What became of a replacement.</summary>
public enum ReplacementStatus
{
    /// <summary>On its way to the book, or waiting for its bid to get there.</summary>
    Pending,

    /// <summary>The bid wants what was asked for, or ended because it had bought that much already.</summary>
    Applied,

    /// <summary>The bid stayed as it was: it was over, or the book was halted, or the limit was outside the price band.</summary>
    NotApplied,
}

/// <summary>A replacement that the buyer asked for.</summary>
/// <param name="Terms">What the bid was to want.</param>
/// <param name="Status">What became of it.</param>
/// <param name="RequestedAt">When it was accepted.</param>
public sealed record BidReplacement(BidTerms Terms, ReplacementStatus Status, Instant RequestedAt);

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
/// <param name="Replacement">The last replacement; null before the first.</param>
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
    long Sequence,
    BidReplacement? Replacement = null)
{
    /// <summary>Whether it will not change any more.</summary>
    public bool IsOver => Status is BidStatus.Filled or BidStatus.Cancelled or BidStatus.Expired;

    /// <summary>The bid after its book said something.</summary>
    public Bid After(BidUpdated update)
    {
        var bid = update.Sequence <= Sequence ? this : this with
        {
            Status = update.Status,
            Ending = update.Ending,
            FilledGpuCount = update.FilledGpuCount,
            UpdatedAt = update.At,
            Sequence = update.Sequence,
        };

        // The answer to a replacement counts also when it comes late: there is only one under way.
        if (Replacement is not null && update.Replaced is { } terms)
        {
            return bid with { Terms = terms, Replacement = Replacement with { Status = terms == Replacement.Terms ? ReplacementStatus.Applied : ReplacementStatus.NotApplied } };
        }

        if (bid is not { IsOver: true, Replacement: { Status: ReplacementStatus.Pending } open }) return bid;
        var hadEnough = bid.Ending == BidEnding.Cancelled && !CancellationRequested && open.Terms.GpuCount <= bid.FilledGpuCount;
        return bid with { Replacement = open with { Status = hadEnough ? ReplacementStatus.Applied : ReplacementStatus.NotApplied } };
    }
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
