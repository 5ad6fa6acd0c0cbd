using Marketplace.Runtime.Store;

namespace Marketplace.Conformance.Tests.Azure;

/// <summary>
/// A caller as the runtime is one: a conflict that nobody made is a reason to try again, and a commit that turns out to have been applied
/// is done. Behind it a store with a faulty wire does all that a store must; what really conflicts, or was committed before, stays so.
/// </summary>
public sealed class PatientStore(IPartitionStore inner) : IPartitionStore
{
    public ValueTask<Entity?> ReadAsync(PartitionId partition, string rowKey, CancellationToken cancellationToken) => inner.ReadAsync(partition, rowKey, cancellationToken);

    public ValueTask<EntityPage> ReadPageAsync(PartitionId partition, RowRange range, int limit, string? continuation, CancellationToken cancellationToken) =>
        inner.ReadPageAsync(partition, range, limit, continuation, cancellationToken);

    public async ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        var log = WireLog.Current = new WireLog();
        var result = await inner.CommitAsync(commit, cancellationToken);
        if (log.Stale && result.Status == CommitStatus.Conflict) result = await inner.CommitAsync(commit, cancellationToken);
        if (!log.AppliedUnheard) return result;

        // It was this very call. Its receipt must say so; then its rows are read for their ETags.
        Assert.Equal(CommitStatus.AlreadyCommitted, result.Status);
        Assert.Equal(commit.Receipt.ToArray(), result.Receipt.ToArray());
        var etags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var operation in commit.Operations.Where(operation => operation is not EntityOperation.Delete))
        {
            etags.Add(operation.RowKey, (await inner.ReadAsync(commit.Partition, operation.RowKey, cancellationToken))!.ETag);
        }

        return CommitResult.Committed(etags);
    }
}
