using Marketplace.Contracts;
using Marketplace.Trading.Book;

namespace Marketplace.Trading.OfferListing;

/// <summary>Command: go on trying waiting bids where more of them were met than one commit holds.</summary>
/// <param name="Book">The book.</param>
/// <param name="ListingId">On one listing; null on all.</param>
public sealed record ContinueListing(BookKey Book, ListingId? ListingId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.continue-listing.v1";
}

/// <summary>What the registry and leases say about listings, as commands to a book.</summary>
internal static class ListingCommands
{
    public static OpenAsk ToCommand(this ListingActivated message) => new(
        new AskTerms(
            message.ListingId,
            message.Provider,
            message.MachineId,
            message.GpuCount,
            message.Window,
            message.Price,
            message.MinimumHours,
            message.Proven,
            message.Pue,
            message.GridCarbonGramsPerKWh),
        message.ActivatedAt);

    public static CloseAsk ToCommand(this ListingClosed message) => new(message.ListingId, message.ClosedAt);

    public static GiveBack ToCommand(this ReturnHours message) =>
        new(message.TradeId, message.ListingId, message.GpuCount, message.Window, message.StopOffering);
}
