using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Trading.ReadMarket;

/// <summary>A trade as the public sees it: no names.</summary>
/// <param name="TradeId">The trade; ids of a book rise with time.</param>
/// <param name="Sequence">Its number in the book.</param>
/// <param name="GpuCount">GPUs in every hour of the window.</param>
/// <param name="Window">The hours.</param>
/// <param name="Price">The price.</param>
/// <param name="ExecutedAt">When.</param>
public sealed record TapeTrade(TradeId TradeId, long Sequence, int GpuCount, HourWindow Window, UnitPrice Price, Instant ExecutedAt)
{
    /// <summary>The trades of a batch, in order.</summary>
    internal static IEnumerable<TapeTrade> Of(BookBatch batch) => batch.Events.Index()
        .Where(e => e.Item is BidTraded).Select(e => Of((BidTraded)e.Item, batch.FirstSequence + e.Index, batch.At));

    internal static TapeTrade Of(BidTraded trade, long sequence, Instant at) => new(trade.TradeId, sequence, trade.GpuCount, trade.Window, trade.Price, at);
}

/// <summary>The rows of the tape, newest first.</summary>
internal static class TapeRows
{
    public const string Prefix = "trade!";

    public static string Key(TradeId id) => Prefix + Ulid.Reverse(id.ToString()[(TradeKind.Prefix.Length + 1)..]);
}
