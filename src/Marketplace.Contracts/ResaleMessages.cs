using NodaTime;

namespace Marketplace.Contracts;

/// <summary>Command: offer hours of a lease in the book it was bought in. The lease goes on; what is bought becomes a lease of its own.</summary>
/// <param name="Book">The order book.</param>
/// <param name="ListingId">Names the offer in the book.</param>
/// <param name="Original">The listing that the lease was bought from.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="Seller">The lease's buyer, who sells and is paid.</param>
/// <param name="GpuCount">GPUs offered in every hour of the window, at most those of the lease.</param>
/// <param name="Window">The hours offered, all of them the lease's.</param>
/// <param name="Price">What the seller asks.</param>
/// <param name="OfferedAt">When.</param>
public sealed record OfferResale(
    BookKey Book,
    ListingId ListingId,
    ListingId Original,
    LeaseId LeaseId,
    OrganisationId Seller,
    int GpuCount,
    HourWindow Window,
    PriceSchedule Price,
    Instant OfferedAt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.offer-resale.v1";
}

/// <summary>Command: stop offering hours of a lease. Trades that were made stand. The book answers with <see cref="ResaleClosed"/>.</summary>
/// <param name="Book">The order book.</param>
/// <param name="ListingId">The offer.</param>
/// <param name="LeaseId">The lease whose hours it offers.</param>
/// <param name="ClosedAt">When; after it was offered.</param>
public sealed record CloseResale(BookKey Book, ListingId ListingId, LeaseId LeaseId, Instant ClosedAt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.close-resale.v1";
}

/// <summary>
/// Hours of a lease are no longer offered, and never again under this id. It may arrive before some of the trades that were made
/// before it: their number says how many there are.
/// </summary>
/// <param name="LeaseId">The lease whose hours were offered.</param>
/// <param name="ListingId">The offer.</param>
/// <param name="Trades">Trades that it made in all.</param>
/// <param name="ClosedAt">When.</param>
public sealed record ResaleClosed(LeaseId LeaseId, ListingId ListingId, int Trades, Instant ClosedAt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.resale-closed.v1";
}
