using Marketplace.Api.Auth;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.ServiceBus.DeadQueues;
using Marketplace.ServiceBus.Publish;
using Marketplace.ServiceBus.Receive;
using Marketplace.Verification.Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Marketplace.Azure.Tests.Composition;

/// <summary>The function app's service graph, as its Program composes it, without the functions host.</summary>
public sealed class CompositionTests
{
    [Fact]
    public async Task Everything_the_triggers_ask_for_resolves()
    {
        await using var app = Compose();
        var services = app.Services;

        Assert.NotNull(services.GetRequiredService<ApiPipeline>());
        Assert.NotNull(services.GetRequiredService<SessionReceiver>());
        Assert.NotNull(services.GetRequiredService<OutboxRelay>());
        Assert.NotNull(services.GetRequiredService<DeadLetterCollector>());
        Assert.IsType<ServiceBusPublisher>(services.GetRequiredService<IMessagePublisher>());
        Assert.IsType<MarkerOutboxIndex>(services.GetRequiredService<IOutboxIndex>());
        Assert.NotNull(services.GetRequiredService<ICertificateSigner>());
    }

    [Fact]
    public async Task Every_handler_can_be_made_and_every_queue_has_handlers()
    {
        await using var app = Compose();
        var handlers = app.Services.GetRequiredService<MessageRoutes>().All;
        Assert.NotEmpty(handlers);

        // Built with ValidateOnBuild: what a handler needs and nobody registered has already failed.
        Assert.Empty(Contracts.Queues.All.Except(handlers.Select(route => route.Queue)));
        Assert.Empty(handlers.Select(route => route.Queue).Except(Contracts.Queues.All));
    }

    [Theory]
    [InlineData("Tables:Endpoint")]
    [InlineData("ServiceBus:fullyQualifiedNamespace")]
    [InlineData("Auth:Authority")]
    [InlineData("Auth:Audience")]
    [InlineData("Stripe:ApiKey")]
    [InlineData("Stripe:WebhookSecret")]
    [InlineData("Certificates:SigningKey")]
    public async Task Missing_setting_is_named_as_it_has_to_be_set(string name)
    {
        var fault = await Assert.ThrowsAnyAsync<InvalidOperationException>(async () =>
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Services.AddMarketplaceOnAzure(Settings.With((name, null)));
            await using var provider = builder.Services.BuildServiceProvider();
            provider.GetRequiredService<SessionReceiver>();
            provider.GetRequiredService<ICertificateSigner>();
            _ = provider.GetRequiredService<IOptions<MarketplaceAuthOptions>>().Value;
        });
        Assert.Contains(name.Replace(":", "__", StringComparison.Ordinal), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Signing_key_that_cannot_be_read_is_not_quoted()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => new AzureSettings(Settings.With(("Certificates:SigningKey", "no key but a secret"))).OpenSigner());
        Assert.DoesNotContain("secret", fault.ToString(), StringComparison.Ordinal);
    }

    internal static WebApplication Compose()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Host.UseDefaultServiceProvider(provider => provider.ValidateScopes = provider.ValidateOnBuild = true);
        builder.Services.AddMarketplaceOnAzure(Settings.With());
        return builder.Build();
    }
}
