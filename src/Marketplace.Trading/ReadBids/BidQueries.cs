using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Trading.UpdateBid;

namespace Marketplace.Trading.ReadBids;

/// <summary>A bid and what it bought, oldest trade first.</summary>
public sealed record BidWithTrades(Bid Bid, IReadOnlyList<BidTrade> Trades);

/// <summary>What buyers read of their bids.</summary>
public sealed class BidQueries(IPartitionStore store)
{
    /// <summary>One of the buyer's bids, or null.</summary>
    public async Task<BidWithTrades?> FindAsync(OrganisationId buyer, BidId id, CancellationToken cancellationToken)
    {
        var partition = TradingPartitions.Bids(buyer);
        if (await store.ReadAsync(partition, BidRows.Key(id), cancellationToken) is not { } row) return null;
        var trades = new List<BidTrade>();
        await foreach (var batch in store.ReadRangeAsync(partition, BidRows.TradesOf(id), cancellationToken))
        {
            trades.AddRange(MarketplaceJson.Deserialize<BidTrades>(batch.Body).Trades);
        }

        return new BidWithTrades(MarketplaceJson.Deserialize<Bid>(row.Body), trades);
    }

    /// <summary>The buyer's bids, newest first, without their trades.</summary>
    /// <param name="buyer">Whose.</param>
    /// <param name="after">The last bid of the page before; null for the first page.</param>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<Bid>> ListAsync(OrganisationId buyer, BidId? after, int limit, CancellationToken cancellationToken)
    {
        var range = RowRange.StartingWith(BidRows.Prefix);
        if (after is { } last) range = range.After(BidRows.Key(last));
        var bids = new List<Bid>();
        await foreach (var row in store.ReadRangeAsync(TradingPartitions.Bids(buyer), range, cancellationToken))
        {
            if (bids.Count == limit) break;
            bids.Add(MarketplaceJson.Deserialize<Bid>(row.Body));
        }

        return bids;
    }
}
