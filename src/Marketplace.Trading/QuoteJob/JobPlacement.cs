using Marketplace.Trading.Book;

namespace Marketplace.Trading.QuoteJob;

/// <summary>Where and when a job could run now. Nothing is reserved.</summary>
/// <param name="Book">GPU class and hub.</param>
/// <param name="Sequence">The number of the book's last event: this is so after it.</param>
/// <param name="Window">The hours.</param>
/// <param name="Fills">From which listings, the best first.</param>
/// <param name="Total">What it costs.</param>
/// <param name="AveragePrice">What it costs per GPU-hour on average, rounded up to the micro-unit: a bid with this limit would get it.</param>
/// <param name="GridCarbonGramsPerKWh">Carbon of the sites' power, the mean over the GPUs; null where one does not state it.</param>
/// <param name="CarbonGrams">
/// An estimate of what the job emits: boards at full power times PUE times carbon; null where power, PUE or carbon are not stated.
/// </param>
public sealed record JobPlacement(
    BookKey Book,
    long Sequence,
    HourWindow Window,
    IReadOnlyList<QuotedFill> Fills,
    Money Total,
    UnitPrice AveragePrice,
    decimal? GridCarbonGramsPerKWh,
    long? CarbonGrams)
{
    /// <summary>A quote of a book as a placement.</summary>
    /// <param name="book">The book.</param>
    /// <param name="quote">Its quote.</param>
    /// <param name="boardPowerW">Power of a board of its class; 0 where unknown.</param>
    public static JobPlacement Of(OrderBook book, BookQuote quote, int boardPowerW)
    {
        var hours = quote.Window.Hours;
        var currency = quote.Fills[0].Price.Currency;
        var total = quote.Fills.Aggregate(Money.Zero(currency), (sum, fill) => sum + fill.Price.Cost(GpuTime.OfGpuHours(fill.GpuCount, hours)));
        var gpuCount = quote.Fills.Sum(fill => fill.GpuCount);
        var micros = quote.Fills.Aggregate(Int128.Zero, (sum, fill) => sum + ((Int128)fill.Price.MicrosPerGpuHour * fill.GpuCount));
        var average = UnitPrice.OfMicros((long)((micros + gpuCount - 1) / gpuCount), currency);
        var carbon = quote.Fills.Sum(fill => fill.GpuCount * (decimal?)fill.Ask.GridCarbonGramsPerKWh);
        var isStated = quote.Fills.All(fill => fill.Ask.GridCarbonGramsPerKWh is not null);
        return new JobPlacement(
            book.Key, book.Sequence, quote.Window, quote.Fills, total, average, isStated ? carbon / gpuCount : null, CarbonOf(quote, boardPowerW));
    }

    private static long? CarbonOf(BookQuote quote, int boardPowerW)
    {
        if (boardPowerW == 0) return null;
        decimal grams = 0;
        foreach (var (ask, gpuCount, _) in quote.Fills)
        {
            if (ask.Pue is not { } pue || ask.GridCarbonGramsPerKWh is not { } gramsPerKWh) return null;
            grams += boardPowerW / 1000m * gpuCount * quote.Window.Hours * pue * gramsPerKWh;
        }

        return (long)decimal.Round(grams);
    }
}
