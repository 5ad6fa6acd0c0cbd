using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Marketplace.Runtime;

/// <summary>Registration of the runtime. A store adapter registers the partition store and the outbox index.</summary>
public static class RuntimeRegistration
{
    /// <summary>What every composition needs: clock, ids, entropy, routes, the workspace, the processor of deliveries and dead letters.</summary>
    public static IServiceCollection AddMarketplaceRuntime(this IServiceCollection services)
    {
        services.AddOptions();
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEntropy, SystemEntropy>();
        services.TryAddSingleton<IIdSource, UlidSource>();
        services.TryAddSingleton<MessageRoutes>();
        services.TryAddSingleton<MessageProcessor>();
        services.TryAddSingleton<Workspace>();
        services.TryAddSingleton<DeadLetters>();
        services.TryAddSingleton<ResubmitDeadLetter>();
        return services;
    }

    /// <summary>Delivers messages within this process.</summary>
    public static IServiceCollection AddInProcessDispatcher(this IServiceCollection services, Action<DispatcherOptions>? configure = null)
    {
        if (configure is not null) services.Configure(configure);
        services.TryAddSingleton<InProcessDispatcher>();
        services.TryAddSingleton<IMessagePublisher>(provider => provider.GetRequiredService<InProcessDispatcher>());
        services.AddHostedService(provider => provider.GetRequiredService<InProcessDispatcher>());
        return services;
    }
}
