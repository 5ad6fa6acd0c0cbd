using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.ServiceBus.Bus;
using Microsoft.Extensions.Logging;

namespace Marketplace.ServiceBus.Publish;

/// <summary>
/// Tells the bus of what was committed, before the commit's caller goes on: an instance may be stopped or frozen once it has answered. Then
/// the marker goes, for the bus keeps what it took; the row stays until its message had its effect.
/// </summary>
public sealed class ServiceBusPublisher(IMessageBus bus, IOutboxIndex index, ILogger<ServiceBusPublisher> logger) : IMessagePublisher
{
    // A request does not wait longer for a bus that is down: the sweep sends what is left.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public async ValueTask PublishAsync(IReadOnlyList<OutboxMessage> messages)
    {
        if (messages.Count == 0) return;
        try
        {
            using var giveUp = new CancellationTokenSource(Patience);
            await bus.SendAsync([.. messages.Select(BusMessage.Of)], giveUp.Token);
            if (messages[0].Marker is { } marker) await index.ClearAsync(marker, giveUp.Token);
        }
        catch (Exception fault)
        {
            logger.LogWarning(fault, "{Count} messages of {Partition} were not published; the sweep sends them.", messages.Count, messages[0].Partition);
        }
    }
}
