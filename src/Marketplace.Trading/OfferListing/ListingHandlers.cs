using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;

namespace Marketplace.Trading.OfferListing;

/// <summary>Offers an active listing in its book.</summary>
internal sealed class ListingActivatedHandler(BookWriter writer) : IMessageHandler<ListingActivated>
{
    public Task HandleAsync(ListingActivated message, MessageContext context, CancellationToken cancellationToken)
    {
        var ask = new AskTerms(
            message.ListingId,
            message.Provider,
            message.MachineId,
            message.GpuCount,
            message.Window,
            message.Price,
            message.MinimumHours,
            message.Proven,
            message.Pue,
            message.GridCarbonGramsPerKWh);
        return writer.ApplyAsync(message.Book, new OpenAsk(ask, message.ActivatedAt), context, cancellationToken);
    }
}

/// <summary>Command: go on trying waiting bids where more of them were met than one commit holds.</summary>
/// <param name="Book">The book.</param>
/// <param name="ListingId">On one listing; null on all.</param>
public sealed record ContinueListing(BookKey Book, ListingId? ListingId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.continue-listing.v1";
}

/// <summary>Goes on with a listing.</summary>
internal sealed class ContinueListingHandler(BookWriter writer) : IMessageHandler<ContinueListing>
{
    public Task HandleAsync(ContinueListing message, MessageContext context, CancellationToken cancellationToken) =>
        writer.ApplyAsync(message.Book, new TryBids(message.ListingId), context, cancellationToken);
}

/// <summary>Takes a closed listing out of its book.</summary>
internal sealed class ListingClosedHandler(BookWriter writer) : IMessageHandler<ListingClosed>
{
    public Task HandleAsync(ListingClosed message, MessageContext context, CancellationToken cancellationToken) =>
        writer.ApplyAsync(message.Book, new CloseAsk(message.ListingId, message.ClosedAt), context, cancellationToken);
}

/// <summary>Offers hours again that a lease gave up.</summary>
internal sealed class ReturnHoursHandler(BookWriter writer) : IMessageHandler<ReturnHours>
{
    public Task HandleAsync(ReturnHours message, MessageContext context, CancellationToken cancellationToken) =>
        writer.ApplyAsync(
            message.Book,
            new GiveBack(message.TradeId, message.ListingId, message.GpuCount, message.Window, message.StopOffering),
            context,
            cancellationToken);
}
