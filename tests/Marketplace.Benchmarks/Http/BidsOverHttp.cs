using System.Globalization;
using System.Text.Json.Nodes;
using Marketplace.Benchmarks.Measure;

namespace Marketplace.Benchmarks.Http;

/// <summary>Bids placed over HTTP with the real host process, which answers when a bid is durable.</summary>
internal sealed class BidsOverHttp : IMeasurement
{
    private static readonly int[] Connections = [1, 16, 256];
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(8);

    public string Name => "http";

    public string Question => "how many bids a second does the host acknowledge after their commit, and how long does one take?";

    public async Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        var figures = new JsonObject();
        foreach (var connections in Connections)
        {
            await using var market = await HttpMarket.StartAsync(cancellationToken);
            var load = await BidLoad.RunAsync(market, connections, WarmUp, Measured, cancellationToken);
            var outcome = await market.TimeOutcomeAsync(cancellationToken);
            figures["connections" + connections.ToString(CultureInfo.InvariantCulture)] = new JsonObject
            {
                ["bids"] = load.Milliseconds.Count,
                ["bidsPerSec"] = Figures.Rounded(load.Milliseconds.Count / load.Seconds),
                ["p50Ms"] = Figures.Rounded(load.Quantile(0.5)),
                ["p99Ms"] = Figures.Rounded(load.Quantile(0.99)),
                // How far the book is behind the acknowledgements; null where that is more than can be waited for.
                ["outcomeAfterLoadMs"] = outcome is { } time ? Figures.Rounded(time.TotalMilliseconds) : null,
            };
        }

        return figures;
    }
}
