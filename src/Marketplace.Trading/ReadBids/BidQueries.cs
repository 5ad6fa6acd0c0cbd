using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Trading.UpdateBid;

namespace Marketplace.Trading.ReadBids;

/// <summary>A bid and what it bought, oldest trade first.</summary>
public sealed record BidWithTrades(Bid Bid, IReadOnlyList<BidTrade> Trades);

/// <summary>Which bids are asked for; what is empty is not asked for.</summary>
/// <param name="Statuses">In any of these statuses.</param>
/// <param name="Models">Of any of these GPU classes.</param>
/// <param name="Hubs">In any of these hubs.</param>
public sealed record BidFilter(IReadOnlyList<BidStatus> Statuses, IReadOnlyList<GpuModelId> Models, IReadOnlyList<HubId> Hubs)
{
    internal bool Matches(Bid bid) =>
        (Statuses.Count == 0 || Statuses.Contains(bid.Status))
        && (Models.Count == 0 || Models.Contains(bid.Book.Model))
        && (Hubs.Count == 0 || Hubs.Contains(bid.Book.Hub));
}

/// <summary>Part of a list of bids.</summary>
/// <param name="Items">Bids that match; may be few or none although there is more.</param>
/// <param name="Next">The last bid that was looked at; null at the end.</param>
public sealed record BidPage(IReadOnlyList<Bid> Items, BidId? Next);

/// <summary>What buyers read of their bids.</summary>
public sealed class BidQueries(IPartitionStore store)
{
    private const int MaxRowsPerPage = 2_000;

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

    /// <summary>The buyer's bids that match, newest first, without their trades.</summary>
    /// <param name="buyer">Whose.</param>
    /// <param name="filter">Which.</param>
    /// <param name="after">Where the page before ended; null for the first page.</param>
    /// <param name="limit">The most bids to return.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<BidPage> ListAsync(OrganisationId buyer, BidFilter filter, BidId? after, int limit, CancellationToken cancellationToken)
    {
        var range = RowRange.StartingWith(BidRows.Prefix);
        if (after is { } last) range = range.After(BidRows.Key(last));
        var bids = new List<Bid>();
        var rows = 0;
        await foreach (var row in store.ReadRangeAsync(TradingPartitions.Bids(buyer), range, cancellationToken))
        {
            var bid = MarketplaceJson.Deserialize<Bid>(row.Body);
            if (bids.Count == limit || rows++ == MaxRowsPerPage) return new BidPage(bids, after);
            if (filter.Matches(bid)) bids.Add(bid);
            after = bid.BidId;
        }

        return new BidPage(bids, null);
    }
}
