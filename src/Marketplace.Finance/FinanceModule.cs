using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Finance;

/// <summary>Puts the module together.</summary>
public static class FinanceModule
{
    /// <summary>Adds finance: it reads the other modules' records and keeps reports of its own.</summary>
    public static IServiceCollection AddFinance(this IServiceCollection services)
    {
        services.AddScoped<RunReconciliation>();
        services.AddScoped<ReadReconciliations>();
        return services;
    }
}
