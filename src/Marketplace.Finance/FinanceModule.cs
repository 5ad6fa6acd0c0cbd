using Marketplace.Contracts;
using Marketplace.Finance.Focus;
using Marketplace.Runtime.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Finance;

/// <summary>Puts the module together.</summary>
public static class FinanceModule
{
    /// <summary>Adds finance: it reads the other modules' records and keeps reports of its own.</summary>
    public static IServiceCollection AddFinance(this IServiceCollection services)
    {
        services.AddSingleton<ReadPeriods>();
        services.AddSingleton<IPeriods>(provider => provider.GetRequiredService<ReadPeriods>());
        services.AddScoped<ReadRecords>();
        services.AddScoped<RunReconciliation>();
        services.AddScoped<ReadReconciliations>();
        services.AddScoped<ResolveDifference>();
        services.AddScoped<ReadResolutions>();
        services.AddScoped<ClosePeriod>();
        services.AddScoped<ExportFocus>();
        services.AddMessageHandler<RecordAccruals, RecordAccrualsHandler>(Queues.Finance, m => m.Period.ToString());
        return services;
    }
}
