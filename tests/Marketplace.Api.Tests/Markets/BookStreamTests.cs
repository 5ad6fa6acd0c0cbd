using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Trading;
using Microsoft.Extensions.DependencyInjection;
using static Marketplace.Api.Tests.Markets.MarketCrowd;

namespace Marketplace.Api.Tests.Markets;

/// <summary>Books as server-sent events, read by the client and by hand, over Kestrel and sockets.</summary>
public sealed class BookStreamTests
{
    private const string Path = $"/v1/markets/{Model}/{Hub}/events";

    [Fact]
    public async Task Followers_that_come_and_go_under_load_have_the_servers_book_in_the_end()
    {
        await using var host = await ApiHost.StartAsync(overSockets: true);
        var lines = Enumerable.Range(0, 3).Select(i => new BreakingLine(new SocketsHttpHandler(), i)).ToList();
        var followers = new List<Follower> { new(host.Client()), new(host.Client()) };
        followers.AddRange(lines.Select(line => new Follower(new MarketplaceClient(new HttpClient(line) { BaseAddress = host.Http().BaseAddress }))));

        // Before the first trade: a snapshot tells of none.
        foreach (var follower in followers) await follower.ReachAsync(0);
        await LoadAsync(1);
        followers.AddRange([new Follower(host.Client()), new Follower(host.Client())]);
        await LoadAsync(2);
        await host.WhenIdleAsync();

        var window = new WindowModel("2026-11-02T08:00:00Z", "2026-11-09T08:00:00Z");
        var depth = await host.Client().GetDepthAsync(Model, Hub, window);
        var hours = HourWindow.Starting(HourSlot.Containing(host.Time.Now), 168);
        foreach (var follower in followers)
        {
            await follower.StopAtAsync(depth.Sequence);
            Assert.Equal(depth.Sequence, follower.Book.Sequence);
            Assert.Equivalent(depth.Hours, follower.Book.In(hours), strict: true);
        }

        var tape = (await TapeAsync(host)).Select(trade => trade.Sequence).ToList();
        Assert.True(tape.Count > 50, $"Only {tape.Count} trades.");
        Assert.Equal(tape, followers[0].Trades.Select(trade => trade.Sequence));
        Assert.Equal(1, followers[0].Snapshots);
        Assert.All(lines, line => Assert.True(line.Breaks > 2 && line.Resumptions > 0, $"{line.Breaks} breaks, {line.Resumptions} resumptions."));
        Assert.All(followers[2..5], follower => Assert.Equal(tape.Where(sequence => sequence > 0).ToHashSet(), follower.Trades.Select(t => t.Sequence).ToHashSet()));
        foreach (var follower in followers) await follower.DisposeAsync();

        Task LoadAsync(int half) => Task.WhenAll(
        [
            .. Enumerable.Range(0, 4).Select(buyer => Task.Run(() => new MarketCrowd(host, (10 * half) + buyer).BidAsync(40))),
            Task.Run(() => new MarketCrowd(host, (10 * half) + 9).OfferAsync(60)),
        ]);
    }

