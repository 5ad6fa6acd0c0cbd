using Marketplace.Api;
using Marketplace.AzureTables;
using Marketplace.Runtime.Store;
using Marketplace.ServiceBus;
using Marketplace.Stripe;
using Marketplace.Telemetry;
using Marketplace.Verification.Certificates;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Azure;

/// <summary>
/// The marketplace on Azure: the modules over Table Storage and Service Bus, payments through Stripe, the API as a pipeline that a
/// trigger calls. Any number of instances run it side by side.
/// </summary>
public static class AzureComposition
{
    /// <summary>Registers all of it.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">See <see cref="AzureSettings"/>.</param>
    /// <exception cref="InvalidOperationException">A setting is missing.</exception>
    public static IServiceCollection AddMarketplaceOnAzure(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = new AzureSettings(configuration);
        services.AddSingleton(_ => settings.OpenTables());
        services.AddSingleton<IPartitionStore, AzureTablesPartitionStore>();
        services.AddMarketplaceTelemetry(configuration, "azure.tables", settings.Monitor);
        services.AddServiceBus(_ => settings.OpenServiceBus());
        services.AddBusDelivery();
        if (settings.Terms is { } terms) services.AddSingleton(terms);
        services.AddMarketplaceModules();
        services.AddSingleton<ICertificateSigner>(_ => settings.OpenSigner());
        services.AddStripePayments(settings.Stripe);
        services.AddMarketplaceApi(settings.Trust);
        services.AddRouting();
        services.AddHttpContextAccessor();
        services.AddSingleton<ApiPipeline>();
        return services;
    }
}
