using System.Text.Json;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Microsoft.Extensions.Logging;

namespace Marketplace.Runtime.Dispatch;

/// <summary>Reads what is in the outboxes: messages of commits whose process died, or whose answer was lost, before they were published.</summary>
internal sealed class OutboxSweep(IPartitionStore store, IOutboxIndex index, ILogger logger)
{
    /// <summary>All outbox messages, in no order: a session puts its own in the order of their ids.</summary>
    public async Task<IReadOnlyList<OutboxMessage>> ReadAsync(CancellationToken cancellationToken)
    {
        var found = new List<OutboxMessage>();
        await foreach (var partition in index.SweepAsync(cancellationToken))
        {
            await foreach (var row in store.ReadRangeAsync(partition, OutboxRows.All, cancellationToken))
            {
                if (Read(partition, row) is { } message) found.Add(message);
            }
        }

        return found;
    }

    private OutboxMessage? Read(PartitionId partition, Entity row)
    {
        try
        {
            return new OutboxMessage(partition, row.ETag, MarketplaceJson.Deserialize<Message>(row.Body), null);
        }
        catch (JsonException unreadable)
        {
            // It stays where it is, for a person: one bad row must not keep the others from being delivered.
            logger.LogCritical(unreadable, "The outbox row {Row} of {Partition} cannot be read.", row.RowKey, partition);
            return null;
        }
    }
}
