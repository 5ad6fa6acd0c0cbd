using Marketplace.Runtime;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Store;
using NodaTime;

namespace Marketplace.Testing.Simulation;

/// <summary>
/// Delivers messages one at a time on the caller's thread: in order within a session, sessions in an order that the seed draws. With
/// a redelivery rate, some messages are delivered again after they had their effect, as after a crash before the outbox row was
/// deleted, and some are forgotten until the next sweep, as after a crash before they were published.
/// </summary>
public sealed class SimulatedDispatcher(InMemoryPartitionStore store, int seed, double disorderRate) : IMessagePublisher
{
    private readonly SortedDictionary<MessageId, Pending> pending = [];
    private readonly Random random = new(seed);

    /// <summary>Set once the services are built.</summary>
    public MessageProcessor? Processor { get; set; }

    /// <summary>Messages that no try could handle: none in a right system, unless a test plants a fault that lasts.</summary>
    public List<(Message Message, string Reason, Exception? Fault)> DeadLetters { get; } = [];

    /// <summary>Deliveries made, repeated ones counted.</summary>
    public long Deliveries { get; private set; }

    /// <summary>When the next delayed message or retry becomes due; null if none waits.</summary>
    public Instant? NextDueAfter(Instant now) =>
        pending.Values.Where(p => p.NotBefore > now).Select(p => (Instant?)p.NotBefore).Min();

    public void Publish(IReadOnlyList<OutboxMessage> messages)
    {
        foreach (var message in messages)
        {
            // A crash before publishing: the sweep finds it.
            if (random.NextDouble() >= disorderRate) Add(message);
        }
    }

    /// <summary>Loads what the outboxes hold, as a restarted process does.</summary>
    public async Task SweepAsync()
    {
        await foreach (var partition in store.SweepAsync(CancellationToken.None))
        {
            await foreach (var row in store.ReadRangeAsync(partition, OutboxRows.All, CancellationToken.None))
            {
                Add(new OutboxMessage(partition, row.ETag, MarketplaceJson.Deserialize<Message>(row.Body), null));
            }
        }
    }

    /// <summary>Delivers one message that is due. False if there is none.</summary>
    public async Task<bool> DeliverOneAsync(Instant now)
    {
        var heads = pending.Values.Where(p => p.Message.DueAt is not { } due || due <= now)
            .GroupBy(p => (p.Message.Queue, p.Message.SessionKey)).Select(session => session.First()).Where(p => p.NotBefore <= now).ToList();
        if (heads.Count == 0) return false;

        var head = heads[random.Next(heads.Count)];
        Deliveries++;
        var outcome = await Processor!.ProcessAsync(head.Message, ++head.Attempts, CancellationToken.None);
        switch (outcome)
        {
            case DeliveryOutcome.RetryAfter retry:
                head.NotBefore = now + retry.Delay;
                break;
            case DeliveryOutcome.DeadLetter dead:
                DeadLetters.Add((head.Message, dead.Reason, dead.Fault));
                await RemoveAsync(head);
                break;
            default:
                if (random.NextDouble() >= disorderRate) await RemoveAsync(head);
                break;
        }

        return true;
    }

    private void Add(OutboxMessage message) =>
        pending.TryAdd(message.Message.Id, new Pending(message, message.Message.DueAt ?? Instant.MinValue));

    private async Task RemoveAsync(Pending done)
    {
        pending.Remove(done.Message.Id);
        var row = OutboxRows.Key(done.Message.Id);
        await store.CommitAsync(
            new Commit(done.Source.Partition, null, [new EntityOperation.Delete(row, done.Source.ETag)], default), CancellationToken.None);
    }

    private sealed class Pending(OutboxMessage source, Instant notBefore)
    {
        public OutboxMessage Source => source;

        public Message Message => source.Message;

        public Instant NotBefore { get; set; } = notBefore;

        public int Attempts { get; set; }
    }
}
