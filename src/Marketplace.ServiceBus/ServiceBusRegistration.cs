using Azure.Messaging.ServiceBus;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.ServiceBus.Bus;
using Marketplace.ServiceBus.DeadQueues;
using Marketplace.ServiceBus.Publish;
using Marketplace.ServiceBus.Receive;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Marketplace.ServiceBus;

/// <summary>Registration of the delivery of messages over a bus.</summary>
public static class ServiceBusRegistration
{
    /// <summary>Has messages published and received over a bus, which is registered besides, and the outboxes found through markers.</summary>
    public static IServiceCollection AddBusDelivery(this IServiceCollection services, Action<ReceiverOptions>? configure = null)
    {
        if (configure is not null) services.Configure(configure);
        services.TryAddSingleton<MarkerOutboxIndex>();
        services.TryAddSingleton<IOutboxIndex>(provider => provider.GetRequiredService<MarkerOutboxIndex>());
        services.TryAddSingleton<IMessagePublisher, ServiceBusPublisher>();
        services.TryAddSingleton<OutboxRelay>();
        services.TryAddSingleton<DeadLetterCollector>();
        services.TryAddSingleton<SessionRows>();
        services.TryAddSingleton<OutboxReader>();
        services.TryAddSingleton<SessionWork>();
        services.TryAddSingleton<SessionReceiver>();
        return services;
    }

    /// <summary>Takes Service Bus as the bus.</summary>
    public static IServiceCollection AddServiceBus(this IServiceCollection services, Func<IServiceProvider, ServiceBusClient> client)
    {
        services.TryAddSingleton(client);
        services.TryAddSingleton<ServiceBusMessageBus>();
        services.TryAddSingleton<IMessageBus>(provider => provider.GetRequiredService<ServiceBusMessageBus>());
        services.TryAddSingleton<IDeadLetterQueues>(provider => provider.GetRequiredService<ServiceBusMessageBus>());
        return services;
    }
}
