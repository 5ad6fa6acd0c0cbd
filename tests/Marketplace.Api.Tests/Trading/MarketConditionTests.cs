using System.Net;
using System.Net.Http.Json;
using Marketplace.Api.Auth;
using Marketplace.Api.Tests.Registry;
using Marketplace.Client;
using Marketplace.Client.Models;

namespace Marketplace.Api.Tests.Trading;

public sealed class MarketConditionTests
{
    private const string Model = "cpu-x86-64";
    private const string Hub = "guizhou";

    [Fact]
    public async Task Halted_market_takes_cancellations_only_until_it_trades_again()
    {
        await using var market = await MarketWalk.StartAsync();
        var staff = market.Host.Client(market.Host.StaffToken());
        var waiting = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00"), "order-1", waitSeconds: 10);
        var other = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.10"), "order-2", waitSeconds: 10);
        Assert.True((await staff.HaltMarketAsync(Model, Hub, "halt-1", waitSeconds: 10)).IsHalted);
        Assert.True((await market.Host.Client().GetMarketAsync(Model, Hub)).IsHalted);

        Assert.Equal("book_halted", await CodeAsync(() => market.Buyer.PlaceBidAsync(MarketWalk.Bid(), "order-3")));
        Assert.Equal("book_halted", await CodeAsync(() => market.Buyer.ReplaceBidAsync(waiting.BidId, new ReplaceBidRequest(GpuCount: 2), "replace-1")));
        await market.Buyer.CancelBidAsync(other.BidId);
        await market.Host.WhenIdleAsync();
        Assert.Equal(["cancelled", "resting"], (await market.Buyer.ListBidsAsync()).Items.Select(b => b.Status));

        Assert.False((await staff.ResumeMarketAsync(Model, Hub, "resume-1", waitSeconds: 10)).IsHalted);
        Assert.Equal("filled", (await market.Buyer.PlaceBidAsync(MarketWalk.Bid(), "order-3", waitSeconds: 10)).Status);
    }

    [Fact]
    public async Task Limit_outside_the_band_is_refused_with_the_band()
    {
        await using var market = await MarketWalk.StartAsync();
        await market.Buyer.PlaceBidAsync(MarketWalk.Bid(), "order-1", waitSeconds: 10);
        var condition = await market.Host.Client().GetMarketAsync(Model, Hub);
        var price = Assert.Single(condition.Prices);
        Assert.Equal((10m, "2.10", "0.21", "21.00"), (condition.BandRatio, price.Reference.PerGpuHour, price.Lowest!.PerGpuHour, price.Highest!.PerGpuHour));

        foreach (var limit in (string[])["0.209999", "21.000001"])
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(() => market.Buyer.PlaceBidAsync(MarketWalk.Bid(limit, 12, 13), "order-2"));
            Assert.Equal(("limit_outside_band", HttpStatusCode.UnprocessableEntity), (refused.Code, refused.Status));
            Assert.Equal(new PriceBandModel(new("0.21", "USD"), new("21.00", "USD"), new("2.10", "USD")), refused.Problem.Band);
        }

