using System.Collections.Concurrent;
using Marketplace.Runtime.Store;
using Marketplace.Telemetry;
using Marketplace.Testing.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Marketplace.Api.Tests.Telemetry;

public sealed class ExportTests
{
    [Fact]
    public void Without_an_endpoint_nothing_is_registered()
    {
        var services = new ServiceCollection();
        services.AddSingleton<IPartitionStore>(new InMemoryPartitionStore());
        services.AddMarketplaceTelemetry(new ConfigurationBuilder().Build(), "memory");
        Assert.IsType<InMemoryPartitionStore>(Assert.Single(services).ImplementationInstance);
    }

    [Fact]
    public async Task With_an_endpoint_traces_metrics_and_logs_go_to_it()
    {
        var received = new ConcurrentDictionary<string, int>();
        await using var collector = await CollectorAsync(received);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [TelemetryRegistration.OtlpEndpoint] = collector.Urls.First(),
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        }).Build();
        await using (var host = await ApiHost.StartAsync(services =>
        {
            services.RemoveAll<ILoggerProvider>();
            services.AddSingleton<IConfiguration>(configuration);
            services.Configure<LoggerFilterOptions>(options => options.MinLevel = LogLevel.Information);
            services.AddMarketplaceTelemetry(configuration, "memory");
        }))
        {
            using var http = host.Http();
            using var response = await http.GetAsync("/v1/time");
            response.EnsureSuccessStatusCode();
        }

        // What was gathered goes out when the host ends.
        Assert.Equal(["/v1/logs", "/v1/metrics", "/v1/traces"], received.Keys.Order(StringComparer.Ordinal));
    }

    private static async Task<WebApplication> CollectorAsync(ConcurrentDictionary<string, int> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var collector = builder.Build();
        collector.Run(context =>
        {
            received.AddOrUpdate(context.Request.Path.Value!, 1, (_, count) => count + 1);
            context.Response.ContentType = "application/x-protobuf";
            return Task.CompletedTask;
        });
        await collector.StartAsync();
        return collector;
    }
}
