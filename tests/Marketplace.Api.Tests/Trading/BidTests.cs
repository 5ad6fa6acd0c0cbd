using System.Net;
using System.Net.Http.Json;
using Marketplace.Client;
using Marketplace.Client.Models;
using NodaTime;

namespace Marketplace.Api.Tests.Trading;

public sealed class BidTests
{
    internal const string Good =
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
    public async Task Every_term_is_read_back_and_a_trade_tells_its_hours()
    {
        await using var market = await MarketWalk.StartAsync();
        var plain = await market.Buyer.PlaceBidAsync(MarketWalk.Bid(), "order-1", waitSeconds: 10);
        Assert.Equal((null, false, "expireTaker", "any"), (plain.FlexibleHours, plain.PostOnly, plain.SelfTradePrevention, plain.Placement));
        Assert.Equal(plain.Window, Assert.Single(plain.Trades!).Window);

        var wanted = MarketWalk.Bid("1.00") with
        {
            FlexibleHours = 1, PostOnly = true, SelfTradePrevention = "passOver", Placement = "sameProvider",
        };
        var bid = await market.Buyer.PlaceBidAsync(wanted, "order-2", waitSeconds: 10);
        Assert.Equal((1, true, "passOver", "sameProvider"), (bid.FlexibleHours!.Value, bid.PostOnly, bid.SelfTradePrevention, bid.Placement));
        Assert.Equal((new LimitModel("1.00", "USD"), "resting"), (bid.Limit, bid.Status));
    }

