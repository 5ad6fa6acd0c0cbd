using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;

namespace Marketplace.Trading.ReadMarket.Prices;

/// <summary>What the public reads of prices. A trade counts once it is on the tape, moments after it was made.</summary>
public sealed class PriceQueries(IPartitionStore store, TimeProvider time)
{
    /// <summary>
    /// The candles of a book in a currency, by hour, up to the running one. An hour without trades repeats the last price; hours before
    /// the first trade have no candle.
    /// </summary>
    public async Task<IReadOnlyList<Candle>> CandlesAsync(BookKey book, Currency currency, HourWindow window, CancellationToken cancellationToken)
    {
        var end = HourSlot.Containing(time.Now()) + 1;
        if (end > window.To) end = window.To;
        var traded = await ReadAsync(book, CandleRows.In(currency, window), cancellationToken);
        var last = await NewestAsync(book, CandleRows.Before(currency, window.From), cancellationToken);
        var candles = new List<Candle>();
        for (var (hour, next) = (window.From, traded.Count - 1); hour < end; hour += 1)
        {
            if (next >= 0 && traded[next].Hour == hour) candles.Add(last = traded[next--]);
            else if (last is not null) candles.Add(last.EmptyAt(hour));
        }

        return candles;
    }

    /// <summary>The price index of a class, one for each currency that it was ever traded in.</summary>
    public async Task<IReadOnlyList<PriceIndex>> IndexAsync(GpuModelId model, CancellationToken cancellationToken)
    {
        var books = new List<BookKey>();
        var rows = store.ReadRangeAsync(TradingPartitions.Markets, MarketRow.OfModel(model), cancellationToken);
        await foreach (var row in rows) books.Add(MarketplaceJson.Deserialize<MarketRow>(row.Body).Book);

        var indices = new List<PriceIndex>();
        foreach (var currency in Currency.Known)
        {
            if (await IndexAsync(books, currency, cancellationToken) is { } index) indices.Add(index);
        }

        return indices;
    }

    private async Task<PriceIndex?> IndexAsync(List<BookKey> books, Currency currency, CancellationToken cancellationToken)
    {
        var window = HourWindow.Starting(HourSlot.Containing(time.Now()) + (1 - PriceIndex.Hours), PriceIndex.Hours);
        var candles = new List<Candle>();
        foreach (var book in books) candles.AddRange(await ReadAsync(book, CandleRows.In(currency, window), cancellationToken));
        if (candles.Count > 0) return PriceIndex.Of(candles, window, isLastKnown: false);

        foreach (var book in books)
        {
            if (await NewestAsync(book, CandleRows.Before(currency, window.From), cancellationToken) is { } last) candles.Add(last);
        }

        if (candles.Count == 0) return null;
        var hour = candles.Max(candle => candle.Hour);
        return PriceIndex.Of([.. candles.Where(candle => candle.Hour == hour)], HourWindow.Starting(hour, 1), isLastKnown: true);
    }

    // Newest first, as the rows are.
    private async Task<List<Candle>> ReadAsync(BookKey book, RowRange range, CancellationToken cancellationToken)
    {
        var candles = new List<Candle>();
        await foreach (var row in store.ReadRangeAsync(TradingPartitions.Tape(book), range, cancellationToken))
        {
            candles.Add(MarketplaceJson.Deserialize<Candle>(row.Body));
        }

        return candles;
    }

    private async Task<Candle?> NewestAsync(BookKey book, RowRange range, CancellationToken cancellationToken)
    {
        string? continuation = null;
        do
        {
            var page = await store.ReadPageAsync(TradingPartitions.Tape(book), range, 1, continuation, cancellationToken);
            if (page.Entities is [var row, ..]) return MarketplaceJson.Deserialize<Candle>(row.Body);
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return null;
    }
}
