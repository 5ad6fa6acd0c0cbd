using Marketplace.Client;
using Marketplace.Client.Models;

namespace Marketplace.Api.Tests.Trading;

public sealed class ExplanationTests
{
    [Fact]
    public async Task Waiting_bid_learns_why_and_at_what_limit_it_would_buy()
    {
        await using var market = await MarketWalk.StartAsync();
        var bid = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00"), "order-1", waitSeconds: 10);
        var told = await market.Buyer.ExplainBidAsync(bid.BidId);
        Assert.Equal(new ExcludedCapacityModel("limit", 1, 1), Assert.Single(told.Excluded));
        Assert.Equal(("resting", 1, 1L, 0L, bid.Window), (told.Status, told.OpenGpuCount, told.OfferedGpuCount, told.AvailableGpuCount, told.Hours));
        Assert.Equal(new LimitModel("2.10", "USD"), told.NearestLimit);

        var replaced = await market.Buyer.ReplaceBidAsync(bid.BidId, new ReplaceBidRequest(Limit: told.NearestLimit), "replace-1", waitSeconds: 10);
        Assert.Equal("filled", replaced.Status);
        Assert.Equal("bid_is_over", await CodeAsync(() => market.Buyer.ExplainBidAsync(bid.BidId)));
    }

    [Fact]
    public async Task Constraints_are_named_as_in_the_bid()
    {
        await using var market = await MarketWalk.StartAsync();
        var wanted = MarketWalk.Bid(fromHour: 13, toHour: 15) with
        {
            GpuCount = 2, Requirements = new BidRequirementsModel(new CapacityModel(300, null, null, null), 1.1m, 100), Placement = "sameMachine",
        };
        var bid = await market.Buyer.PlaceBidAsync(wanted, "order-1", waitSeconds: 10);
        var told = await market.Buyer.ExplainBidAsync(bid.BidId);
        Assert.Equal(["window", "int8Gops", "maxPue", "maxGridCarbonGramsPerKWh", "placement"], told.Excluded.Select(e => e.Constraint));
        Assert.All(told.Excluded, e => Assert.Equal((1, 0), (e.ExcludedGpuCount, e.AvailableIfLiftedGpuCount)));
        Assert.Null(told.NearestLimit);
    }

    [Fact]
    public async Task Only_the_buyer_is_told()
    {
        await using var market = await MarketWalk.StartAsync();
        var bid = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00"), "order-1", waitSeconds: 10);
        Assert.Equal("not_found", await CodeAsync(() => market.Provider.ExplainBidAsync(bid.BidId)));
        Assert.Equal("not_found", await CodeAsync(() => market.Buyer.ExplainBidAsync("bid_01JABCDEFGHJKMNPQRSTVWXYZ0")));
    }

    private static async Task<string> CodeAsync<T>(Func<Task<T>> request) => (await Assert.ThrowsAsync<ProblemException>(request)).Code;
}
