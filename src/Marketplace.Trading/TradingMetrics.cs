using System.Diagnostics.Metrics;
using Marketplace.Runtime.Work;
using Marketplace.Trading.PlaceBid;
using Marketplace.Trading.UpdateBid;

namespace Marketplace.Trading;

/// <summary>What the market does, as metrics: bids by outcome, and trades. A repeated request counts once.</summary>
internal static class TradingMetrics
{
    private static readonly Meter Meter = new("Marketplace.Trading");

    private static readonly Counter<long> Bids = Meter.CreateCounter<long>("marketplace.bids", "{bid}", "Bids that were accepted or refused.");

    private static readonly Counter<long> Trades = Meter.CreateCounter<long>("marketplace.trades", "{trade}", "Trades that were told.");

    /// <summary>A bid was accepted or refused.</summary>
    public static void Record(BookKey book, Attempt<Bid, PlaceBidRefusal> attempt)
    {
        if (!Bids.Enabled || attempt.Replayed || attempt.KeyReused) return;
        var outcome = attempt.Result.TryGet(out _, out var refusal) ? "accepted" : refusal.ToString();
        Bids.Add(1, new KeyValuePair<string, object?>("marketplace.book", book.ToString()), new KeyValuePair<string, object?>("marketplace.outcome", outcome));
    }

    /// <summary>Trades of a book were told.</summary>
    public static void RecordTrades(BookKey book, int count)
    {
        if (count > 0) Trades.Add(count, new KeyValuePair<string, object?>("marketplace.book", book.ToString()));
    }
}
