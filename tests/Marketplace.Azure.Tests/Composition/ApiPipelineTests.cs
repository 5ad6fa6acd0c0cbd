using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marketplace.Azure.Tests.Composition;

/// <summary>The API behind a host that has routed the request to a catch-all endpoint of its own, as the functions host does.</summary>
public sealed class ApiPipelineTests : IAsyncLifetime
{
    private readonly WebApplication host;
    private HttpClient http = new();

    public ApiPipelineTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddMarketplaceOnAzure(Settings.With());
        host = builder.Build();
        var api = host.Services.GetRequiredService<ApiPipeline>();
        host.UseRouting();
        host.Map("/{**path}", (HttpContext context) => api.AnswerAsync(context));
    }

    public async ValueTask InitializeAsync()
    {
        await host.StartAsync();
        var address = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        http = new HttpClient { BaseAddress = new Uri(address) };
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Requests_are_answered_by_the_apis_own_routes()
    {
        await AnswersAsync("/v1/time", HttpStatusCode.OK, "now");
        await AnswersAsync("/v1/time", HttpStatusCode.OK, "now");
        await AnswersAsync("/problems", HttpStatusCode.OK, "idempotency_key_required");
        await AnswersAsync("/v1/bids", HttpStatusCode.Unauthorized, "code");
        await AnswersAsync("/nowhere", HttpStatusCode.NotFound, "code");
    }

    private async Task AnswersAsync(string path, HttpStatusCode status, string part)
    {
        using var answer = await http.GetAsync(path);
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(part, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