        var edge = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("0.21", 12, 13), "order-2", waitSeconds: 10);
        Assert.Equal("resting", edge.Status);
        var replaced = await Assert.ThrowsAsync<ProblemException>(
            () => market.Buyer.ReplaceBidAsync(edge.BidId, new ReplaceBidRequest(Limit: new LimitModel("0.20", "USD")), "replace-1"));
        Assert.Equal(("limit_outside_band", "0.21"), (replaced.Code, replaced.Problem.Band!.Lowest.PerGpuHour));
        Assert.Equal((2, null), ((await market.Buyer.ListBidsAsync()).Items.Count, (await market.Buyer.GetBidAsync(edge.BidId)).Replacement));

        // Nobody has traded in yuan.
        var yuan = MarketWalk.Bid("9000.00", 12, 13) with { Limit = new LimitModel("9000.00", "CNY") };
        Assert.Equal("resting", (await market.Buyer.PlaceBidAsync(yuan, "order-3", waitSeconds: 10)).Status);
    }

    [Fact]
    public async Task Listing_price_outside_the_band_is_refused_with_the_band()
    {
        await using var market = await MarketWalk.StartAsync();
        await market.Buyer.PlaceBidAsync(MarketWalk.Bid(), "order-1", waitSeconds: 10);
        var listing = RegistryWalk.ListingOf(market.Listing.MachineId, new WindowModel("2026-11-03T10:00:00Z", "2026-11-03T14:00:00Z"));
        var dear = listing with { Price = new PriceScheduleModel("210.00", "USD") };
        var refused = await Assert.ThrowsAsync<ProblemException>(() => market.Provider.CreateListingAsync(dear, "listing-1"));
        Assert.Equal(("price_outside_band", "21.00"), (refused.Code, refused.Problem.Band!.Highest.PerGpuHour));

        var draft = await market.Provider.CreateListingAsync(listing, "listing-1");
        var revised = await Assert.ThrowsAsync<ProblemException>(() => market.Provider.ReviseListingAsync(draft.ListingId, 1, new ReviseListingRequest(dear.Price)));
        Assert.Equal(("price_outside_band", "2.10"), (revised.Code, revised.Problem.Band!.Reference.PerGpuHour));
        Assert.Equal(draft, await market.Provider.GetListingAsync(draft.ListingId));
    }

    [Fact]
    public async Task Operator_sets_and_removes_the_band_that_he_has_seen()
    {
        await using var market = await MarketWalk.StartAsync();
        var staff = market.Host.Client(market.Host.StaffToken());
        await market.Buyer.PlaceBidAsync(MarketWalk.Bid(), "order-1", waitSeconds: 10);
        var narrow = await staff.SetPriceBandAsync(Model, Hub, was: 10, ratio: 1.5m, waitSeconds: 10);
        Assert.Equal((1.5m, "1.40", "3.15"), (narrow.BandRatio, narrow.Prices[0].Lowest!.PerGpuHour, narrow.Prices[0].Highest!.PerGpuHour));
        Assert.Equal("stale", await CodeAsync(() => staff.SetPriceBandAsync(Model, Hub, was: 10, ratio: 2m)));
        Assert.Equal("limit_outside_band", await CodeAsync(() => market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00", 12, 13), "order-2")));

        var none = await staff.SetPriceBandAsync(Model, Hub, was: 1.5m, ratio: null, waitSeconds: 10);
        Assert.Equal((null, null), (none.BandRatio, none.Prices[0].Lowest));
        Assert.Equal("resting", (await market.Buyer.PlaceBidAsync(MarketWalk.Bid("0.01", 12, 13), "order-2", waitSeconds: 10)).Status);
        Assert.Equal(20m, (await staff.SetPriceBandAsync(Model, Hub, was: null, ratio: 20, waitSeconds: 10)).BandRatio);
    }

    [Theory]
    [InlineData("1", 422, "band_ratio_out_of_range")]
    [InlineData("1000.1", 422, "band_ratio_out_of_range")]
    [InlineData("null", 400, "invalid_fields")]
    [InlineData("\"10\"", 400, "malformed_json")]
    public async Task Bad_band_is_refused(string ratio, int status, string code)
    {
        await using var host = await ApiHost.StartAsync();
        var http = host.Http(host.StaffToken());
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/markets/{Model}/{Hub}/band") { Content = Answers.Json($"{{\"ratio\":{ratio}}}") };
        request.Headers.Add("If-Match", "\"10\"");
        using var response = await http.SendAsync(request);
        await response.ProblemAsync((HttpStatusCode)status, code);
        using var without = await http.PutAsJsonAsync($"/v1/markets/{Model}/{Hub}/band", new SetPriceBandRequest(5));
        await without.ProblemAsync(HttpStatusCode.PreconditionRequired, "if_match_required");
        Assert.Empty(host.Store.Partitions);
    }

    [Fact]
    public async Task Only_operators_operate_and_only_books_of_the_catalogue()
    {
        await using var host = await ApiHost.StartAsync();
        using var buyer = await host.Http(host.TokenOf(host.NewOrganisation())).SendAsync(Answers.Post($"/v1/markets/{Model}/{Hub}/halt", "k"));
        await buyer.ProblemAsync(HttpStatusCode.Forbidden, "scope_required");
        using var nowhere = await host.Http(host.StaffToken(Scopes.Operator)).SendAsync(Answers.Post($"/v1/markets/{Model}/atlantis/halt", "k"));
        await nowhere.ProblemAsync(HttpStatusCode.NotFound, "not_found");
        using var unread = await host.Http().GetAsync($"/v1/markets/abacus/{Hub}");
        await unread.ProblemAsync(HttpStatusCode.NotFound, "not_found");
        Assert.Empty(host.Store.Partitions);
    }

    private static async Task<string> CodeAsync<T>(Func<Task<T>> request) => (await Assert.ThrowsAsync<ProblemException>(request)).Code;
}
