using System.Security.Cryptography;
using Marketplace.Api.Auth;
using Marketplace.Billing.Payments;
using Marketplace.Client;
using Marketplace.Runtime;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Payments;
using Marketplace.Testing.Store;
using Marketplace.Testing.Time;
using Marketplace.Verification.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Marketplace.Api.Tests;

/// <summary>
/// The whole API in process: real modules and endpoints over an in-memory store, messages delivered by the in-process dispatcher,
/// a clock that moves only when a test moves it.
/// </summary>
public sealed class ApiHost : IAsyncDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly WebApplication app;
    private readonly bool overSockets;

    private ApiHost(Action<IServiceCollection>? configure, Action<IEndpointRouteBuilder>? map, bool overSockets)
    {
        this.overSockets = overSockets;
        Tokens = new LocalTokenIssuer(key, TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        if (overSockets) builder.WebHost.UseUrls("http://127.0.0.1:0");
        else builder.WebHost.UseTestServer();
        builder.Host.UseDefaultServiceProvider(provider => provider.ValidateScopes = provider.ValidateOnBuild = true);
        builder.Logging.SetMinimumLevel(LogLevel.Critical);
        var services = builder.Services;
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IEntropy>(new SeededEntropy(1));
        services.AddSingleton<IPartitionStore>(Store);
        services.AddSingleton<IOutboxIndex>(Store);
        services.AddMarketplaceModules();
        services.AddInProcessDispatcher();
        services.AddMarketplaceApi(Tokens.Trust);
        configure?.Invoke(services);
        services.TryAddSingleton<Contracts.IMachineKeys, NoMachineKeys>();
        services.TryAddSingleton<IPaymentGateway, FakePaymentGateway>();
        services.TryAddSingleton<IPaymentWebhooks, NoWebhooks>();
        services.TryAddSingleton<ICertificateSigner>(_ => new EcdsaCertificateSigner(ECDsa.Create(ECCurve.NamedCurves.nistP256)));
        app = builder.Build();
        app.UseMarketplaceApi();
        app.MapMarketplaceApi();
        map?.Invoke(app);
    }

    public VirtualTime Time { get; } = new(VirtualTime.Monday);

    public InMemoryPartitionStore Store { get; } = new();

    public LocalTokenIssuer Tokens { get; }

    public IServiceProvider Services => app.Services;

    /// <summary>The key that signs this host's tokens.</summary>
    public ECParameters KeyParameters => key.ExportParameters(includePrivateParameters: true);

    /// <summary>Starts a host.</summary>
    /// <param name="configure">Adds to or replaces services.</param>
    /// <param name="map">Adds endpoints.</param>
    /// <param name="overSockets">Whether requests go through Kestrel and the loopback, as in production, rather than from hand to hand.</param>
    public static async Task<ApiHost> StartAsync(
        Action<IServiceCollection>? configure = null, Action<IEndpointRouteBuilder>? map = null, bool overSockets = false)
    {
        var host = new ApiHost(configure, map, overSockets);
        await host.app.StartAsync();
        return host;
    }

    /// <summary>A new organisation's id: registered only if the test registers it.</summary>
    public OrganisationId NewOrganisation() => Services.GetRequiredService<IIdSource>().Next<OrganisationKind>();

    /// <summary>A token of an organisation, with all that organisations may do unless scopes are given.</summary>
    public string TokenOf(OrganisationId organisation, params string[] scopes) =>
        Tokens.Issue("test", organisation, scopes.Length == 0 ? Scopes.OfOrganisations : scopes, TimeSpan.FromHours(1));

    /// <summary>A token of platform staff, with all scopes unless some are given.</summary>
    public string StaffToken(params string[] scopes) =>
        Tokens.Issue("staff", null, scopes.Length == 0 ? Scopes.All : scopes, TimeSpan.FromHours(1));

    /// <summary>For requests that the typed client would not make.</summary>
    public HttpClient Http(string? token = null)
    {
        var http = overSockets ? new HttpClient { BaseAddress = new Uri(app.Urls.First()) } : app.GetTestClient();
        if (token is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return http;
    }

    public MarketplaceClient Client(string? token = null) => new(Http(), new MarketplaceClientOptions
    {
        Token = token is null ? null : _ => ValueTask.FromResult(token),
        Patience = TimeSpan.Zero,
    });

    /// <summary>Asks the host to stop, and waits until it has.</summary>
    public Task StopAsync() => app.StopAsync();

    /// <summary>Waits until every message that is due is handled.</summary>
    public async Task WhenIdleAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        await Services.GetRequiredService<InProcessDispatcher>().WhenIdleAsync(limit.Token);
    }

    /// <summary>Moves the clock and waits until what becomes due is handled.</summary>
    public async Task AdvanceAsync(Duration duration)
    {
        Time.Advance(duration);
        await WhenIdleAsync();
    }

    /// <summary>Sends a message as some module would.</summary>
    public async Task SendAsync<TMessage>(TMessage message, Instant? dueAt = null)
        where TMessage : Contracts.IMessage
    {
        var workspace = Services.GetRequiredService<Workspace>();
        var work = workspace.Open(new PartitionId("test", "sender"));
        work.Send(message, dueAt);
        await workspace.CommitAsync(work, Services.GetRequiredService<IIdSource>().Next().ToString(), default, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        key.Dispose();
    }

    private sealed class NoWebhooks : IPaymentWebhooks
    {
        public Result<PaymentEvent, WebhookRefusal> Read(string body, string? signature) => WebhookRefusal.SignatureInvalid;
    }

    private sealed class NoMachineKeys : Contracts.IMachineKeys
    {
        public ValueTask<Contracts.MachineKey?> FindAsync(EnrolmentId id, CancellationToken cancellationToken) => default;
    }
}
