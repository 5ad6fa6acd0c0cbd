using Marketplace.Billing;
using Marketplace.Finance;
using Marketplace.Leasing;
using Marketplace.Ledger;
using Marketplace.Metering;
using Marketplace.Registry;
using Marketplace.Runtime;
using Marketplace.Trading;
using Marketplace.Verification;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Api;

/// <summary>All modules of the marketplace.</summary>
public static class MarketplaceModules
{
    /// <summary>Registers the runtime and every module. A composition adds a store, a dispatcher, a payment service and a signer of certificates.</summary>
    public static IServiceCollection AddMarketplaceModules(this IServiceCollection services)
    {
        services.AddMarketplaceRuntime();
        services.AddRegistry();
        services.AddBilling();
        services.AddTrading();
        services.AddLeasing();
        services.AddMetering();
        services.AddLedger();
        services.AddFinance();
        services.AddVerification();
        return services;
    }
}
