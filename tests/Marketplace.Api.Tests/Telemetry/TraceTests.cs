using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Marketplace.Api.Auth;
using Marketplace.Api.Tests.Registry;
using Marketplace.Api.Tests.Trading;
using Marketplace.Client.Models;

namespace Marketplace.Api.Tests.Telemetry;

/// <summary>One business operation is one trace.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task Bid_is_one_trace_from_the_request_to_the_ledger_entry()
    {
        await using var scene = await TelemetryScene.StartAsync();
        var (buyer, token) = await BuyerWithALimitAsync(scene);
        var before = scene.Sent.Count;
        var trace = await PostAsync(scene, "/v1/bids", token, MarketWalk.Bid());

        var held = (await scene.Host.Client(scene.Host.TokenOf(OrganisationId.Parse(buyer))).GetCreditAsync()).Currencies.Single(c => c.Held.Currency == "USD");
        Assert.Equal("4.20", held.Held.Amount);

        // Everything that was sent since is of this trace: nothing began another one on the way.
        var sent = scene.Sent.Skip(before).ToList();
        Assert.Contains(sent, message => message.Queue == "ledger");
        Assert.All(sent, message => Assert.Equal(trace, ActivityContext.Parse(message.TraceParent!, null).TraceId));

        var spans = scene.SpansOf(trace);
        Assert.Single(spans, span => span.Kind == ActivityKind.Server);
        foreach (var queue in new[] { "market", "bids", "leases", "billing", "ledger" })
        {
            Assert.Contains(spans, span => span.DisplayName == "process " + queue && span.Kind == ActivityKind.Consumer);
        }

        // The commit of the entry is below its delivery, and that below the commit that sent it, up to the request.
        var entry = spans.Last(span => span.DisplayName == "commit ledger");
        var path = new List<string>();
        for (var span = entry; span is not null; span = spans.SingleOrDefault(s => s.SpanId == span.ParentSpanId)) path.Add(span.DisplayName);
        Assert.Equal(
            ["commit ledger", "process ledger", "send billing", "process billing", "send trading", "process market", "send trading", "process market", "send trading"],
            path.SkipLast(1));
        Assert.Equal(ActivityKind.Server, spans.Single(span => span.DisplayName == path[^1]).Kind);
    }

    [Fact]
    public async Task Registration_is_one_trace_from_the_request_to_the_payment_service()
    {
        await using var scene = await TelemetryScene.StartAsync();
        var trace = await PostAsync(
            scene, "/v1/organisations", scene.Host.StaffToken(), new RegisterOrganisationRequest("Vision Lab", "owner@vision.example", "CN", ["buyer"]));

        var call = scene.SpansOf(trace).First(span => span.Kind == ActivityKind.Client && Equals(span.GetTagItem("server.port"), scene.Stripe.Port));
        Assert.Equal("process billing", scene.SpansOf(trace).Single(span => span.SpanId == call.ParentSpanId).DisplayName);
    }

    private static async Task<(string Buyer, string Token)> BuyerWithALimitAsync(TelemetryScene scene)
    {
        var staff = scene.Host.Client(scene.Host.StaffToken());
        var buyer = await staff.RegisterOrganisationAsync(new RegisterOrganisationRequest("Vision Lab", "owner@vision.example", "CN", ["buyer"]), RegistryWalk.NewKey());
        await scene.Host.WhenIdleAsync();
        await staff.SetCreditLimitsAsync(buyer.OrganisationId, new SetCreditLimitsRequest([new MoneyModel("50.00", "USD")], "New customer."), RegistryWalk.NewKey());
        return (buyer.OrganisationId, scene.Host.TokenOf(OrganisationId.Parse(buyer.OrganisationId), Scopes.BidsWrite));
    }

    /// <summary>Posts under a trace of the caller's, and waits until all that follows has happened.</summary>
    private static async Task<ActivityTraceId> PostAsync<T>(TelemetryScene scene, string path, string token, T body)
    {
        var trace = ActivityTraceId.CreateRandom();
        using var http = scene.Host.Http(token);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        request.Headers.Add("Idempotency-Key", RegistryWalk.NewKey());
        using var response = await http.SendAsync(request);
        Assert.InRange(response.StatusCode, HttpStatusCode.OK, HttpStatusCode.Accepted);
        await scene.Host.WhenIdleAsync();
        return trace;
    }
}
