using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;

namespace Marketplace.ServiceBus.Bus;

/// <summary>
/// Sends to Service Bus, in batches that its size limit allows. Transient faults and throttling are waited out by the client library, as
/// its retry options say.
/// </summary>
public sealed class ServiceBusMessageBus(ServiceBusClient client) : IMessageBus, IDeadLetterQueues
{
    private static readonly TimeSpan NothingMore = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<string, ServiceBusSender> senders = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task SendAsync(IReadOnlyList<BusMessage> messages, CancellationToken cancellationToken) => Task.WhenAll(
        messages.GroupBy(m => m.Queue).Select(queue => SendAsync(senders.GetOrAdd(queue.Key, client.CreateSender), queue, cancellationToken)));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<DeadDelivery>> TakeAsync(string queue, int most, CancellationToken cancellationToken)
    {
        var receiver = client.CreateReceiver(queue, new ServiceBusReceiverOptions { SubQueue = SubQueue.DeadLetter });
        var received = await receiver.ReceiveMessagesAsync(most, NothingMore, cancellationToken);
        var open = new OpenReceiver(receiver, received.Count);
        if (received.Count == 0) await receiver.DisposeAsync();
        return [.. received.Select(m => new DeadDelivery(BusFormat.Read(queue, m), m.DeadLetterReason, m.DeadLetterErrorDescription, new Settlement(open, m)))];
    }

    private static async Task SendAsync(ServiceBusSender sender, IEnumerable<BusMessage> messages, CancellationToken cancellationToken)
    {
        var batch = await sender.CreateMessageBatchAsync(cancellationToken);
        try
        {
            foreach (var message in messages.Select(BusFormat.ToServiceBus))
            {
                if (batch.TryAddMessage(message)) continue;
                if (batch.Count == 0) throw new InvalidOperationException($"The message {message.MessageId} is larger than the bus takes.");
                await sender.SendMessagesAsync(batch, cancellationToken);
                batch.Dispose();
                batch = await sender.CreateMessageBatchAsync(cancellationToken);
                if (!batch.TryAddMessage(message)) throw new InvalidOperationException($"The message {message.MessageId} is larger than the bus takes.");
            }

            await sender.SendMessagesAsync(batch, cancellationToken);
        }
        finally
        {
            batch.Dispose();
        }
    }

    // Messages can only be settled by the receiver that took them; the last one closes it.
    private sealed class OpenReceiver(ServiceBusReceiver receiver, int unsettled)
    {
        private int left = unsettled;

        public async Task SettleAsync(Func<ServiceBusReceiver, Task> settle)
        {
            try
            {
                await settle(receiver);
            }
            finally
            {
                if (Interlocked.Decrement(ref left) == 0) await receiver.DisposeAsync();
            }
        }
    }

    private sealed class Settlement(OpenReceiver open, ServiceBusReceivedMessage message) : ISettlement
    {
        public Task CompleteAsync(CancellationToken cancellationToken) => open.SettleAsync(r => r.CompleteMessageAsync(message, cancellationToken));

        public Task AbandonAsync(CancellationToken cancellationToken) => open.SettleAsync(r => r.AbandonMessageAsync(message, null, cancellationToken));

        public Task DeadLetterAsync(string reason, string description, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("It is in the dead-letter queue.");
    }
}
