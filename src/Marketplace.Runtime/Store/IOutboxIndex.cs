namespace Marketplace.Runtime.Store;

/// <summary>
/// Finds partitions that hold outbox messages nobody delivered, after a crash between commit and dispatch. A store that can scan
/// itself needs no announcements; one that cannot keeps a marker in a time-bucketed index partition
/// (<c>MarkerOutboxIndex</c>).
/// </summary>
public interface IOutboxIndex
{
    /// <summary>Notes, before a commit, that the partition may come to hold messages. Returns a marker to clear.</summary>
    ValueTask<string> AnnounceAsync(PartitionId partition, string operationId, CancellationToken cancellationToken);

    /// <summary>Forgets a marker once the partition's messages of that commit are delivered or a bus has them, or the commit conflicted.</summary>
    ValueTask ClearAsync(string marker, CancellationToken cancellationToken);

    /// <summary>The partitions that may hold undelivered messages; some may hold none.</summary>
    IAsyncEnumerable<PartitionId> SweepAsync(CancellationToken cancellationToken);
}
