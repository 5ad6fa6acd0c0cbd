using System.CommandLine;
using Marketplace.Benchmarks.Http;
using Marketplace.Benchmarks.Measure;

namespace Marketplace.Benchmarks.Trading;

/// <summary><c>trading</c>: how fast the order book is, in memory, durably and over HTTP.</summary>
internal static class TradingCommand
{
    public static Command Create() => MeasureCommand.Create(
        "trading",
        "Measures the order book: in memory, durably and over HTTP.",
        [
            new InMemoryMatching(PriceRule.X50),
            new InMemoryMatching(PriceRule.Zi),
            new Rectangles(),
            new MemoryPerBid(),
            new Searches(),
            new DurableBook(),
            new BookLoad(),
            new BidsOverHttp(),
        ]);
}
