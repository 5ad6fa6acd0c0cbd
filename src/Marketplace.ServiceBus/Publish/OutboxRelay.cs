using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.ServiceBus.Bus;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Marketplace.ServiceBus.Publish;

/// <summary>
/// Publishes what was committed and never published: the answer to the commit was lost, the process died, or the bus was down. Run by a
/// timer. What was published all the same is sent under the same id, which the bus drops, and does nothing where it does not.
/// </summary>
public sealed class OutboxRelay(IPartitionStore store, MarkerOutboxIndex index, IMessageBus bus, TimeProvider time, ILogger<OutboxRelay> logger)
{
    /// <summary>Younger markers are of commits that are most likely still under way.</summary>
    public static readonly Duration Grace = Duration.FromSeconds(30);

    // A marker and the messages it announces get their times from one clock, one after the other.
    private static readonly Duration Tolerance = Duration.FromSeconds(5);

    /// <summary>Sweeps once. Returns how many messages were sent.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var sent = 0;
        await foreach (var marker in index.ReadAsync(cancellationToken))
        {
            if (time.Now() - marker.WrittenAt < Grace) continue;
            try
            {
                sent += await PublishAsync(marker, cancellationToken);
                // Only now nothing can come any more of what it announced.
                if (index.IsOld(marker)) await index.ClearAsync(marker.Name, cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                logger.LogWarning(fault, "The outbox of {Partition} could not be swept.", marker.Partition);
            }
        }

        return sent;
    }

    private async Task<int> PublishAsync(OutboxMarker marker, CancellationToken cancellationToken)
    {
        var found = new List<OutboxMessage>();
        await foreach (var row in store.ReadRangeAsync(marker.Partition, OutboxRows.All, cancellationToken))
        {
            if (OutboxRows.Read(marker.Partition, row, logger) is { } message && MayBeOf(marker, message)) found.Add(message);
        }

        if (found.Count == 0) return 0;
        found.Sort((a, b) => a.Message.Id.CompareTo(b.Message.Id));
        await bus.SendAsync([.. found.Select(BusMessage.Of)], cancellationToken);
        return found.Count;
    }

    // Other rows of the partition, such as thousands with a due time, were published by commits of their own. Resubmitted ones are older than their commit.
    private static bool MayBeOf(OutboxMarker marker, OutboxMessage row) =>
        row.Message.OccurredAt > marker.WrittenAt - Tolerance || row.Partition == Runtime.Dispatch.DeadLetters.Partition;
}