    [Fact]
    public async Task Stream_begins_with_a_snapshot_and_tells_trades_before_their_depth()
    {
        await using var host = await ApiHost.StartAsync(overSockets: true);
        var crowd = new MarketCrowd(host, 1);
        await crowd.OfferAsync(gpus: 4, from: 2, hours: 4, UnitPrice.OfMicros(2_000_000, Currency.Usd));
        await host.WhenIdleAsync();
        await using var stream = await OpenAsync(host);
        Assert.Equal("text/event-stream", stream.Response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("no-store", stream.Response.Headers.CacheControl?.ToString());

        var snapshot = await stream.NextAsync();
        Assert.Equal(("snapshot", "1"), (snapshot.EventType, stream.LastEventId));
        Assert.Equal(
            """{"modelId":"nvidia-h200-sxm","hubId":"guizhou","sequence":1,"at":"2026-11-02T08:00:00Z","isHalted":false,"depth":[{"side":"ask","price":{"perGpuHour":"2.00","currency":"USD"},"from":"2026-11-02T10:00:00Z","to":"2026-11-02T14:00:00Z","gpuCount":4}]}""",
            snapshot.Data);

        var buyer = host.Client(host.TokenOf(host.NewOrganisation()));
        await buyer.PlaceBidAsync(
            new PlaceBidRequest(Model, Hub, 3, new WindowModel("2026-11-02T11:00:00Z", "2026-11-02T12:00:00Z"), new LimitModel("2.50", "USD")), "k");
        var trade = await stream.NextAsync();
        Assert.Equal(("trade", "1"), (trade.EventType, stream.LastEventId));
        Assert.Equal("2.00", JsonSerializer.Deserialize<MarketTradeModel>(trade.Data, JsonSerializerOptions.Web)!.Price.PerGpuHour);
        var depth = await stream.NextAsync();
        Assert.Equal(("depth", "3"), (depth.EventType, stream.LastEventId));
        Assert.Equal(
            """{"fromSequence":2,"toSequence":3,"at":"2026-11-02T08:00:00Z","isHalted":false,"changes":[{"side":"ask","price":{"perGpuHour":"2.00","currency":"USD"},"from":"2026-11-02T11:00:00Z","to":"2026-11-02T12:00:00Z","gpuCount":1}]}""",
            depth.Data);
    }

    [Theory]
    [InlineData("3", "depth")]
    [InlineData("4", null)]
    [InlineData("0", "resync snapshot")]
    [InlineData("99", "resync snapshot")]
    [InlineData("yesterday", "resync snapshot")]
    [InlineData(null, "snapshot")]
    public async Task Stream_goes_on_after_the_last_event_or_says_that_it_cannot(string? lastEventId, string? expected)
    {
        await using var host = await ApiHost.StartAsync(overSockets: true);
        var crowd = new MarketCrowd(host, 1);
        for (var i = 0; i < 3; i++) await crowd.OfferAsync(1, 2 + i, 4, UnitPrice.OfMicros(2_000_000, Currency.Usd));
        await host.WhenIdleAsync();
        await host.Client().GetDepthAsync(Model, Hub);
        await crowd.OfferAsync(1, 9, 4, UnitPrice.OfMicros(2_000_000, Currency.Usd));
        await host.WhenIdleAsync();

        await using var stream = await OpenAsync(host, lastEventId);
        foreach (var name in expected?.Split(' ') ?? []) Assert.Equal(name, (await stream.NextAsync()).EventType);
        await crowd.OfferAsync(1, 12, 4, UnitPrice.OfMicros(2_000_000, Currency.Usd));
        var next = JsonSerializer.Deserialize<DepthChangeModel>((await stream.NextAsync()).Data, JsonSerializerOptions.Web)!;
        Assert.Equal((5, 5), (next.FromSequence, next.ToSequence));
    }

    // From hand to hand: there a line takes in 64 kB, not the megabytes of sockets.
    [Fact]
    public async Task Follower_that_does_not_read_is_told_to_begin_anew_and_costs_the_others_nothing()
    {
        const int MostCells = 2_000;
        await using var host = await ApiHost.StartAsync(
            services => services.Configure<TradingOptions>(options => options.RecentMarketCells = MostCells));
        var crowd = new MarketCrowd(host, 1);
        await using var slow = await OpenAsync(host);
        await using var steady = new Follower(host.Client());
        Assert.Equal("snapshot", (await slow.NextAsync()).EventType);
        await steady.ReachAsync(0);

        // Each listing changes a thousand hours' prices: more than the line takes in and more than is kept.
        var byHour = Enumerable.Range(0, PriceSchedule.HoursPerWeek).Select(hour => UnitPrice.OfMicros(1_000_000 + (hour % 2), Currency.Usd)).ToList();
        Assert.True(PriceSchedule.TryCreate(byHour, out var prices));
        for (var i = 0; i < 12; i++)
        {
            await crowd.OfferAsync(1, 1, 1_000, prices);
            await steady.ReachAsync(i + 1);
        }

        var names = new List<string>();
        while (names.Count == 0 || names[^1] != "snapshot") names.Add((await slow.NextAsync()).EventType);
        Assert.Equal("resync", names[^2]);
        Assert.True(names.Count < 12, $"All {names.Count} events were kept for one who did not read.");
        await steady.StopAtAsync(12);
        Assert.Equal(1, steady.Snapshots);
    }

    [Fact]
    public async Task Only_so_many_may_follow_and_who_goes_makes_room()
    {
        await using var host = await ApiHost.StartAsync(
            services => services.Configure<TradingOptions>(options => options.MaxMarketFollowers = 1), overSockets: true);
        await using (var first = await OpenAsync(host))
        {
            await first.NextAsync();
            using var refused = await host.Http().GetAsync(Path, HttpCompletionOption.ResponseHeadersRead);
            await refused.ProblemAsync(HttpStatusCode.TooManyRequests, "too_many_requests");
            Assert.NotNull(refused.Headers.RetryAfter);
        }

        for (var tries = 0; ; tries++)
        {
            using var response = await host.Http().GetAsync(Path, HttpCompletionOption.ResponseHeadersRead);
            if (response.StatusCode == HttpStatusCode.OK) break;
            Assert.True(tries < 100, "The place of one who left stays taken.");
            await Task.Delay(50);
        }
    }

    [Fact]
    public async Task Stream_ends_with_the_host_and_holds_it_up_no_longer()
    {
        await using var host = await ApiHost.StartAsync(overSockets: true);
        await using var stream = await OpenAsync(host);
        await stream.NextAsync();
        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(5));
        Assert.False(await stream.HasNextAsync());
    }

    private static async Task<List<MarketTradeModel>> TapeAsync(ApiHost host)
    {
        var trades = new List<MarketTradeModel>();
        string? cursor = null;
        do
        {
            var page = await host.Client().ListTradesAsync(Model, Hub, 200, cursor);
            trades.AddRange(page.Items);
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        trades.Reverse();
        return trades;
    }

    private static async Task<OpenStream> OpenAsync(ApiHost host, string? lastEventId = null)
    {
        var http = host.Http();
        using var request = new HttpRequestMessage(HttpMethod.Get, Path);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new OpenStream(response, SseParser.Create(await response.Content.ReadAsStreamAsync()));
    }

    private sealed class OpenStream(HttpResponseMessage response, SseParser<string> parser) : IAsyncDisposable
    {
        private readonly CancellationTokenSource limit = new(TimeSpan.FromSeconds(20));
        private IAsyncEnumerator<SseItem<string>>? events;

        public HttpResponseMessage Response => response;

        public string LastEventId => parser.LastEventId;

        public async Task<bool> HasNextAsync() => await (events ??= parser.EnumerateAsync(limit.Token).GetAsyncEnumerator()).MoveNextAsync();

        public async Task<SseItem<string>> NextAsync()
        {
            Assert.True(await HasNextAsync(), "The stream has ended.");
            return events!.Current;
        }

        public async ValueTask DisposeAsync()
        {
            response.Dispose();
            if (events is not null) await events.DisposeAsync();
            limit.Dispose();
        }
    }
}
