using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Testing.Host;
using Marketplace.Testing.Store;

namespace Marketplace.Benchmarks.Http;

/// <summary>A host process on an empty data folder, with organisations that buy.</summary>
internal sealed class HttpMarket : IAsyncDisposable
{
    private const int BuyerCount = 16;
    private const int OutcomeWaitSeconds = 10;
    private readonly TemporaryFolder folder;
    private readonly HostProcess host;
    private readonly HttpClient http;

    private HttpMarket(TemporaryFolder folder, HostProcess host, HttpClient http, IReadOnlyList<string> buyerTokens, string now) =>
        (this.folder, this.host, this.http, BuyerTokens, Window) = (folder, host, http, buyerTokens, DayAfterTomorrow(now));

    public Uri Url => host.Url;

    /// <summary>A token for each buyer.</summary>
    public IReadOnlyList<string> BuyerTokens { get; }

    /// <summary>The 24 hours that are bid for.</summary>
    public WindowModel Window { get; }

    public static async Task<HttpMarket> StartAsync(CancellationToken cancellationToken)
    {
        var folder = new TemporaryFolder();
        HostProcess? host = null;
        try
        {
            host = await HostProcess.StartAsync(folder.Path);
            return await OpenAsync(folder, host, cancellationToken);
        }
        catch
        {
            if (host is not null) await host.DisposeAsync();
            folder.Dispose();
            throw;
        }
    }

    /// <summary>A bid that no listing meets, so that it rests.</summary>
    public PlaceBidRequest Bid(int tick) => new(
        "nvidia-h200-sxm", "guizhou", 1, Window, new LimitModel((1 + tick / 100m).ToString(CultureInfo.InvariantCulture), "USD"));

    /// <summary>How long one more bid takes to reach the book, behind all that were placed before; null if it takes too long.</summary>
    public async Task<TimeSpan?> TimeOutcomeAsync(CancellationToken cancellationToken)
    {
        var buyer = new MarketplaceClient(http, MarketplaceClientOptions.WithToken(BuyerTokens[0]));
        var began = Stopwatch.GetTimestamp();
        var bid = await buyer.PlaceBidAsync(Bid(0), "last", OutcomeWaitSeconds, cancellationToken);
        return bid.Status == "pending" ? null : Stopwatch.GetElapsedTime(began);
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await host.DisposeAsync();
        folder.Dispose();
    }

    private static WindowModel DayAfterTomorrow(string now)
    {
        var midnight = DateTimeOffset.Parse(now, CultureInfo.InvariantCulture).UtcDateTime.Date.AddDays(2);
        return new WindowModel(Text(midnight), Text(midnight.AddDays(1)));

        static string Text(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
    }

    private static async Task<HttpMarket> OpenAsync(TemporaryFolder folder, HostProcess host, CancellationToken cancellationToken)
    {
        var http = new HttpClient { BaseAddress = host.Url };
        var platform = new MarketplaceClient(http, MarketplaceClientOptions.WithToken(host.OperatorToken));
        var tokens = new List<string>();
        for (var number = 1; number <= BuyerCount; number++)
        {
            var buyer = await platform.RegisterOrganisationAsync(
                new RegisterOrganisationRequest($"Buyer {number}", "finance@example.com", "CN", ["buyer"]), $"buyer-{number}", cancellationToken);
            tokens.Add(await IssueTokenAsync(host, http, buyer.OrganisationId, cancellationToken));
        }

        return new HttpMarket(folder, host, http, tokens, (await platform.GetTimeAsync(cancellationToken)).Now);
    }

    private static async Task<string> IssueTokenAsync(HostProcess host, HttpClient http, string organisationId, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/local/tokens")
        {
            Content = JsonContent.Create(new { organisationId, scopes = new[] { "bids:write" } }),
        };
        request.Headers.Add("Operator-Secret", host.OperatorSecret);
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("token").GetString()!;
    }
}
