using Marketplace.Contracts;
using Marketplace.Trading.Book;

namespace Marketplace.Trading.PlaceBid;

/// <summary>Command: bring an accepted bid into its book.</summary>
public sealed record SubmitBid(BidId BidId, OrganisationId Buyer, BookKey Book, BidTerms Terms) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.submit-bid.v1";
}

/// <summary>Command: let the bids of a book go whose time has come. Sent to be due when one's time comes.</summary>
public sealed record ExpireBidsOfBook(BookKey Book) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.expire-bids-of-book.v1";
}
