using System.Net;
using System.Net.Http.Json;
using Marketplace.Api.Auth;
using Marketplace.Client;
using Marketplace.Client.Models;
using NodaTime;

namespace Marketplace.Api.Tests.Trading;

public sealed class BidTests
{
    private static readonly string Good =
        """{"modelId":"cpu-x86-64","hubId":"guizhou","gpuCount":1,"window":{"from":"2026-11-02T10:00:00Z","to":"2026-11-02T12:00:00Z"},"limit":{"perGpuHour":"2.50","currency":"USD"}}""";

    [Fact]
    public async Task A_bid_buys_hours_and_everybody_sees_what_is_theirs_to_see()
    {
        await using var market = await MarketWalk.StartAsync();
        var bid = await market.Buyer.PlaceBidAsync(MarketWalk.Bid(), "order-1", waitSeconds: 10);
        Assert.Equal(("filled", 1), (bid.Status, bid.FilledGpuCount));
        var trade = Assert.Single(bid.Trades!);
        Assert.Equal((market.Listing.ListingId, "2.10"), (trade.ListingId, trade.Price.PerGpuHour));

        var resting = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00", 12, 14), "order-2", waitSeconds: 10);
        Assert.Equal("resting", resting.Status);
        var (first, second) = (await market.Buyer.ListBidsAsync(limit: 1), await market.Buyer.ListBidsAsync());
        Assert.Equal([resting.BidId], first.Items.Select(b => b.BidId));
        Assert.Equal([resting.BidId, bid.BidId], second.Items.Select(b => b.BidId));
        Assert.Equal([bid.BidId], (await market.Buyer.ListBidsAsync(1, first.NextCursor)).Items.Select(b => b.BidId));

        var everybody = market.Host.Client();
        var depth = await everybody.GetDepthAsync("cpu-x86-64", "guizhou", new WindowModel("2026-11-02T11:00:00Z", "2026-11-02T13:00:00Z"));
        Assert.Equal([0, 1], depth.Hours.Select(h => h.Asks.Sum(a => a.GpuCount)));
        Assert.Equal([0, 1], depth.Hours.Select(h => h.Bids.Sum(b => b.GpuCount)));
        Assert.Equal(24, (await everybody.GetDepthAsync("cpu-x86-64", "guizhou")).Hours.Count);
        Assert.Equal(trade.TradeId, Assert.Single((await everybody.ListTradesAsync("cpu-x86-64", "guizhou")).Items).TradeId);
        var book = Assert.Single((await everybody.ListMarketsAsync()).Items);
        Assert.Equal((1, 1, depth.Sequence), (book.OpenListings, book.RestingBids, book.Sequence));
    }

    [Fact]
    public async Task Without_waiting_a_bid_is_accepted_and_read_later()
    {
        await using var market = await MarketWalk.StartAsync();
        var http = market.Host.Http(market.BuyerToken);
        using var response = await http.SendAsync(Answers.Post("/v1/bids", "order-1", Answers.Json(Good)));
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        await market.Host.WhenIdleAsync();
        var bid = await http.GetFromJsonAsync<BidModel>(response.Headers.Location);
        Assert.Equal("filled", bid!.Status);
    }

    [Fact]
    public async Task The_key_is_the_order_id()
    {
        await using var market = await MarketWalk.StartAsync();
        var http = market.Host.Http(market.BuyerToken);
        using var first = await http.SendAsync(Answers.Post("/v1/bids", "order-1", Answers.Json(Good)));
        using var again = await http.SendAsync(Answers.Post("/v1/bids", "order-1", Answers.Json(Good)));
        Assert.True(again.Headers.Contains("Idempotency-Replayed"));
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        using var other = await http.SendAsync(Answers.Post("/v1/bids", "order-1", Answers.Json(Good.Replace("2.50", "2.60", StringComparison.Ordinal))));
        await other.ProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        using var none = await http.SendAsync(Answers.Post("/v1/bids", null, Answers.Json(Good)));
        await none.ProblemAsync(HttpStatusCode.BadRequest, "idempotency_key_required");
        Assert.Single((await market.Buyer.ListBidsAsync()).Items);
    }

    [Fact]
    public async Task A_waiting_bid_is_cancelled_and_a_finished_one_is_not()
    {
        await using var market = await MarketWalk.StartAsync();
        var bid = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00"), "order-1", waitSeconds: 10);
        Assert.True((await market.Buyer.CancelBidAsync(bid.BidId)).CancellationRequested);
        await market.Host.WhenIdleAsync();
        var cancelled = await market.Buyer.GetBidAsync(bid.BidId);
        Assert.Equal(("cancelled", "cancelled"), (cancelled.Status, cancelled.EndedBecause));
        Assert.Equal("cancelled", (await market.Buyer.CancelBidAsync(bid.BidId)).Status);

        var filled = await market.Buyer.PlaceBidAsync(MarketWalk.Bid(), "order-2", waitSeconds: 10);
        var late = await Assert.ThrowsAsync<ProblemException>(() => market.Buyer.CancelBidAsync(filled.BidId));
        Assert.Equal("bid_is_over", late.Code);
    }

    [Fact]
    public async Task A_bid_expires_when_its_window_starts()
    {
        await using var market = await MarketWalk.StartAsync();
        var bid = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00"), "order-1", waitSeconds: 10);
        await market.Host.AdvanceAsync(Duration.FromHours(2));
        var expired = await market.Buyer.GetBidAsync(bid.BidId);
        Assert.Equal(("expired", "windowStarted"), (expired.Status, expired.EndedBecause));
    }

