using System.Diagnostics;
using System.Net;
using System.Text;
using Marketplace.Api.Tests.Registry;
using Marketplace.Api.Tests.Trading;
using Marketplace.Client.Models;

namespace Marketplace.Api.Tests.Telemetry;

public sealed class SecrecyTests
{
    [Fact]
    public async Task No_log_span_or_metric_tells_a_secret_or_a_person()
    {
        await using var scene = await TelemetryScene.StartAsync();
        var host = scene.Host;
        var staffToken = host.StaffToken();
        var buyer = await host.Client(staffToken).RegisterOrganisationAsync(
            new RegisterOrganisationRequest("Vision Lab", "owner@vision.example", "CN", ["buyer"]), RegistryWalk.NewKey());
        var token = host.TokenOf(OrganisationId.Parse(buyer.OrganisationId));
        await host.Client(token).PlaceBidAsync(MarketWalk.Bid(), RegistryWalk.NewKey(), waitSeconds: 10);
        await scene.Market.LeaseAsync(12, 13);
        await RefusedAsync(host, "not-a-token", "/v1/bids", """{"modelId":"owner@vision.example"}""", HttpStatusCode.Unauthorized);
        await RefusedAsync(host, staffToken, "/v1/organisations", """{"email":"owner@vision.example","unknown":1}""", HttpStatusCode.BadRequest);
        await RefusedAsync(host, null, "/v1/webhooks/stripe", """{"customer_email":"owner@vision.example"}""", HttpStatusCode.BadRequest);
        await host.WhenIdleAsync();

        string[] secrets =
        [
            staffToken, token, scene.Market.BuyerToken, scene.Market.MachineToken, scene.Market.EnrolmentCode, "not-a-token",
            TelemetryScene.StripeKey, TelemetryScene.WebhookSecret,
            "owner@vision.example", "Vision Lab", "billing@cloudridge.example", "Cloud Ridge", RegistryWalk.Machine.Name!,
        ];
        var told = scene.AllLogs.Concat(scene.AllMetricTags).Concat(scene.AllSpans.Select(TextOf)).ToList();
        Assert.Contains(told, line => line.Contains("process market", StringComparison.Ordinal));
        Assert.Contains(told, line => line.Contains("marketplace.trades", StringComparison.Ordinal));
        Assert.Contains(told, line => line.Contains("Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.Empty(
            from line in told
            from secret in secrets
            where line.Contains(secret, StringComparison.OrdinalIgnoreCase) || line.Contains(Uri.EscapeDataString(secret), StringComparison.OrdinalIgnoreCase)
            select $"{secret} in: {line}");
    }

    private static async Task RefusedAsync(ApiHost host, string? token, string path, string body, HttpStatusCode expected)
    {
        using var http = host.Http(token);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("Idempotency-Key", RegistryWalk.NewKey());
        using var response = await http.SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }

    private static string TextOf(Activity span)
    {
        var events = span.Events.Select(e => $"{e.Name} {string.Join(' ', e.Tags.Select(tag => $"{tag.Key}={tag.Value}"))}");
        return $"{span.DisplayName} {span.StatusDescription} {string.Join(' ', span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}"))} {string.Join(' ', events)} "
            + string.Join(' ', span.Baggage.Select(pair => $"{pair.Key}={pair.Value}"));
    }
}
