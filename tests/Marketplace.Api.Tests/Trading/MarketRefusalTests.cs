using System.Net;
using Marketplace.Api.Auth;
using Marketplace.Api.Tests.Registry;

namespace Marketplace.Api.Tests.Trading;

/// <summary>Requests that change nothing, all at one host.</summary>
public sealed class MarketRefusalTests(SharedHost shared) : IClassFixture<SharedHost>
{
    private readonly ApiHost host = shared.Host;

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
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"flexibleHours\":0", 400, "invalid_fields", "/flexibleHours")]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"placement\":\"nearby\"", 400, "invalid_fields", "/placement")]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"selfTradePrevention\":\"none\"", 400, "invalid_fields", "/selfTradePrevention")]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"postOnly\":\"yes\"", 400, "malformed_json", null)]
    [InlineData("\"perGpuHour\":\"2.50\"", "\"perGpuHour\":\"2.50\",\"perProvenPflopHour\":\"2.50\"", 400, "invalid_fields", "/limit")]
    [InlineData("\"perGpuHour\":\"2.50\",", "", 400, "invalid_fields", "/limit/perGpuHour")]
    [InlineData("\"perGpuHour\":\"2.50\"", "\"perProvenPflopHour\":\"0\"", 400, "invalid_fields", "/limit/perProvenPflopHour")]
    [InlineData("2026", "2029", 422, "window_too_far_ahead", null)]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"flexibleHours\":3", 422, "flexible_hours_out_of_range", null)]
    [InlineData("2026-11-02T12:00:00Z\"}", "2026-12-03T11:00:00Z\"},\"flexibleHours\":1", 422, "flexible_window_too_long", null)]
    [InlineData("\"perGpuHour\":\"2.50\"", "\"perProvenPflopHour\":\"2.50\"", 422, "performance_not_proven", null)]
    [InlineData("\"gpuCount\":1,\"window\":{\"from\":\"2026-11-02T10:00:00Z\",\"to\":\"2026-11-02T12:00:00Z\"},\"limit\":{\"perGpuHour\":\"2.50\"", "\"gpuCount\":1000000,\"window\":{\"from\":\"2026-11-02T10:00:00Z\",\"to\":\"2027-11-02T10:00:00Z\"},\"limit\":{\"perGpuHour\":\"1052.90\"", 422, "total_too_large", null)]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"postOnly\":true,\"timeInForce\":\"immediateOrCancel\"", 422, "post_only_at_once", null)]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"postOnly\":true,\"timeInForce\":\"fillOrKill\"", 422, "post_only_at_once", null)]
    [InlineData("cpu-x86-64", "abacus", 422, "model_unknown", null)]
    [InlineData("guizhou", "atlantis", 422, "hub_unknown", null)]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"minimumGpuCount\":2,\"fillRule\":\"partial\"", 422, "minimum_out_of_range", null)]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"fillRule\":\"partial\",\"timeInForce\":\"fillOrKill\"", 422, "fill_or_kill_in_parts", null)]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"timeInForce\":\"goodTillDate\"", 422, "expiry_mismatch", null)]
    [InlineData("\"gpuCount\":1", "\"gpuCount\":1,\"timeInForce\":\"goodTillDate\",\"expiresAt\":\"2026-11-02T08:00:00Z\"", 422, "expiry_in_past", null)]
    public async Task A_bad_bid_is_refused_and_changes_nothing(string good, string bad, int status, string code, string? pointer)
    {
        var token = host.TokenOf(host.NewOrganisation());
        var body = BidTests.Good.Replace(good, bad, StringComparison.Ordinal);
        Assert.NotEqual(BidTests.Good, body);
        using var response = await host.Http(token).SendAsync(Answers.Post("/v1/bids", "order-1", Answers.Json(body)));
        var problem = await response.ProblemAsync((HttpStatusCode)status, code);
        if (pointer is not null) Assert.Contains(problem.Errors, e => e.Pointer == pointer);
        Assert.Empty((await host.Client(token).ListBidsAsync()).Items);

        // Neither a bid nor a receipt nor a message: whoever never bid has no partition, and no book was made.
        Assert.Empty(host.Store.Partitions);
    }

    [Fact]
    public async Task Bidding_needs_its_scope_and_a_token()
    {
        using var anonymous = await host.Http().SendAsync(Answers.Post("/v1/bids", "k", Answers.Json(BidTests.Good)));
        await anonymous.ProblemAsync(HttpStatusCode.Unauthorized, "token_required");
        using var reader = await host.Http(host.TokenOf(host.NewOrganisation(), Scopes.LeasesWrite)).SendAsync(Answers.Post("/v1/bids", "k", Answers.Json(BidTests.Good)));
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
        using var response = await host.Http().GetAsync(path);
        await response.ProblemAsync(code == "not_found" ? HttpStatusCode.NotFound : HttpStatusCode.BadRequest, code);
    }
}
