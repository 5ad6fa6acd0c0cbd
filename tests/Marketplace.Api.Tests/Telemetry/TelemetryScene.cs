using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Marketplace.Api.Tests.Trading;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Stripe;
using Marketplace.StripeDouble;
using Marketplace.Telemetry;
using Marketplace.Testing.Store;
using Marketplace.Testing.Time;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Marketplace.Api.Tests.Telemetry;

/// <summary>
/// A market whose telemetry is registered as in production and collected here, with payments through the Stripe double. Sources of
/// spans are the process's: those of other tests are told apart by their trace.
/// </summary>
internal sealed class TelemetryScene : IAsyncDisposable
{
    public const string StripeKey = "sk_test_double";
    public const string WebhookSecret = "whsec_double";
    private readonly Spans spans = new();
    private readonly LogLines logs = new();
    private readonly ConcurrentQueue<Message> sent = [];
    private readonly ConcurrentQueue<string> metricTags = [];
    private readonly MeterListener meters = new();
    private readonly StripeDoubleServer stripe;

    private TelemetryScene(StripeDoubleServer stripe) => this.stripe = stripe;

    public MarketWalk Market { get; private set; } = null!;

    public ApiHost Host => Market.Host;

    public Uri Stripe => stripe.BaseUrl;

    public IEnumerable<Activity> AllSpans => spans.Ended;

    public IEnumerable<string> AllLogs => logs.Lines;

    public IEnumerable<string> AllMetricTags => metricTags;

    /// <summary>Messages that were committed, in order.</summary>
    public IReadOnlyList<Message> Sent => [.. sent];

    public static async Task<TelemetryScene> StartAsync()
    {
        var scene = new TelemetryScene(await StripeDoubleServer.StartAsync(new StripeDoubleOptions { Clock = new VirtualTime(VirtualTime.Monday) }));
        scene.ListenToMeters();
        scene.Market = await MarketWalk.StartAsync(configure: scene.Configure);
        return scene;
    }

    /// <summary>The spans of a trace that ended so far.</summary>
    public IReadOnlyList<Activity> SpansOf(ActivityTraceId trace) => [.. spans.Ended.Where(span => span.TraceId == trace)];

    public async ValueTask DisposeAsync()
    {
        meters.Dispose();
        await Market.DisposeAsync();
        await stripe.DisposeAsync();
    }

    private void Configure(IServiceCollection services)
    {
        // What is collected here is not printed, too.
        services.RemoveAll<ILoggerProvider>();
        var store = (IPartitionStore)services.Last(service => service.ServiceType == typeof(IPartitionStore)).ImplementationInstance!;
        services.AddSingleton<IPartitionStore>(new FaultyPartitionStore(store, NoteSent));
        services.AddStripePayments(new StripeOptions { ApiKey = StripeKey, WebhookSecrets = [WebhookSecret], ApiBase = stripe.BaseUrl, RequestsPerSecond = null });
        services.AddMarketplaceTelemetry(new ConfigurationBuilder().Build(), "memory", telemetry => telemetry.WithTracing(tracing => tracing.AddProcessor(spans)));
        services.AddSingleton<ILoggerProvider>(logs);
        services.Configure<LoggerFilterOptions>(options => options.MinLevel = LogLevel.Trace);
    }

    private StoreFault NoteSent(StoreCall call)
    {
        foreach (var operation in call.Commit?.Operations.OfType<EntityOperation.Insert>() ?? [])
        {
            if (operation.RowKey.StartsWith(OutboxRows.Prefix, StringComparison.Ordinal)) sent.Enqueue(MarketplaceJson.Deserialize<Message>(operation.Body));
        }

        return StoreFault.None;
    }

    private void ListenToMeters()
    {
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name.StartsWith("Marketplace.", StringComparison.Ordinal)) listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Note(instrument, tags));
        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Note(instrument, tags));
        meters.Start();

        void Note(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            metricTags.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}");
    }

    private sealed class Spans : BaseProcessor<Activity>
    {
        private readonly ConcurrentQueue<Activity> ended = [];

        public IEnumerable<Activity> Ended => ended;

        public override void OnEnd(Activity data) => ended.Enqueue(data);
    }

    private sealed class LogLines : ILoggerProvider
    {
        private readonly ConcurrentQueue<string> lines = [];

        public IEnumerable<string> Lines => lines;

        public ILogger CreateLogger(string categoryName) => new Logger(lines, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(ConcurrentQueue<string> lines, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                var fields = state is IEnumerable<KeyValuePair<string, object?>> pairs ? string.Join(' ', pairs.Select(pair => $"{pair.Key}={pair.Value}")) : "";
                lines.Enqueue($"{category} {formatter(state, exception)} {fields} {exception}");
            }
        }
    }
}
