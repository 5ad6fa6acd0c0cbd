using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Work;
using Marketplace.Trading.UpdateBid;

namespace Marketplace.Trading.CancelBid;

/// <summary>Why a bid is not cancelled, in order of precedence.</summary>
public enum CancelBidRefusal
{
    /// <summary>The buyer has no such bid.</summary>
    UnknownBid,

    /// <summary>It is filled, cancelled or expired.</summary>
    BidIsOver,
}

/// <summary>
/// Asks for a bid to be cancelled. The bid ends when the book says so; until then a fill may be faster. Asking again changes nothing, and
/// once it is over is refused.
/// </summary>
public sealed class CancelBid(Workspace workspace)
{
    /// <summary>Requests the cancellation. Answers with the bid as it stands.</summary>
    public async Task<Result<Bid, CancelBidRefusal>> ExecuteAsync(OrganisationId buyer, BidId bidId, CancellationToken cancellationToken)
    {
        var row = await workspace.Store.ReadAsync(TradingPartitions.Bids(buyer), BidRows.Key(bidId), cancellationToken);
        if (row is not null && MarketplaceJson.Deserialize<Bid>(row.Body).IsOver) return CancelBidRefusal.BidIsOver;
        var attempt = await workspace.AttemptAsync<string, Bid, CancelBidRefusal>(
            TradingPartitions.Bids(buyer),
            IdempotencyKey.Of($"cancellation:{bidId}"),
            bidId.ToString(),
            work => DecideAsync(work, bidId, cancellationToken),
            cancellationToken);
        return attempt.Result;
    }

    private static async Task<Result<Bid, CancelBidRefusal>> DecideAsync(PartitionWork work, BidId bidId, CancellationToken cancellationToken)
    {
        var key = BidRows.Key(bidId);
        if (await work.ReadAsync<Bid>(key, cancellationToken) is not { } bid) return CancelBidRefusal.UnknownBid;
        if (bid.IsOver) return CancelBidRefusal.BidIsOver;
        bid = bid with { CancellationRequested = true };
        work.Put(key, bid);
        work.Send(new WithdrawFromBook(bid.Book, bidId));
        return bid;
    }
}

/// <summary>Command: take a bid out of its book.</summary>
public sealed record WithdrawFromBook(BookKey Book, BidId BidId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "trading.withdraw-from-book.v1";
}
