using Azure.Messaging.ServiceBus;
using Marketplace.ServiceBus.Bus;
using Microsoft.Azure.Functions.Worker;

namespace Marketplace.Functions.Triggers;

/// <summary>Settles a delivery through the functions host, which holds its lock.</summary>
internal sealed class ActionsSettlement(ServiceBusReceivedMessage message, ServiceBusMessageActions actions) : ISettlement
{
    public static BusDelivery Delivery(string queue, ServiceBusReceivedMessage message, ServiceBusMessageActions actions) =>
        new(BusFormat.Read(queue, message), message.DeliveryCount, new ActionsSettlement(message, actions));

    public Task CompleteAsync(CancellationToken cancellationToken) => actions.CompleteMessageAsync(message, cancellationToken);

    public Task AbandonAsync(CancellationToken cancellationToken) => actions.AbandonMessageAsync(message, null, cancellationToken);

    public Task DeadLetterAsync(string reason, string description, CancellationToken cancellationToken) =>
        actions.DeadLetterMessageAsync(message, null, reason, description, cancellationToken);
}
