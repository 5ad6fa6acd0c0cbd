using System.Security.Cryptography;
using Marketplace.Api;
using Marketplace.Api.Auth;
using Marketplace.Billing.Terms;
using Marketplace.Local.Clock;
using Marketplace.Local.Data;
using Marketplace.Local.Tokens;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Sqlite;
using Marketplace.Stripe;
using Marketplace.StripeDouble;
using Marketplace.Telemetry;
using Marketplace.Verification.Certificates;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Marketplace.Local.Serve;

/// <summary>
/// The whole marketplace in this process, on loopback: SQLite, messages dispatched in process, payments through Stripe.net against the
/// local double, or against Stripe when <c>Stripe:ApiKey</c> is configured.
/// </summary>
internal sealed class LocalHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly SqlitePartitionStore store;
    private readonly ECDsa tokenKey;

    private LocalHost(WebApplication app, DataFolder data, SqlitePartitionStore store, StripeDoubleServer? stripe, ECDsa tokenKey, LocalTokenIssuer tokens)
    {
        (this.app, this.store, this.tokenKey) = (app, store, tokenKey);
        (Data, Stripe, Tokens) = (data, stripe, tokens);
    }

    /// <summary>Where everything is kept.</summary>
    public DataFolder Data { get; }

    /// <summary>The Stripe double; null where real Stripe is used.</summary>
    public StripeDoubleServer? Stripe { get; }

    /// <summary>Issues tokens that this host accepts.</summary>
    public LocalTokenIssuer Tokens { get; }

    /// <summary>Everything that is registered.</summary>
    public IServiceProvider Services => app.Services;

    /// <summary>Where the API listens.</summary>
    public Uri Url => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts; when this returns, requests are answered.</summary>
    public static async Task<LocalHost> StartAsync(LocalOptions options, CancellationToken cancellationToken)
    {
        var data = new DataFolder(options.DataPath);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // A service that is missing is found when the host starts, not when the first request needs it.
        builder.Host.UseDefaultServiceProvider(provider => provider.ValidateScopes = provider.ValidateOnBuild = true);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, options.Port);
            kestrel.AddServerHeader = false;
        });

        var store = SqlitePartitionStore.Open(data.StoreFile);
        StripeDoubleServer? stripe = null;
        try
        {
            var clock = ClockOf(options, data);
            stripe = await StartStripeDoubleAsync(builder.Configuration, options, data, clock, cancellationToken);
            var tokenKey = data.OpenTokenKey();
            var tokens = new LocalTokenIssuer(tokenKey, TimeProvider.System);
            Register(builder, data, store, stripe, clock, tokens);
            var app = builder.Build();
            app.UseMarketplaceApi();
            app.MapMarketplaceApi();
            app.MapLocalTokens(data, tokens);
            if (clock is TestClock) app.MapTestClock();
            var host = new LocalHost(app, data, store, stripe, tokenKey, tokens);
            await app.StartAsync(cancellationToken);
            if (stripe is not null) stripe.WebhookUrl = new Uri(host.Url, WebhookPath);
            return host;
        }
        catch
        {
            if (stripe is not null) await stripe.DisposeAsync();
            await store.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when the process is asked to stop (SIGTERM, Ctrl-C).</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => app.WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops: requests and handlers under way end, and all else waits in the data folder for the next start.</summary>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
        if (Stripe is not null) await Stripe.DisposeAsync();
        await store.DisposeAsync();
        tokenKey.Dispose();
    }

    private const string WebhookPath = "/v1/webhooks/stripe";

    private static TimeProvider ClockOf(LocalOptions options, DataFolder data)
    {
        if (options.TestClock) return new TestClock(data.TestClockFile);
        return TestClock.OffsetOf(data.TestClockFile) == 0
            ? TimeProvider.System
            : throw new InvalidOperationException($"'{data.Path}' has run ahead on a test clock. Start with --test-clock, or on another folder.");
    }

    private static async Task<StripeDoubleServer?> StartStripeDoubleAsync(
        ConfigurationManager configuration, LocalOptions options, DataFolder data, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (configuration["Stripe:ApiKey"] is { Length: > 0 }) return null;
        return await StripeDoubleServer.StartAsync(
            new StripeDoubleOptions
            {
                DataFile = data.StripeFile,
                Port = options.Port == 0 ? 0 : options.Port + 1,
                WebhookSecret = data.WebhookSecret,
                Clock = clock,
            },
            cancellationToken);
    }

    private static void Register(
        WebApplicationBuilder builder, DataFolder data, SqlitePartitionStore store, StripeDoubleServer? stripe, TimeProvider clock, LocalTokenIssuer tokens)
    {
        var services = builder.Services;
        services.AddSingleton(clock);
        services.AddSingleton<IPartitionStore>(store);
        services.AddSingleton<IOutboxIndex>(new SqliteOutboxIndex(store));
        services.AddMarketplaceTelemetry(builder.Configuration, "sqlite");
        if (builder.Configuration["Billing:Terms"] is { } terms) services.AddSingleton(TermsOf(terms));
        services.AddMarketplaceModules();
        services.AddSingleton<ICertificateSigner>(_ => new EcdsaCertificateSigner(data.OpenCertificateKey()));
        services.AddInProcessDispatcher();
        services.AddMarketplaceApi(tokens.Trust);
        services.AddStripePayments(StripeOf(builder.Configuration, data, stripe));
        if (clock is TestClock test)
        {
            services.AddSingleton(test);
            services.AddSingleton<TestClockControl>();
        }
    }

    private static BillingTerms TermsOf(string path)
    {
        try
        {
            return BillingTerms.Read(File.ReadAllText(path));
        }
        catch (ArgumentException refused)
        {
            throw new InvalidOperationException($"{path}: {refused.Message}", refused);
        }
    }

    private static StripeOptions StripeOf(ConfigurationManager configuration, DataFolder data, StripeDoubleServer? stripe)
    {
        if (stripe is not null)
        {
            return new StripeOptions
            {
                ApiKey = new StripeDoubleOptions().ApiKey,
                ApiBase = stripe.BaseUrl,
                WebhookSecrets = [data.WebhookSecret],
                RequestsPerSecond = null,
                TestPaymentMethod = "pm_card_visa",
            };
        }

        return new StripeOptions
        {
            ApiKey = configuration["Stripe:ApiKey"]!,
            WebhookSecrets = [configuration["Stripe:WebhookSecret"] ?? throw new InvalidOperationException("Stripe:WebhookSecret is missing.")],
            TestPaymentMethod = configuration["Stripe:TestPaymentMethod"],
        };
    }
}
