using System.Net;
using Marketplace.Api.Tests.Trading;
using Marketplace.Client.Models;
using NodaTime;

namespace Marketplace.Api.Tests.Markets;

public sealed class MarketDataTests
{
    private const string Model = "cpu-x86-64";
    private const string Hub = "guizhou";

    [Fact]
    public async Task Trades_make_candles_and_the_index_and_sold_hours_count_as_used()
    {
        await using var market = await MarketWalk.StartAsync();
        var everybody = market.Host.Client();
        await market.Buyer.PlaceBidAsync(MarketWalk.Bid(fromHour: 10, toHour: 12), "order-1", waitSeconds: 10);
        await market.Buyer.PlaceBidAsync(MarketWalk.Bid("1.00", 12, 14), "order-2", waitSeconds: 10);
        await market.Host.AdvanceAsync(Duration.FromHours(1));

        var candles = await everybody.GetCandlesAsync(Model, Hub, "USD", new WindowModel("2026-11-02T06:00:00Z", "2026-11-02T12:00:00Z"));
        Assert.Equal(
            ["2026-11-02T08:00:00Z 2.10 x2 4.20 of 1", "2026-11-02T09:00:00Z 2.10 x0 0.00 of 0"],
            candles.Candles.Select(c => $"{c.Hour} {c.Close.PerGpuHour} x{c.GpuHours} {c.Turnover.Amount} of {c.Trades}"));
        Assert.Equal(candles.Candles, (await everybody.GetCandlesAsync(Model, Hub, "USD")).Candles);
        Assert.Empty((await everybody.GetCandlesAsync(Model, Hub, "CNY")).Candles);

        var index = Assert.Single((await everybody.GetPriceIndicesAsync(Model)).Indices);
        Assert.Equal(("2.10", 2L, false), (index.Price.PerGpuHour, index.GpuHours, index.IsLastKnown));
        Assert.Empty((await everybody.GetPriceIndicesAsync("nvidia-h200-sxm")).Indices);

        var use = await everybody.GetUtilisationAsync(Model, Hub, new WindowModel("2026-11-02T11:00:00Z", "2026-11-02T15:00:00Z"));
        Assert.Equal((3, 1, 0.3333m), (use.OfferedGpuHours, use.SoldGpuHours, use.Utilisation));
        Assert.Equal([1m, 0m, 0m, null], use.Hours.Select(hour => hour.Utilisation));
        Assert.Equal(new UnfilledDemandModel(1, 2, 2, 0, 0), use.UnfilledDemand);
        Assert.Equal(24, (await everybody.GetUtilisationAsync(Model, Hub)).Hours.Count);
    }

    [Fact]
    public async Task Bids_that_have_no_place_in_the_depth_count_as_unfilled_demand()
    {
        await using var host = await ApiHost.StartAsync();
        var buyer = host.Client(host.TokenOf(host.NewOrganisation()));
        var bid = MarketWalk.Bid("1.00") with { ModelId = MarketCrowd.Model };
        await buyer.PlaceBidAsync(bid with { FlexibleHours = 1 }, "order-1", waitSeconds: 10);
        await buyer.PlaceBidAsync(bid with { Limit = new LimitModel(null, "USD", "3.00"), GpuCount = 2 }, "order-2", waitSeconds: 10);
        var use = await host.Client().GetUtilisationAsync(MarketCrowd.Model, Hub);
        Assert.Equal(new UnfilledDemandModel(2, 5, 0, 1, 4), use.UnfilledDemand);
        Assert.All((await host.Client().GetDepthAsync(MarketCrowd.Model, Hub)).Hours, hour => Assert.Empty(hour.Bids));
    }

    [Fact]
    public async Task Hours_that_are_over_are_empty()
    {
        await using var market = await MarketWalk.StartAsync();
        var everybody = market.Host.Client();
        var window = new WindowModel("2026-11-02T10:00:00Z", "2026-11-02T12:00:00Z");
        Assert.All((await everybody.GetDepthAsync(Model, Hub, window)).Hours, hour => Assert.Single(hour.Asks));
        market.Host.Time.Advance(Duration.FromHours(3));
        Assert.Equal([0, 1], (await everybody.GetDepthAsync(Model, Hub, window)).Hours.Select(hour => hour.Asks.Count));
        Assert.Equal([0, 1], (await everybody.GetUtilisationAsync(Model, Hub, window)).Hours.Select(hour => hour.OfferedGpuCount));
    }

    [Theory]
    [InlineData($"{Model}/atlantis/events", 404, "not_found", null)]
    [InlineData($"abacus/{Hub}/candles?currency=USD", 404, "not_found", null)]
    [InlineData($"abacus/{Hub}/utilisation", 404, "not_found", null)]
    [InlineData("abacus/index", 404, "not_found", null)]
    [InlineData("No-Model/index", 404, "not_found", null)]
    [InlineData($"{Model}/{Hub}/candles", 400, "invalid_fields", "?/currency")]
    [InlineData($"{Model}/{Hub}/candles?currency=XAU", 400, "invalid_fields", "?/currency")]
    [InlineData($"{Model}/{Hub}/candles?currency=USD&from=2026-11-02T10:30:00Z&to=2026-11-02T12:00:00Z", 400, "invalid_fields", "?/from")]
    [InlineData($"{Model}/{Hub}/candles?currency=USD&from=2026-10-01T00:00:00Z&to=2026-11-02T00:00:00Z", 400, "invalid_fields", "?/to")]
    [InlineData($"{Model}/{Hub}/utilisation?from=2026-11-02T00:00:00Z&to=2026-11-10T00:00:00Z", 400, "invalid_fields", "?/to")]
    [InlineData($"{Model}/{Hub}/events?from=2026-11-02T00:00:00Z", 400, "unknown_parameter", null)]
    [InlineData($"{Model}/index?currency=USD", 400, "unknown_parameter", null)]
    public async Task A_bad_question_is_refused(string path, int status, string code, string? pointer)
    {
        await using var host = await ApiHost.StartAsync();
        using var response = await host.Http().GetAsync("/v1/markets/" + path, HttpCompletionOption.ResponseHeadersRead);
        var problem = await response.ProblemAsync((HttpStatusCode)status, code);
        Assert.Equal(pointer, problem.Errors is [var error, ..] ? error.Pointer : null);
    }
}
