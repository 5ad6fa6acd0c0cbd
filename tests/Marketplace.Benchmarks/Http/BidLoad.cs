using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Marketplace.Benchmarks.Trading;

namespace Marketplace.Benchmarks.Http;

/// <summary>What a load of bids took.</summary>
/// <param name="Milliseconds">From sending to the whole answer, ascending.</param>
/// <param name="Seconds">How long the load was measured.</param>
internal sealed record BidLoad(IReadOnlyList<double> Milliseconds, double Seconds)
{
    public double Quantile(double share) => Milliseconds[(int)((Milliseconds.Count - 1) * share)];

    /// <summary>Keeps so many connections busy, each with one bid at a time and the next as soon as it is answered.</summary>
    public static async Task<BidLoad> RunAsync(
        HttpMarket market, int connections, TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = connections, UseCookies = false };
        using var http = new HttpMessageInvoker(handler);
        var bodies = Enumerable.Range(0, ReferenceWorkload.Ticks)
            .Select(tick => JsonSerializer.SerializeToUtf8Bytes(market.Bid(tick), JsonSerializerOptions.Web)).ToArray();
        var from = Stopwatch.GetTimestamp() + (long)(warmUp.TotalSeconds * Stopwatch.Frequency);
        var to = from + (long)(measured.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(Enumerable.Range(0, connections).Select(connection => Task.Run(() => KeepBusyAsync(connection), cancellationToken)));
        return new BidLoad([.. all.SelectMany(times => times).Order()], measured.TotalSeconds);

        async Task<List<double>> KeepBusyAsync(int connection)
        {
            var token = new AuthenticationHeaderValue("Bearer", market.BuyerTokens[connection % market.BuyerTokens.Count]);
            var times = new List<double>();
            for (var number = 0; ; number++)
            {
                using var request = RequestOf(market.Url, token, $"{connection}-{number}", bodies[(connection + number) % bodies.Length]);
                var began = Stopwatch.GetTimestamp();
                using var response = await http.SendAsync(request, cancellationToken);
                await response.Content.CopyToAsync(Stream.Null, cancellationToken);
                var ended = Stopwatch.GetTimestamp();
                if (response.StatusCode != HttpStatusCode.Accepted) throw new InvalidOperationException($"A bid was answered with {response.StatusCode}.");
                if (ended > to) return times;
                if (ended > from) times.Add(Stopwatch.GetElapsedTime(began, ended).TotalMilliseconds);
            }
        }
    }

    private static HttpRequestMessage RequestOf(Uri url, AuthenticationHeaderValue token, string key, byte[] body)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(url, "/v1/bids")) { Content = content };
        request.Headers.Authorization = token;
        request.Headers.Add("Idempotency-Key", "load-" + key);
        return request;
    }
}
