using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;

namespace Marketplace.Trading.PlaceBid;

/// <summary>Command: bring an accepted bid into its book.</summary>
public sealed record SubmitBid(BidId BidId, OrganisationId Buyer, BookKey Book, BidTerms Terms) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.submit-bid.v1";
}

/// <summary>Matches a bid in its book.</summary>
internal sealed class SubmitBidHandler(BookWriter writer) : IMessageHandler<SubmitBid>
{
    public Task HandleAsync(SubmitBid message, MessageContext context, CancellationToken cancellationToken) =>
        writer.ApplyAsync(message.Book, new EnterBid(message.BidId, message.Buyer, message.Terms), context, cancellationToken);
}

/// <summary>Command: let the bids of a book go whose time has come. Sent to be due when one's time comes.</summary>
public sealed record ExpireBidsOfBook(BookKey Book) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.expire-bids-of-book.v1";
}

/// <summary>Lets due bids go.</summary>
internal sealed class ExpireBidsOfBookHandler(BookWriter writer) : IMessageHandler<ExpireBidsOfBook>
{
    public Task HandleAsync(ExpireBidsOfBook message, MessageContext context, CancellationToken cancellationToken) =>
        writer.ApplyAsync(message.Book, new ExpireBids(), context, cancellationToken);
}
