using Marketplace.Contracts;
using Marketplace.Trading.Book;

namespace Marketplace.Trading.ResellHours;

/// <summary>What leases say about resales, as commands to a book.</summary>
internal static class ResaleCommands
{
    public static OpenResale ToCommand(this OfferResale message) => new(
        message.ListingId, message.Original, message.LeaseId, message.Seller, message.GpuCount, message.Window, message.Price, message.OfferedAt);
}