    [Theory]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":0", 400, "invalid_fields", "/gpuCount")]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":-1", 400, "invalid_fields", "/gpuCount")]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":99999999999", 400, "malformed_json", null)]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":\"1\"", 400, "malformed_json", null)]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"colour\":\"red\"", 400, "malformed_json", null)]
    [InlineData("T10:00:00Z", "T10:30:00Z", 400, "invalid_fields", "/window/from")]
    [InlineData("2026-11-02T12", "2026-11-02T10", 400, "invalid_fields", "/window")]
    [InlineData("2026-11-02T12", "2028-11-02T12", 400, "invalid_fields", "/window")]
    [InlineData("\"2.50\"", "\"0\"", 400, "invalid_fields", "/limit/perGpuHour")]
    [InlineData("\"2.50\"", "\"-1\"", 400, "invalid_fields", "/limit/perGpuHour")]
    [InlineData("\"2.50\"", "\"99999999999999999999\"", 400, "invalid_fields", "/limit/perGpuHour")]
    [InlineData("USD", "XAU", 400, "invalid_fields", "/limit/currency")]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"timeInForce\":\"forever\"", 400, "invalid_fields", "/timeInForce")]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"requirements\":{\"minimum\":{\"memoryMB\":-1}}", 400, "invalid_fields", "/requirements/minimum/memoryMB")]
    [InlineData("2026-11-02T10", "2026-11-02T07", 422, "window_in_past", null)]
    [InlineData("2026", "2029", 422, "window_too_far_ahead", null)]
    [InlineData("cpu-x86-64", "abacus", 422, "model_unknown", null)]
    [InlineData("guizhou", "atlantis", 422, "hub_unknown", null)]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"minimumGpuCount\":2,\"fillRule\":\"partial\"", 422, "minimum_out_of_range", null)]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"fillRule\":\"partial\",\"timeInForce\":\"fillOrKill\"", 422, "fill_or_kill_in_parts", null)]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"timeInForce\":\"goodTillDate\"", 422, "expiry_mismatch", null)]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"timeInForce\":\"goodTillDate\",\"expiresAt\":\"2026-11-02T08:00:00Z\"", 422, "expiry_in_past", null)]
    public async Task A_bad_bid_is_refused_and_changes_nothing(string good, string bad, int status, string code, string? pointer)
    {
        await using var host = await ApiHost.StartAsync();
        var token = host.TokenOf(host.NewOrganisation());
        using var response = await host.Http(token).SendAsync(Answers.Post("/v1/bids", "order-1", Answers.Json(Good.Replace(good, bad, StringComparison.Ordinal))));
        var problem = await response.ProblemAsync((HttpStatusCode)status, code);
        if (pointer is not null) Assert.Contains(problem.Errors, e => e.Pointer == pointer);
        Assert.Empty((await host.Client(token).ListBidsAsync()).Items);
    }

    [Fact]
    public async Task Another_organisations_bid_is_not_found()
    {
        await using var market = await MarketWalk.StartAsync();
        var bid = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00"), "order-1", waitSeconds: 10);
        var stranger = market.Host.Client(market.Host.TokenOf(market.Host.NewOrganisation()));
        Assert.Equal("not_found", (await Assert.ThrowsAsync<ProblemException>(() => stranger.GetBidAsync(bid.BidId))).Code);
        Assert.Equal("not_found", (await Assert.ThrowsAsync<ProblemException>(() => stranger.CancelBidAsync(bid.BidId))).Code);
        Assert.Equal("resting", (await market.Buyer.GetBidAsync(bid.BidId)).Status);
    }

    [Fact]
    public async Task Bidding_needs_its_scope_and_a_token()
    {
        await using var host = await ApiHost.StartAsync();
        using var anonymous = await host.Http().SendAsync(Answers.Post("/v1/bids", "k", Answers.Json(Good)));
        await anonymous.ProblemAsync(HttpStatusCode.Unauthorized, "token_required");
        using var reader = await host.Http(host.TokenOf(host.NewOrganisation(), Scopes.LeasesWrite)).SendAsync(Answers.Post("/v1/bids", "k", Answers.Json(Good)));
        await reader.ProblemAsync(HttpStatusCode.Forbidden, "scope_required");
    }

    [Theory]
    [InlineData("/v1/markets/abacus/guizhou/depth", "not_found")]
    [InlineData("/v1/markets/cpu-x86-64/atlantis/trades", "not_found")]
    [InlineData("/v1/markets/cpu-x86-64/guizhou/depth?from=2026-11-02T10:00:00Z", "invalid_fields")]
    [InlineData("/v1/markets/cpu-x86-64/guizhou/depth?from=2026-11-02T10:00:00Z&to=2026-11-12T10:00:00Z", "invalid_fields")]
    [InlineData("/v1/markets/cpu-x86-64/guizhou/depth?since=2026-11-02T10:00:00Z", "unknown_parameter")]
    [InlineData("/v1/markets?cursor=aGVsbG8", "invalid_cursor")]
    [InlineData("/v1/markets/cpu-x86-64/guizhou/trades?limit=0", "invalid_fields")]
    public async Task A_bad_question_about_a_market_is_refused(string path, string code)
    {
        await using var host = await ApiHost.StartAsync();
        using var response = await host.Http().GetAsync(path);
        await response.ProblemAsync(code == "not_found" ? HttpStatusCode.NotFound : HttpStatusCode.BadRequest, code);
    }
}
