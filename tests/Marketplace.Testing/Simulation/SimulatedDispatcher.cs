using Marketplace.Runtime;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Store;
using NodaTime;

namespace Marketplace.Testing.Simulation;

/// <summary>
/// Delivers on the caller's thread, one delivery at a time: in order within a session, sessions in an order and batches of a size
/// that the seed draws. With a disorder rate, some messages are delivered again after they had their effect, as after a crash before the outbox row was
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

    /// <summary>When the next delayed message or retry becomes due; null if none waits.</summary>
    public Instant? NextDueAfter(Instant now) =>
        pending.Values.Where(p => p.NotBefore > now).Select(p => (Instant?)p.NotBefore).Min();

    public ValueTask PublishAsync(IReadOnlyList<OutboxMessage> messages)
    {
        foreach (var message in messages)
        {
            // A crash before publishing: the sweep finds it.
            if (random.NextDouble() >= disorderRate) Add(message);
        }

        return ValueTask.CompletedTask;
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

    /// <summary>Delivers a message that is due, or several that go together. False if nothing is due.</summary>
    public async Task<bool> DeliverNextAsync(Instant now)
    {
        var sessions = pending.Values.Where(p => p.Message.DueAt is not { } due || due <= now)
            .GroupBy(p => (p.Message.Queue, p.Message.SessionKey)).Where(session => session.First().NotBefore <= now).ToList();
        if (sessions.Count == 0) return false;

        var batch = Draw([.. sessions[random.Next(sessions.Count)]]);
        var attempt = batch[0].Attempts + 1;
        var outcomes = await Processor!.ProcessAsync([.. batch.Select(p => p.Message)], attempt, CancellationToken.None);
        foreach (var (message, outcome) in batch.Zip(outcomes)) await SettleAsync(message, outcome, attempt, now);
        return true;
    }

    // Half of the deliveries that could be larger are cut short: a writer has to do with any composition.
    private List<Pending> Draw(List<Pending> session)
    {
        var most = Processor!.CountTogether(session.TakeWhile(p => p.Attempts == 0).Select(p => p.Message));
        return session[..(most < 2 ? 1 : random.Next(2) == 0 ? most : random.Next(1, most))];
    }

    private async Task SettleAsync(Pending message, DeliveryOutcome outcome, int attempt, Instant now)
    {
        switch (outcome)
        {
            case DeliveryOutcome.RetryAfter retry:
                message.Attempts = attempt;
                message.NotBefore = now + retry.Delay;
                break;
            case DeliveryOutcome.DeadLetter dead:
                DeadLetters.Add((message.Message, dead.Reason, dead.Fault));
                await RemoveAsync(message);
                break;
            default:
                // A crash before the row was deleted: the next process delivers it again, knows of no tries, and makes other batches.
                message.Attempts = 0;
                if (random.NextDouble() >= disorderRate) await RemoveAsync(message);
                break;
        }
    }

    private void Add(OutboxMessage message) =>
        pending.TryAdd(message.Message.Id, new Pending(message, message.Message.DueAt ?? Instant.MinValue));

    private async Task RemoveAsync(Pending done)
    {
        pending.Remove(done.Message.Id);
        var row = OutboxRows.Key(done.Message);
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
