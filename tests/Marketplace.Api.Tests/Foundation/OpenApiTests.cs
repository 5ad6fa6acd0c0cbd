using System.Text.Json;
using Marketplace.Api.Problems;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Api.Tests.Foundation;

public sealed class OpenApiTests
{
    private static readonly HashSet<string> Pages = ["/openapi/{documentName}.json", "/problems", "/problems/{code}", "/finance"];

    [Fact]
    public async Task The_document_lists_every_endpoint_with_id_and_summary()
    {
        await using var host = await ApiHost.StartAsync();
        using var document = JsonDocument.Parse(await host.Http().GetStringAsync("/openapi/v1.json"));
        Assert.StartsWith("3.1", document.RootElement.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var paths = document.RootElement.GetProperty("paths");
        var ids = new HashSet<string>();
        var mapped = 0;
        foreach (var endpoint in host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>())
        {
            // The document names parameters without the constraints of their routes.
            var pattern = "/" + endpoint.RoutePattern.RawText!.Trim('/').Replace(":int}", "}", StringComparison.Ordinal);
            if (Pages.Contains(pattern) || pattern.StartsWith("/docs", StringComparison.Ordinal)) continue;
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                Assert.True(paths.TryGetProperty(pattern, out var path), $"{pattern} is not in the document.");
                Assert.True(path.TryGetProperty(method.ToLowerInvariant(), out var operation), $"{method} {pattern} is not in the document.");
                Assert.True(operation.TryGetProperty("operationId", out var id) && ids.Add(id.GetString()!), $"{method} {pattern} has no operation id of its own.");
                Assert.Matches("^[a-z]+[A-Za-z]+$", id.GetString());
                Assert.True(operation.TryGetProperty("summary", out var summary) && summary.GetString()!.Length > 5, $"{method} {pattern} has no summary.");
                mapped++;
            }
        }

        Assert.True(mapped >= 6, $"Only {mapped} endpoints are mapped.");
    }

    [Fact]
    public async Task Keys_pages_tokens_and_problems_are_in_the_document()
    {
        await using var host = await ApiHost.StartAsync();
        using var document = JsonDocument.Parse(await host.Http().GetStringAsync("/openapi/v1.json"));
        var paths = document.RootElement.GetProperty("paths");
        var list = paths.GetProperty("/v1/dead-letters").GetProperty("get");
        Assert.Equal(["limit", "cursor"], list.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()));
        Assert.Equal("operator", list.GetProperty("security")[0].GetProperty("token")[0].GetString());
        var resubmit = paths.GetProperty("/v1/dead-letters/{messageId}/resubmission").GetProperty("post");
        Assert.Contains("Idempotency-Key", resubmit.GetProperty("parameters").EnumerateArray().Select(p => p.GetProperty("name").GetString()));
        Assert.Contains("not_found", resubmit.GetProperty("responses").GetProperty("404").GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_problem_has_a_page()
    {
        await using var host = await ApiHost.StartAsync();
        var list = await host.Http().GetStringAsync("/problems");
        foreach (var type in ProblemTypes.All.Values)
        {
            Assert.Contains(type.Path, list, StringComparison.Ordinal);
            Assert.Contains(type.Code, await host.Http().GetStringAsync(type.Path), StringComparison.Ordinal);
            Assert.Matches("^[a-z]+(_[a-z0-9]+)*$", type.Code);
            Assert.InRange(type.Status, 400, 599);
        }
    }

    [Fact]
    public async Task The_service_tells_its_health_and_the_markets_time()
    {
        await using var host = await ApiHost.StartAsync();
        Assert.Contains("live", await host.Http().GetStringAsync("/health/live"), StringComparison.Ordinal);
        Assert.Contains("ready", await host.Http().GetStringAsync("/health/ready"), StringComparison.Ordinal);
        Assert.Equal("2026-11-02T08:00:00Z", (await host.Client().GetTimeAsync()).Now);
        Assert.Contains("<html", await host.Http().GetStringAsync("/docs/"), StringComparison.OrdinalIgnoreCase);
    }
}
