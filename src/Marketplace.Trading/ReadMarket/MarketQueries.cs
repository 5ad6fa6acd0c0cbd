using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Trading.Book;

namespace Marketplace.Trading.ReadMarket;

/// <summary>A book in short.</summary>
/// <param name="Book">The book.</param>
/// <param name="Sequence">The number of its last event.</param>
/// <param name="OpenListings">Listings offered.</param>
/// <param name="RestingBids">Bids that wait.</param>
public sealed record MarketSummary(BookKey Book, long Sequence, int OpenListings, int RestingBids);

/// <summary>GPUs at a price.</summary>
public sealed record DepthLevel(UnitPrice Price, long GpuCount);

/// <summary>What is offered and wanted in an hour.</summary>
/// <param name="Hour">The hour.</param>
/// <param name="Asks">Free GPUs by price, the lowest first.</param>
/// <param name="Bids">Wanted GPUs by limit, the highest first. A bid for several hours is in each of them.</param>
public sealed record HourDepth(HourSlot Hour, IReadOnlyList<DepthLevel> Asks, IReadOnlyList<DepthLevel> Bids);

/// <summary>Depth by hour, after an event.</summary>
public sealed record MarketDepth(BookKey Book, long Sequence, IReadOnlyList<HourDepth> Hours);

/// <summary>What the public reads of the books.</summary>
public sealed class MarketQueries
{
    private readonly IPartitionStore store;
    private readonly BookViews views;

    internal MarketQueries(IPartitionStore store, BookViews views) => (this.store, this.views) = (store, views);

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
            markets.Add(await views.ReadAsync(book, b => new MarketSummary(book, b.Sequence, b.OpenAsks, b.WaitingBids), cancellationToken));
        }

        return markets;
    }

    /// <summary>Depth in every hour of a window. A book that nobody has used is empty.</summary>
    public Task<MarketDepth> DepthAsync(BookKey book, HourWindow window, CancellationToken cancellationToken) =>
        views.ReadAsync(book, b => new MarketDepth(book, b.Sequence, [.. window.Slots().Select(hour => DepthOf(b, hour))]), cancellationToken);

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

    private static HourDepth DepthOf(OrderBook book, HourSlot hour) => new(
        hour,
        Levels(book.Asks.Select(ask => (ask.Terms.Price.At(hour), ask.FreeIn(hour))).OrderBy(ask => ask.Item1.MicrosPerGpuHour)),
        Levels(book.Bids.Where(bid => bid.Terms.Window.Contains(hour)).Select(bid => (bid.Terms.Limit, bid.OpenGpuCount)).OrderByDescending(bid => bid.Limit.MicrosPerGpuHour)));

    // Asks and bids come in the order of their prices, and so do the levels.
    private static List<DepthLevel> Levels(IEnumerable<(UnitPrice Price, int GpuCount)> orders) =>
        [.. orders.Where(o => o.GpuCount > 0).GroupBy(o => o.Price).Select(level => new DepthLevel(level.Key, level.Sum(o => (long)o.GpuCount)))];
}
