using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Trading.ReadMarket.Depth;
using Marketplace.Trading.ReadMarket.Follow;

namespace Marketplace.Trading.ReadMarket;

/// <summary>What the public reads of the books as they are now, and their trades. Hours that are over hold nothing.</summary>
public sealed class MarketQueries(IPartitionStore store, MarketFeed feed, TimeProvider time)
{
    /// <summary>The books, by name.</summary>
    /// <param name="after">The last book of the page before; null for the first page.</param>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<MarketSummary>> ListAsync(BookKey? after, int limit, CancellationToken cancellationToken)
    {
        var range = RowRange.StartingWith(MarketRow.Prefix);
        if (after is { } last) range = range.After(new MarketRow(last).RowKey);
        var markets = new List<MarketSummary>();
        await foreach (var row in store.ReadRangeAsync(TradingPartitions.Markets, range, cancellationToken))
        {
            if (markets.Count == limit) break;
            var book = MarketplaceJson.Deserialize<MarketRow>(row.Body).Book;
            markets.Add(await feed.ReadAsync(
                book, depth => new MarketSummary(book, depth.Sequence, depth.OpenListings, depth.RestingBids, depth.IsHalted), cancellationToken));
        }

        return markets;
    }

    /// <summary>Depth in every hour of a window. A book that nobody has used is empty.</summary>
    public Task<MarketDepth> DepthAsync(BookKey book, HourWindow window, CancellationToken cancellationToken)
    {
        var now = HourSlot.Containing(time.Now());
        return feed.ReadAsync(
            book,
            depth => new MarketDepth(
                book, depth.Sequence, [.. depth.In(window).Select(hour => hour.Hour < now ? new HourDepth(hour.Hour, [], []) : hour)]),
            cancellationToken);
    }

    /// <summary>How much of what is offered is sold in every hour of a window, and what waiting bids want in all.</summary>
    public Task<MarketUse> UseAsync(BookKey book, HourWindow window, CancellationToken cancellationToken)
    {
        var now = HourSlot.Containing(time.Now());
        return feed.ReadAsync(
            book,
            depth => new MarketUse(
                book, depth.Sequence, [.. depth.UseIn(window).Select(use => use.Hour < now ? new HourUse(use.Hour, 0, 0) : use)], depth.Demand),
            cancellationToken);
    }

    /// <summary>A book's trades, newest first.</summary>
    /// <param name="book">The book.</param>
    /// <param name="after">The last trade of the page before; null for the first page.</param>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<TapeTrade>> TradesAsync(BookKey book, TradeId? after, int limit, CancellationToken cancellationToken)
    {
        var range = RowRange.StartingWith(TapeRows.Prefix);
        if (after is { } last) range = range.After(TapeRows.Key(last));
        var trades = new List<TapeTrade>();
        await foreach (var row in store.ReadRangeAsync(TradingPartitions.Tape(book), range, cancellationToken))
        {
            if (trades.Count == limit) break;
            trades.Add(MarketplaceJson.Deserialize<TapeTrade>(row.Body));
        }

        return trades;
    }
}