    [Fact]
    public async Task Prices_by_the_hour_of_the_week_are_listed_offered_and_paid_as_their_mean()
    {
        var week = new PriceScheduleModel(null, "USD", [.. Enumerable.Range(0, 168).Select(hour => $"1.{hour:D3}")]);
        await using var market = await MarketWalk.StartAsync(week);
        Assert.Equal(168, market.Listing.Price.PerGpuHourOfWeek!.Count);
        Assert.Equal(("1.00", "1.167", null), (market.Listing.Price.PerGpuHourOfWeek[0], market.Listing.Price.PerGpuHourOfWeek[^1], market.Listing.Price.PerGpuHour));
        var everybody = market.Host.Client();
        Assert.Equal("1.013", Assert.Single((await everybody.ListOffersAsync()).Items).Price.PerGpuHourOfWeek![13]);
        using var below = await market.Host.Http().GetAsync("/v1/offers?currency=USD&maxPricePerGpuHour=0.99");
        Assert.Contains("\"items\":[]", await below.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var lowest = await market.Host.Http().GetAsync("/v1/offers?currency=USD&maxPricePerGpuHour=1.00");
        Assert.Contains(market.Listing.ListingId, await lowest.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Monday 10:00 and 11:00 cost 1.010 and 1.011.
        var tooLow = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.010499"), "order-1", waitSeconds: 10);
        Assert.Equal("resting", tooLow.Status);
        var bid = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.0105"), "order-2", waitSeconds: 10);
        Assert.Equal("1.0105", Assert.Single(bid.Trades!).Price.PerGpuHour);
    }

    [Fact]
    public async Task Flexible_bid_gets_its_cheapest_hours_and_its_trade_says_which()
    {
        var week = new PriceScheduleModel(null, "USD", [.. Enumerable.Range(0, 168).Select(hour => hour is 12 ? "1.00" : "2.00")]);
        await using var market = await MarketWalk.StartAsync(week);
        var bid = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("2.00", 9, 14) with { FlexibleHours = 1 }, "order-1", waitSeconds: 10);
        var trade = Assert.Single(bid.Trades!);
        Assert.Equal((new WindowModel("2026-11-02T12:00:00Z", "2026-11-02T13:00:00Z"), "1.00"), (trade.Window, trade.Price.PerGpuHour));
        Assert.Equal(new WindowModel("2026-11-02T09:00:00Z", "2026-11-02T14:00:00Z"), bid.Window);
    }

    [Fact]
    public async Task Post_only_bid_that_would_buy_ends_instead()
    {
        await using var market = await MarketWalk.StartAsync();
        var bid = await market.Buyer.PlaceBidAsync(MarketWalk.Bid() with { PostOnly = true }, "order-1", waitSeconds: 10);
        Assert.Equal(("expired", "wouldTrade", 0), (bid.Status, bid.EndedBecause, bid.FilledGpuCount));
    }

    [Fact]
    public async Task Limit_per_proven_performance_names_its_unit()
    {
        await using var market = await MarketWalk.StartAsync();
        var http = market.Host.Http(market.BuyerToken);
        var body = Good.Replace("cpu-x86-64", "nvidia-h200-sxm", StringComparison.Ordinal).Replace("perGpuHour", "perProvenPflopHour", StringComparison.Ordinal);
        using var response = await http.SendAsync(Answers.Post("/v1/bids", "order-1", Answers.Json(body)));
        Assert.Contains("\"limit\":{\"currency\":\"USD\",\"perProvenPflopHour\":\"2.50\"}", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
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
        var again = await Assert.ThrowsAsync<ProblemException>(() => market.Buyer.CancelBidAsync(bid.BidId));
        Assert.Equal("bid_is_over", again.Code);

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

    [Fact]
    public async Task Bids_are_listed_by_status_model_and_hub()
    {
        await using var market = await MarketWalk.StartAsync();
        var filled = await market.Buyer.PlaceBidAsync(MarketWalk.Bid(), "order-1", waitSeconds: 10);
        var resting = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00"), "order-2", waitSeconds: 10);
        var elsewhere = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00") with { HubId = "gansu" }, "order-3", waitSeconds: 10);
        var gpu = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00") with { ModelId = "nvidia-h200-sxm" }, "order-4", waitSeconds: 10);
        Assert.Equal([gpu.BidId, elsewhere.BidId, resting.BidId], await IdsAsync(status: "resting"));
        Assert.Equal([filled.BidId], await IdsAsync(status: "filled"));
        Assert.Equal([elsewhere.BidId], await IdsAsync(hubId: "gansu"));
        Assert.Equal([gpu.BidId], await IdsAsync(modelId: "nvidia-h200-sxm"));
        Assert.Equal([resting.BidId], await IdsAsync("resting", "cpu-x86-64", "guizhou"));

        // A page ends where the next one goes on, whatever lies between that does not match.
        var first = await market.Buyer.ListBidsAsync(limit: 1, modelId: "cpu-x86-64");
        var second = await market.Buyer.ListBidsAsync(limit: 2, cursor: first.NextCursor, modelId: "cpu-x86-64");
        Assert.Equal([elsewhere.BidId, resting.BidId, filled.BidId], first.Items.Concat(second.Items).Select(bid => bid.BidId));
        Assert.Null(second.NextCursor);
        using var both = await market.Host.Http(market.BuyerToken).GetAsync("/v1/bids?status=filled&status=resting&hub=guizhou&model=cpu-x86-64");
        Assert.Equal(2, (await both.Content.ReadFromJsonAsync<Page<BidModel>>())!.Items.Count);
        using var bad = await market.Host.Http(market.BuyerToken).GetAsync("/v1/bids?status=lost");
        await bad.ProblemAsync(HttpStatusCode.BadRequest, "invalid_fields");
        using var unknown = await market.Host.Http(market.BuyerToken).GetAsync("/v1/bids?colour=red");
        await unknown.ProblemAsync(HttpStatusCode.BadRequest, "unknown_parameter");

        async Task<IEnumerable<string>> IdsAsync(string? status = null, string? modelId = null, string? hubId = null) =>
            (await market.Buyer.ListBidsAsync(status: status, modelId: modelId, hubId: hubId)).Items.Select(bid => bid.BidId);
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
}
