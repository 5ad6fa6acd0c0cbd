using System.Net;
using System.Net.Http.Json;
using Marketplace.Client.Models;

namespace Marketplace.Api.Tests.Trading;

public sealed class QuoteTests
{
    private static readonly QuoteJobRequest Job = new(
        1, 2, new WindowModel("2026-11-02T08:00:00Z", "2026-11-03T08:00:00Z"), "USD");

    [Fact]
    public async Task Job_is_quoted_and_a_bid_gets_what_was_quoted()
    {
        await using var market = await MarketWalk.StartAsync();
        var quote = await market.Buyer.QuoteJobAsync(Job);
        var placement = Assert.Single(quote.Placements);
        Assert.Equal(("cpu-x86-64", "guizhou", "4.20", "2.10"), (placement.ModelId, placement.HubId, placement.TotalCost.Amount, placement.AveragePrice.PerGpuHour));
        Assert.Equal(new WindowModel("2026-11-02T10:00:00Z", "2026-11-02T12:00:00Z"), placement.Window);
        var listing = Assert.Single(placement.Listings);
        Assert.Equal((market.Listing.ListingId, 260L, 1.21m, 480), (listing.ListingId, listing.Proven.Int8Gops, listing.Pue, listing.GridCarbonGramsPerKWh));

        var bid = MarketWalk.Bid(placement.AveragePrice.PerGpuHour!) with { Window = placement.Window };
        Assert.Equal("filled", (await market.Buyer.PlaceBidAsync(bid, "order-1", waitSeconds: 10)).Status);
        var next = Assert.Single((await market.Buyer.QuoteJobAsync(Job)).Placements);
        Assert.Equal("2026-11-02T12:00:00Z", next.Window.From);
    }

    [Fact]
    public async Task Needs_that_nothing_meets_give_no_placement()
    {
        await using var market = await MarketWalk.StartAsync();
        var everything = Job with { ModelIds = ["cpu-x86-64"], HubIds = ["guizhou", "gansu"], RankBy = "carbon", Placement = "sameMachine", MaxPlacements = 1 };
        Assert.Single((await market.Buyer.QuoteJobAsync(everything)).Placements);
        foreach (var needs in (QuoteJobRequest[])
        [
            Job with { GpuCount = 2 }, Job with { Hours = 5 }, Job with { Currency = "CNY" }, Job with { HubIds = ["gansu"] },
            Job with { Currency = null, Budget = new MoneyModel("4.19", "USD") },
            Job with { Requirements = new BidRequirementsModel(new CapacityModel(261, null, null, null)) },
            Job with { Requirements = new BidRequirementsModel(MaxPue: 1.2m) },
            Job with { Requirements = new BidRequirementsModel(MaxGridCarbonGramsPerKWh: 479) },
        ])
        {
            Assert.Empty((await market.Buyer.QuoteJobAsync(needs)).Placements);
        }

        // Whoever provides is not sent to his own machines.
        Assert.Empty((await market.Provider.QuoteJobAsync(Job)).Placements);
    }

    [Theory]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":0", 400, "invalid_fields", "/gpuCount")]
    [InlineData("\"hours\":2", "\"hours\":0", 400, "invalid_fields", "/hours")]
    [InlineData(",\"currency\":\"USD\"", "", 400, "invalid_fields", "/currency")]
    [InlineData("\"currency\":\"USD\"", "\"currency\":\"USD\",\"budget\":{\"amount\":\"1.00\",\"currency\":\"CNY\"}", 400, "invalid_fields", "/budget/currency")]
    [InlineData("\"currency\":\"USD\"", "\"currency\":\"USD\",\"budget\":{\"amount\":\"-1.00\",\"currency\":\"USD\"}", 400, "invalid_fields", "/budget/amount")]
    [InlineData("\"currency\":\"USD\"", "\"currency\":\"USD\",\"rankBy\":\"luck\"", 400, "invalid_fields", "/rankBy")]
    [InlineData("\"currency\":\"USD\"", "\"currency\":\"USD\",\"hubIds\":[\"No Hub\"]", 400, "invalid_fields", "/hubIds/0")]
    [InlineData("\"currency\":\"USD\"", "\"currency\":\"USD\",\"maxPlacements\":101", 400, "invalid_fields", "/maxPlacements")]
    [InlineData("\"currency\":\"USD\"", "\"currency\":\"USD\",\"modelIds\":[\"abacus\"]", 422, "model_unknown", null)]
    [InlineData("\"currency\":\"USD\"", "\"currency\":\"USD\",\"hubIds\":[\"atlantis\"]", 422, "hub_unknown", null)]
    [InlineData("02T10", "02T07", 422, "window_in_past", null)]
    [InlineData("\"hours\":2", "\"hours\":3", 422, "flexible_hours_out_of_range", null)]
    [InlineData("2026-11-02T12", "2026-12-03T11", 422, "flexible_window_too_long", null)]
    public async Task Bad_question_is_refused(string good, string bad, int status, string code, string? pointer)
    {
        const string question = """{"gpuCount":1,"hours":2,"window":{"from":"2026-11-02T10:00:00Z","to":"2026-11-02T12:00:00Z"},"currency":"USD"}""";
        await using var host = await ApiHost.StartAsync();
        var body = question.Replace(good, bad, StringComparison.Ordinal);
        Assert.NotEqual(question, body);
        using var response = await host.Http(host.TokenOf(host.NewOrganisation())).PostAsync("/v1/quotes", Answers.Json(body));
        var problem = await response.ProblemAsync((HttpStatusCode)status, code);
        if (pointer is not null) Assert.Contains(problem.Errors, e => e.Pointer == pointer);
        using var anonymous = await host.Http().PostAsJsonAsync("/v1/quotes", Job);
        await anonymous.ProblemAsync(HttpStatusCode.Unauthorized, "token_required");
        Assert.Empty(host.Store.Partitions);
    }
}
