using NodaTime;

namespace Marketplace.Contracts;

/// <summary>A bid bought a block of a listing: the hours are sold and a lease begins its life.</summary>
/// <param name="TradeId">The trade.</param>
/// <param name="LeaseId">The lease it makes.</param>
/// <param name="Book">The order book.</param>
/// <param name="BidId">The bid.</param>
/// <param name="Buyer">Who bought.</param>
/// <param name="ListingId">The listing.</param>
/// <param name="Provider">Who sold.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="GpuCount">GPUs in every hour of the window.</param>
/// <param name="Window">The hours sold.</param>
/// <param name="Price">The resting side's price: the listing's, or the limit of a bid that had waited.</param>
/// <param name="Proven">What the listing had proven, per GPU.</param>
/// <param name="ExecutedAt">When.</param>
/// <param name="ResoldLease">
/// The lease whose hours the seller, its buyer, sold on; <paramref name="Provider"/> is that seller then. Null where a provider sold.
/// </param>
public sealed record TradeExecuted(
    TradeId TradeId,
    LeaseId LeaseId,
    BookKey Book,
    BidId BidId,
    OrganisationId Buyer,
    ListingId ListingId,
    OrganisationId Provider,
    MachineId MachineId,
    int GpuCount,
    HourWindow Window,
    UnitPrice Price,
    Capacity Proven,
    Instant ExecutedAt,
    LeaseId? ResoldLease = null) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.trade-executed.v1";
}

/// <summary>Command: give hours of a trade back to the book, because its lease was given up or failed.</summary>
/// <param name="Book">The order book.</param>
/// <param name="TradeId">The trade.</param>
/// <param name="ListingId">The listing that the hours belong to.</param>
/// <param name="GpuCount">GPUs in every hour of the window.</param>
/// <param name="Window">The hours given back.</param>
/// <param name="StopOffering">Whether the machine failed: the book stops offering the listing at once, before the registry closes it.</param>
public sealed record ReturnHours(
    BookKey Book, TradeId TradeId, ListingId ListingId, int GpuCount, HourWindow Window, bool StopOffering = false) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.return-hours.v1";
}
