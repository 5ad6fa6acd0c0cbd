namespace Marketplace.Runtime.Store;

/// <summary>
/// A partitioned entity store with the guarantees that both SQLite and Azure Table Storage give, and no more. Operating faults
/// (no disk, no network, throttled for too long) are exceptions; a lost race is <see cref="CommitStatus.Conflict"/>.
/// </summary>
public interface IPartitionStore
{
    /// <summary>Reads one entity, or null if there is none.</summary>
    ValueTask<Entity?> ReadAsync(PartitionId partition, string rowKey, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the next entities of a row-key range in ordinal order. A page may hold fewer than asked for, even none, and still
    /// have a continuation; the end is a page without one.
    /// </summary>
    /// <param name="partition">The partition to read.</param>
    /// <param name="range">The row keys to read.</param>
    /// <param name="limit">The most entities to return, 1 to 1,000.</param>
    /// <param name="continuation">From the page before, or null for the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<EntityPage> ReadPageAsync(
        PartitionId partition, RowRange range, int limit, string? continuation, CancellationToken cancellationToken);

    /// <summary>
    /// Applies a commit: all of it or nothing, durable when this returns <see cref="CommitStatus.Committed"/>. A commit whose
    /// operation id the partition has already seen changes nothing and gives the first one's receipt.
    /// </summary>
    ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken);
}
