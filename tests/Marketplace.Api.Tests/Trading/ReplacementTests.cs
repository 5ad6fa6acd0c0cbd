using System.Net;
using Marketplace.Client;
using Marketplace.Client.Models;

namespace Marketplace.Api.Tests.Trading;

public sealed class ReplacementTests
{
    [Fact]
    public async Task Bid_that_waits_is_replaced_and_buys()
    {
        await using var market = await MarketWalk.StartAsync();
        var bid = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00"), "order-1", waitSeconds: 10);
        Assert.Null(bid.Replacement);
        var replaced = await market.Buyer.ReplaceBidAsync(bid.BidId, new ReplaceBidRequest(Limit: new LimitModel("2.20", "USD")), "replace-1", waitSeconds: 10);
        Assert.Equal(("filled", "2.20", "applied"), (replaced.Status, replaced.Limit.PerGpuHour, replaced.Replacement!.Status));
        Assert.Equal("2.10", Assert.Single(replaced.Trades!).Price.PerGpuHour);
        Assert.Equal("bid_is_over", await CodeAsync(market, bid.BidId, new ReplaceBidRequest(GpuCount: 2)));
    }

    [Fact]
    public async Task Repeated_request_replaces_once()
    {
        await using var market = await MarketWalk.StartAsync();
        var bid = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00"), "order-1", waitSeconds: 10);
        var http = market.Host.Http(market.BuyerToken);
        var path = $"/v1/bids/{bid.BidId}/replacement";
        using var first = await http.SendAsync(Answers.Post(path, "replace-1", Answers.Json("""{"gpuCount":2}""")));
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        await market.Host.WhenIdleAsync();
        using var again = await http.SendAsync(Answers.Post(path, "replace-1", Answers.Json("""{"gpuCount":2}""")));
        Assert.Equal((HttpStatusCode.OK, true), (again.StatusCode, again.Headers.Contains("Idempotency-Replayed")));
        using var other = await http.SendAsync(Answers.Post(path, "replace-1", Answers.Json("""{"gpuCount":3}""")));
        await other.ProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        Assert.Equal((2, 2), ((await market.Buyer.GetBidAsync(bid.BidId)).GpuCount, (await market.Buyer.GetBidAsync(bid.BidId)).MinimumGpuCount));
    }

    [Theory]
    [InlineData("{}", 400, "invalid_fields")]
    [InlineData("""{"gpuCount":0}""", 400, "invalid_fields")]
    [InlineData("""{"gpuCount":1,"window":null}""", 400, "malformed_json")]
    [InlineData("""{"limit":{"perGpuHour":"0","currency":"USD"}}""", 400, "invalid_fields")]
    [InlineData("""{"limit":{"perGpuHour":"2.00","currency":"CNY"}}""", 422, "currency_changed")]
    [InlineData("""{"limit":{"perProvenPflopHour":"2.00","currency":"USD"}}""", 422, "price_basis_changed")]
    [InlineData("""{"minimumGpuCount":2}""", 422, "minimum_out_of_range")]
    [InlineData("""{"expiresAt":"2026-11-02T08:00:00Z"}""", 422, "expiry_in_past")]
    public async Task Bad_replacement_is_refused_and_changes_nothing(string body, int status, string code)
    {
        await using var market = await MarketWalk.StartAsync();
        var before = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00"), "order-1", waitSeconds: 10);
        using var response = await market.Host.Http(market.BuyerToken)
            .SendAsync(Answers.Post($"/v1/bids/{before.BidId}/replacement", "replace-1", Answers.Json(body)));
        await response.ProblemAsync((HttpStatusCode)status, code);
        await market.Host.WhenIdleAsync();
        var after = await market.Buyer.GetBidAsync(before.BidId);
        Assert.Equal(before with { Trades = null }, after with { Trades = null });
    }

    [Fact]
    public async Task What_is_over_or_another_organisations_is_not_replaced()
    {
        await using var market = await MarketWalk.StartAsync();
        var killed = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00") with { TimeInForce = "fillOrKill" }, "order-1", waitSeconds: 10);
        Assert.Equal("bid_is_over", await CodeAsync(market, killed.BidId, new ReplaceBidRequest(GpuCount: 2)));
        var stranger = market.Host.Client(market.Host.TokenOf(market.Host.NewOrganisation()));
        var bid = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00"), "order-2", waitSeconds: 10);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => stranger.ReplaceBidAsync(bid.BidId, new ReplaceBidRequest(GpuCount: 2), "replace-1"));
        Assert.Equal("not_found", refused.Code);
        await market.Buyer.CancelBidAsync(bid.BidId);
        Assert.Contains(await CodeAsync(market, bid.BidId, new ReplaceBidRequest(GpuCount: 2)), (string[])["cancellation_requested", "bid_is_over"]);
    }

    private static async Task<string> CodeAsync(MarketWalk market, string bidId, ReplaceBidRequest request) =>
        (await Assert.ThrowsAsync<ProblemException>(() => market.Buyer.ReplaceBidAsync(bidId, request, "refused"))).Code;
}
