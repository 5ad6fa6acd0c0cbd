using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;

namespace Marketplace.Trading.ReadMarket.Prices;

/// <summary>The trades of a book that were made in an hour, in one currency.</summary>
/// <param name="Hour">When they were made.</param>
/// <param name="Open">The price of the first.</param>
/// <param name="High">The highest price.</param>
/// <param name="Low">The lowest price.</param>
/// <param name="Close">The price of the last.</param>
/// <param name="GpuHours">GPU-hours bought.</param>
/// <param name="TurnoverMicros">What they cost: price times GPU-hours, in millionths of the major unit.</param>
/// <param name="Trades">How many trades.</param>
/// <param name="FirstSequence">The number of the first in the book.</param>
/// <param name="LastSequence">The number of the last.</param>
public sealed record Candle(
    HourSlot Hour,
    UnitPrice Open,
    UnitPrice High,
    UnitPrice Low,
    UnitPrice Close,
    long GpuHours,
    Int128 TurnoverMicros,
    int Trades,
    long FirstSequence,
    long LastSequence)
{
    /// <summary>The candle of one trade.</summary>
    public static Candle Of(TapeTrade trade)
    {
        var gpuHours = (long)trade.GpuCount * trade.Window.Hours;
        return new Candle(
            HourSlot.Containing(trade.ExecutedAt), trade.Price, trade.Price, trade.Price, trade.Price, gpuHours,
            (Int128)trade.Price.MicrosPerGpuHour * gpuHours, 1, trade.Sequence, trade.Sequence);
    }

    /// <summary>The candle of two sets of trades in one hour. Which of them was told first does not matter: trades are by their number.</summary>
    public Candle With(Candle other) => new(
        Hour,
        FirstSequence < other.FirstSequence ? Open : other.Open,
        High > other.High ? High : other.High,
        Low < other.Low ? Low : other.Low,
        LastSequence > other.LastSequence ? Close : other.Close,
        GpuHours + other.GpuHours,
        TurnoverMicros + other.TurnoverMicros,
        Trades + other.Trades,
        Math.Min(FirstSequence, other.FirstSequence),
        Math.Max(LastSequence, other.LastSequence));

    /// <summary>A later hour without trades: the last price stands.</summary>
    public Candle EmptyAt(HourSlot hour) => new(hour, Close, Close, Close, Close, 0, 0, 0, LastSequence, LastSequence);
}

/// <summary>The rows of candles, in the tape's partition, the newest first. Written with the trades that they are made of.</summary>
internal static class CandleRows
{
    private const int LastIndex = 9_999_999;

    public static string Key(Currency currency, HourSlot hour) => $"{Prefix(currency)}{LastIndex - hour.Index:D7}";

    /// <summary>The hours of a window.</summary>
    public static RowRange In(Currency currency, HourWindow window) => new(Key(currency, window.To + -1), Key(currency, window.From) + "!");

    /// <summary>All hours before one.</summary>
    public static RowRange Before(Currency currency, HourSlot hour) => RowRange.StartingWith(Prefix(currency)) with { From = Key(currency, hour + -1) };

    /// <summary>Adds trades to their candles.</summary>
    public static async Task AddAsync(PartitionWork work, IEnumerable<TapeTrade> trades, CancellationToken cancellationToken)
    {
        foreach (var candle in trades.GroupBy(trade => Key(trade.Price.Currency, HourSlot.Containing(trade.ExecutedAt))))
        {
            var added = candle.Select(Candle.Of).Aggregate((sum, next) => sum.With(next));
            work.Put(candle.Key, await work.ReadAsync<Candle>(candle.Key, cancellationToken) is { } known ? known.With(added) : added);
        }
    }

    private static string Prefix(Currency currency) => $"candle!{currency.Code}!";
}
