using System.Diagnostics;
using System.Text.Json.Nodes;
using Marketplace.Benchmarks.Measure;
using Marketplace.Trading.Book;

namespace Marketplace.Benchmarks.Trading;

/// <summary>Bids put into a book, each timed.</summary>
/// <param name="Bids">How many there were time for.</param>
/// <param name="MicrosPerBid">The mean, of processor time.</param>
/// <param name="P50Micros">Half took no longer, on the wall.</param>
/// <param name="P99Micros">99 of 100 took no longer.</param>
/// <param name="Trades">How many trades they made.</param>
internal sealed record TimedBids(int Bids, double MicrosPerBid, double P50Micros, double P99Micros, int Trades)
{
    private const int Rounds = 5;
    private static readonly TimeSpan MostPerMeasurement = TimeSpan.FromSeconds(5);

    /// <summary>
    /// The round in the middle of five, each on a book of its own, or of as many as there is time for. A round that takes long ends
    /// with the bids that it got through.
    /// </summary>
    public static TimedBids MedianOf(Func<OrderBook> book, IReadOnlyList<EnterBid> bids)
    {
        var rounds = new List<TimedBids>();
        var spent = TimeSpan.Zero;
        while (rounds.Count < Rounds && spent < MostPerMeasurement)
        {
            var fresh = book();
            GC.Collect();
            var began = Stopwatch.GetTimestamp();
            rounds.Add(Run(fresh, bids, MostPerMeasurement - spent));
            spent += Stopwatch.GetElapsedTime(began);
        }

        return rounds.OrderBy(round => round.MicrosPerBid).ElementAt(rounds.Count / 2);
    }

    public JsonObject ToFigures() => new()
    {
        ["bids"] = Bids,
        ["trades"] = Trades,
        ["microsPerBid"] = Figures.Rounded(MicrosPerBid),
        ["p50Micros"] = Figures.Rounded(P50Micros),
        ["p99Micros"] = Figures.Rounded(P99Micros),
    };

    private static TimedBids Run(OrderBook book, IReadOnlyList<EnterBid> bids, TimeSpan most)
    {
        var micros = new List<double>(bids.Count);
        var trades = 0;
        var processor = Environment.CpuUsage.TotalTime;
        var began = Stopwatch.GetTimestamp();
        var last = began;
        foreach (var bid in bids)
        {
            foreach (var @event in book.Apply(bid, BookScene.Now).Events) trades += @event is BidTraded ? 1 : 0;
            var now = Stopwatch.GetTimestamp();
            micros.Add(Stopwatch.GetElapsedTime(last, now).TotalMicroseconds);
            last = now;
            if (Stopwatch.GetElapsedTime(began, now) > most) break;
        }

        var mean = (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / micros.Count;
        micros.Sort();
        return new TimedBids(micros.Count, mean, micros[micros.Count / 2], micros[(int)(micros.Count * 0.99)], trades);
    }
}
