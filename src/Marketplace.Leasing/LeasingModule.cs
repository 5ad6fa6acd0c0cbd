using Marketplace.Contracts;
using Marketplace.Leasing.FinishLease;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.ProveReadiness;
using Marketplace.Leasing.ReadLeases;
using Marketplace.Leasing.Recheck;
using Marketplace.Leasing.ResellHours;
using Marketplace.Leasing.ScheduleLease;
using Marketplace.Runtime.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Leasing;

/// <summary>Registration of the module.</summary>
public static class LeasingModule
{
    /// <summary>Use cases, queries and message handlers of leasing. Needs the runtime, a store, <see cref="IPayoutAccounts"/> and <see cref="IOpenRechecks"/>.</summary>
    public static IServiceCollection AddLeasing(this IServiceCollection services)
    {
        services.AddOptions<LeasingOptions>().Validate(o => o.ReadinessFraction is > 0 and <= 1, "ReadinessFraction must be above 0 and at most 1.");
        services.AddSingleton<LeaseWork>();
        services.AddSingleton<TerminateLease.TerminateLease>();
        services.AddSingleton<FailLease.FailLease>();
        services.AddSingleton<ResellHours.ResellHours>();
        services.AddSingleton<StopResale>();
        services.AddSingleton<LeaseQueries>();
        services.AddSingleton<IMachineLeases>(provider => provider.GetRequiredService<LeaseQueries>());
        services.AddSingleton<ILeasedCapacities>(provider => provider.GetRequiredService<LeaseQueries>());
        return services
            .AddMessageHandler<TradeExecuted, TradeExecutedHandler>(Queues.Leases, m => m.LeaseId.ToString())
            .AddMessageHandler<StartLease, StartLeaseHandler>(Queues.Leases, m => m.LeaseId.ToString())
            .AddMessageHandler<VerificationCompleted, VerificationCompletedHandler>(Queues.Leases, m => m.Subject)
            .AddMessageHandler<ExpireReadiness, ExpireReadinessHandler>(Queues.Leases, m => m.LeaseId.ToString())
            .AddMessageHandler<MachineRechecked, MachineRecheckedHandlers>(Queues.Leases, m => m.MachineId.ToString())
            .AddMessageHandler<TellLeases, MachineRecheckedHandlers>(Queues.Leases, m => m.Verdict.MachineId.ToString())
            .AddMessageHandler<RecordRecheck, MachineRecheckedHandlers>(Queues.Leases, m => m.LeaseId.ToString())
            .AddMessageHandler<EndLease, EndLeaseHandler>(Queues.Leases, m => m.LeaseId.ToString())
            .AddMessageHandler<EndResale, EndResaleHandler>(Queues.Leases, m => m.LeaseId.ToString())
            .AddMessageHandler<ResaleClosed, ResaleClosedHandler>(Queues.Leases, m => m.LeaseId.ToString())
            .AddMessageHandler<RecordSublease, RecordSubleaseHandler>(Queues.Leases, m => m.Head.ToString())
            .AddMessageHandler<FailSubleases, FailSubleasesHandler>(Queues.Leases, m => m.Head.ToString())
            .AddMessageHandler<FailSublease, FailSubleaseHandler>(Queues.Leases, m => m.LeaseId.ToString())
            .AddMessageHandler<IndexLease, IndexLeaseHandler>(Queues.Projections, m => m.Owner);
    }
}
