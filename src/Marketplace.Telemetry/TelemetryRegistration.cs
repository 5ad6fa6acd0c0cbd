using Marketplace.Runtime.Store;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Marketplace.Telemetry;

/// <summary>Registration of OpenTelemetry: the one place that knows it. Modules know only System.Diagnostics.</summary>
public static class TelemetryRegistration
{
    /// <summary>Where OTLP goes; unset, nothing is sent by it. The other OTEL_EXPORTER_OTLP_* settings hold too.</summary>
    public const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Sources of spans and meters of ours: every module's begins so.</summary>
    private const string Ours = "Marketplace.*";

    /// <summary>
    /// Exports traces, metrics and logs. Where there is nowhere to export to, nothing is registered, and nothing is paid for. Call it after
    /// the partition store is registered: its calls become spans.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">May have <see cref="OtlpEndpoint"/>.</param>
    /// <param name="storeSystem">What the store is, as <c>db.system.name</c>.</param>
    /// <param name="export">Exporters of a composition besides OTLP, such as Azure Monitor.</param>
    public static IServiceCollection AddMarketplaceTelemetry(
        this IServiceCollection services, IConfiguration configuration, string storeSystem, Action<IOpenTelemetryBuilder>? export = null)
    {
        var hasOtlp = configuration[OtlpEndpoint] is { Length: > 0 };
        if (!hasOtlp && export is null) return services;
        TraceStore(services, storeSystem);
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("marketplace"))
            .WithTracing(tracing => tracing.AddSource(Ours).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation())
            .WithMetrics(metrics => metrics.AddMeter(Ours).AddAspNetCoreInstrumentation().AddHttpClientInstrumentation())
            // Fields of a log line stay fields; scopes are left out, as hosts put into them what nobody chose.
            .WithLogging(configureBuilder: null, logs => (logs.IncludeFormattedMessage, logs.IncludeScopes) = (true, false));
        if (hasOtlp) telemetry.UseOtlpExporter();
        export?.Invoke(telemetry);
        return services;
    }

    private static void TraceStore(IServiceCollection services, string system)
    {
        var store = services.LastOrDefault(service => service.ServiceType == typeof(IPartitionStore))
            ?? throw new InvalidOperationException("The partition store is registered before telemetry.");
        services.Remove(store);
        services.AddSingleton<IPartitionStore>(provider => new TracedPartitionStore(
            (IPartitionStore)(store.ImplementationInstance
                ?? store.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, store.ImplementationType!)),
            system));
    }
}
