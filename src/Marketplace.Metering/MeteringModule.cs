using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Metering;

/// <summary>Puts the module together.</summary>
public static class MeteringModule
{
    /// <summary>Adds metering: its handlers, use cases and the list of usage records.</summary>
    public static IServiceCollection AddMetering(this IServiceCollection services, Action<MeteringOptions>? configure = null)
    {
        var options = new MeteringOptions();
        configure?.Invoke(options);
        services.AddSingleton(options);
        services.AddSingleton<VerifyingKeys>();
        services.AddScoped<SubmitReadings>();
        services.AddScoped<ReadUsage>();
        services.AddScoped<ReadBatches>();
        services.AddScoped<CountersigningKeys>();
        services.AddScoped<CountersignBatch>();
        services.AddScoped<IUsageRecords, UsageRecords>();
        services.AddScoped<IUsageEvidence, FindEvidence>();
        services.AddScoped<IUsageAudit, AuditUsage>();
        services.AddMessageHandler<LeaseReady, MeterLease>(Queues.Usage, m => m.LeaseId.ToString(), OnDeadLetter.StopSession);
        services.AddMessageHandler<LeaseStopped, MeterLease>(Queues.Usage, m => m.LeaseId.ToString(), OnDeadLetter.StopSession);
        services.AddMessageHandler<FinaliseUsage, FinaliseUsageHandler>(Queues.Usage, m => m.LeaseId.ToString(), OnDeadLetter.StopSession);
        services.AddMessageHandler<UsageMetered, IndexUsage>(Queues.Projections, m => IndexUsage.PartitionOf(m).ToString());
        return services;
    }
}
