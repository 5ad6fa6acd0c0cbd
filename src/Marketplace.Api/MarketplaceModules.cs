using Marketplace.Billing;
using Marketplace.Registry;
using Marketplace.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Api;

/// <summary>All modules of the marketplace.</summary>
public static class MarketplaceModules
{
    /// <summary>Registers the runtime and every module. A composition adds a store, a dispatcher and a payment service.</summary>
    public static IServiceCollection AddMarketplaceModules(this IServiceCollection services)
    {
        services.AddMarketplaceRuntime();
        services.AddRegistry();
        services.AddBilling();
        return services;
    }
}
