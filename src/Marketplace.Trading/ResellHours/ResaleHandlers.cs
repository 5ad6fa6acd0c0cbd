using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;

namespace Marketplace.Trading.ResellHours;

/// <summary>Offers hours of a lease in its book.</summary>
internal sealed class OfferResaleHandler(BookWriter writer) : IMessageHandler<OfferResale>
{
    public Task HandleAsync(OfferResale message, MessageContext context, CancellationToken cancellationToken) => writer.ApplyAsync(
        message.Book,
        new OpenResale(
            message.ListingId, message.Original, message.LeaseId, message.Seller, message.GpuCount, message.Window, message.Price, message.OfferedAt),
        context,
        cancellationToken);
}

/// <summary>Takes hours of a lease out of their book.</summary>
internal sealed class CloseResaleHandler(BookWriter writer) : IMessageHandler<CloseResale>
{
    public Task HandleAsync(CloseResale message, MessageContext context, CancellationToken cancellationToken) =>
        writer.ApplyAsync(message.Book, new CloseAsk(message.ListingId, message.ClosedAt, message.LeaseId), context, cancellationToken);
}
