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
                if (OutboxRows.Read(partition, row, logger) is { } message) found.Add(message);
            }
        }

        return found;
    }
}
