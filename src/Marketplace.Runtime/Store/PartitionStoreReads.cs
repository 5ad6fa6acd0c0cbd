using System.Runtime.CompilerServices;

namespace Marketplace.Runtime.Store;

/// <summary>Reads that follow continuations.</summary>
public static class PartitionStoreReads
{
    /// <summary>Reads a whole range, page by page, in ordinal row-key order.</summary>
    public static async IAsyncEnumerable<Entity> ReadRangeAsync(
        this IPartitionStore store, PartitionId partition, RowRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? continuation = null;
        do
        {
            var page = await store.ReadPageAsync(partition, range, 1000, continuation, cancellationToken);
            foreach (var entity in page.Entities) yield return entity;
            continuation = page.Continuation;
        }
        while (continuation is not null);
    }
}
