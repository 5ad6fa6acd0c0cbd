using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Api.Tests.Foundation;

/// <summary>Who may call what, in one list that a reader can go through: an endpoint that asks for less than before shows there.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task Endpoints_ask_for_what_the_list_says()
    {
        await using var host = await ApiHost.StartAsync();
        var found = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(method => $"{method} {PathOf(endpoint)}: {AccessOf(endpoint)}"))
            .Where(line => !line.Contains(" /docs", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        Assert.Equal(await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "access.txt")), found);
    }

    private static string PathOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    private static string AccessOf(RouteEndpoint endpoint)
    {
        var asked = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>();
        if (asked.Count == 0 || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null) return "anyone";
        var policies = asked.Select(data => data.Policy).OfType<string>().Distinct().ToList();
        return policies.Count == 0 ? "token" : string.Join(", ", policies);
    }
}
