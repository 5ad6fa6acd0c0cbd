using Marketplace.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Finance;

/// <summary>Puts the module together.</summary>
public static class FinanceModule
{
    /// <summary>Adds finance: it reads the other modules' records and keeps reports of its own.</summary>
    public static IServiceCollection AddFinance(this IServiceCollection services)
    {
        services.AddSingleton<IPeriods, Periods>();
        services.AddScoped<ClosePeriod>();
        services.AddScoped<RunReconciliation>();
        services.AddScoped<ReadReconciliations>();
        return services;
    }
}
