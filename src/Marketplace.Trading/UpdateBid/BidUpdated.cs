using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;
using Marketplace.Trading.Book;
using Marketplace.Trading.CancelBid;
using Marketplace.Trading.PlaceBid;
using Marketplace.Trading.RequestReplacement;
using NodaTime;

namespace Marketplace.Trading.UpdateBid;

/// <summary>A batch of a book changed a bid.</summary>
/// <param name="BidId">The bid.</param>
/// <param name="Buyer">Whose it is.</param>
/// <param name="Sequence">The last number of the batch.</param>
/// <param name="Status">What became of the bid.</param>
/// <param name="Ending">Why it ended unfilled; null otherwise.</param>
/// <param name="FilledGpuCount">GPUs bought in all.</param>
/// <param name="Trades">What it bought in this batch.</param>
/// <param name="At">When.</param>
/// <param name="Replaced">What the bid wants after a replacement was tried in this batch, applied or not; null otherwise.</param>
public sealed record BidUpdated(
    BidId BidId,
    OrganisationId Buyer,
    long Sequence,
    BidStatus Status,
    BidEnding? Ending,
    int FilledGpuCount,
    IReadOnlyList<BidTrade> Trades,
    Instant At,
    BidTerms? Replaced = null) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.bid-updated.v1";
}

/// <summary>Writes the outcome into the buyer's partition. Updates may come in any order: trades add up, and the latest status wins.</summary>
public sealed class BidUpdatedHandler(Workspace workspace) : IMessageHandler<BidUpdated>
{
    /// <inheritdoc/>
    public Task HandleAsync(BidUpdated message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            TradingPartitions.Bids(message.Buyer), context, work => DecideAsync(message, work, cancellationToken), cancellationToken);

    private static async Task DecideAsync(BidUpdated message, PartitionWork work, CancellationToken cancellationToken)
    {
        if (message.Trades.Count > 0) work.Put(BidRows.Trades(message.BidId, message.Sequence), new BidTrades(message.Trades));
        var bid = await work.ReadAsync<Bid>(BidRows.Key(message.BidId), cancellationToken);
        InvariantException.Require(bid is not null, $"{message.BidId} came out of a book and was never placed by {message.Buyer}.");
        var updated = bid.After(message);
        if (updated == bid) return;
        work.Put(BidRows.Key(bid.BidId), updated);
        if (updated.IsOver) return;

        // The cancellation may have overtaken the bid on the way to the book, and found nothing there.
        if (updated.CancellationRequested) work.Send(new WithdrawFromBook(bid.Book, bid.BidId));

        // A replacement waits for its bid to get there.
        if (bid is { Status: BidStatus.Pending, Replacement.Status: ReplacementStatus.Pending }) work.Send(ReplaceInBook.Of(updated));

        // The hours of a flexible bid are settled now, and it rests no longer than they can be bought.
        if (bid.Terms.FlexibleHours is not null && message.Trades is [var first, ..]) work.Send(new ExpireBidsOfBook(bid.Book), dueAt: first.Window.Start);
    }
}
