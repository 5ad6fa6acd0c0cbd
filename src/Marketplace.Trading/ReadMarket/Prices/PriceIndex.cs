namespace Marketplace.Trading.ReadMarket.Prices;

/// <summary>
/// What a GPU-hour of a class costs: the mean price of the trades of all hubs, weighted by GPU-hours, over the running hour and the 23
/// before it, by when the trades were made. Without a trade in that time the index stays what it was last, which is the mean of the
/// last hour that had any.
/// </summary>
/// <param name="Price">The index, rounded to the nearest micro-unit.</param>
/// <param name="GpuHours">GPU-hours that it is made of.</param>
/// <param name="Window">The hours whose trades it is made of.</param>
/// <param name="IsLastKnown">Whether it is of an earlier time, because nothing was traded since.</param>
public sealed record PriceIndex(UnitPrice Price, long GpuHours, HourWindow Window, bool IsLastKnown)
{
    /// <summary>Hours of trades that an index is made of.</summary>
    public const int Hours = 24;

    /// <summary>The index of some candles in one currency; there is at least one, and none is empty.</summary>
    public static PriceIndex Of(IReadOnlyCollection<Candle> candles, HourWindow window, bool isLastKnown)
    {
        var gpuHours = candles.Sum(candle => candle.GpuHours);
        var turnover = candles.Aggregate((Int128)0, (sum, candle) => sum + candle.TurnoverMicros);
        var micros = (long)((turnover + (gpuHours / 2)) / gpuHours);
        return new PriceIndex(UnitPrice.OfMicros(micros, candles.First().Close.Currency), gpuHours, window, isLastKnown);
    }
}
