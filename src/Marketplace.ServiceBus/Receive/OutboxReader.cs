using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.ServiceBus.Bus;
using Microsoft.Extensions.Logging;

namespace Marketplace.ServiceBus.Receive;

/// <summary>A message that is to be handled.</summary>
/// <param name="Row">The message in its outbox.</param>
/// <param name="Attempts">How often it was tried.</param>
public sealed record WaitingMessage(OutboxMessage Row, int Attempts)
{
    /// <summary>The message's id.</summary>
    public MessageId Id => Row.Message.Id;

    /// <summary>As it is parked.</summary>
    public ParkedMessage Parked => new(new OutboxPointer(Row.Partition.Table, Row.Partition.Partition, OutboxRows.Key(Row.Message)), Attempts);
}

/// <summary>Reads what pointers point at.</summary>
public sealed class OutboxReader(IPartitionStore store, ILogger<OutboxReader> logger)
{
    /// <summary>
    /// The messages, in the order of their ids, without those that had their effect: their rows are gone. With them comes what their
    /// partitions sent to the same session before and is still in the outbox: it was committed and not yet published, or published later
    /// than what followed it, and must not be overtaken.
    /// </summary>
    public async Task<IReadOnlyList<WaitingMessage>> ReadAsync(
        string queue, string sessionKey, IReadOnlyList<ParkedMessage> wanted, CancellationToken cancellationToken)
    {
        var attempts = wanted.GroupBy(w => w.Pointer.MessageId).ToDictionary(g => g.Key, g => g.Max(w => w.Attempts));
        var found = await Task.WhenAll(wanted.GroupBy(w => w.Pointer.PartitionId).Select(
            partition => ReadAsync(partition.Key, [.. partition.Select(w => w.Pointer)], cancellationToken)));
        return
        [
            .. from row in found.SelectMany(rows => rows).DistinctBy(row => row.Message.Id)
               where row.Message.Queue == queue && row.Message.SessionKey == sessionKey
               orderby row.Message.Id
               select new WaitingMessage(row, attempts.GetValueOrDefault(row.Message.Id)),
        ];
    }

    private async Task<List<OutboxMessage>> ReadAsync(PartitionId partition, IReadOnlyList<OutboxPointer> pointers, CancellationToken cancellationToken)
    {
        var rows = new List<Entity>();
        await foreach (var row in store.ReadRangeAsync(partition, OutboxRows.UpTo(pointers.Max(p => p.MessageId)), cancellationToken)) rows.Add(row);
        foreach (var key in pointers.Select(p => p.Row).Distinct().Where(OutboxRows.HasDueTime))
        {
            if (await store.ReadAsync(partition, key, cancellationToken) is { } row) rows.Add(row);
        }

        return [.. rows.Select(row => OutboxRows.Read(partition, row, logger)).OfType<OutboxMessage>()];
    }
}
