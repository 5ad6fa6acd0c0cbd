using System.Globalization;
using System.Runtime.CompilerServices;
using Marketplace.Runtime.Store;

namespace Marketplace.Testing.Store;

/// <summary>
/// The store of simulations and of modules' own tests: the port's whole contract, in order and without surprise. The same calls
/// give the same ETags and pages. Faults come from <see cref="FaultyPartitionStore"/>.
/// </summary>
public sealed class InMemoryPartitionStore : IPartitionStore, IOutboxIndex
{
    private readonly Lock gate = new();
    private readonly SortedDictionary<PartitionId, Rows> partitions = new(
        Comparer<PartitionId>.Create((a, b) => string.CompareOrdinal(a.Table, b.Table) is var tables and not 0 ? tables : string.CompareOrdinal(a.Partition, b.Partition)));

    private long etag;

    /// <summary>All partitions that were ever written, in order: what an independent model checks.</summary>
    public IReadOnlyList<PartitionId> Partitions
    {
        get
        {
            lock (gate) return [.. partitions.Keys];
        }
    }

    public ValueTask<Entity?> ReadAsync(PartitionId partition, string rowKey, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate) return ValueTask.FromResult(partitions.GetValueOrDefault(partition)?.Find(rowKey));
    }

    public ValueTask<EntityPage> ReadPageAsync(
        PartitionId partition, RowRange range, int limit, string? continuation, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            var from = continuation is not null && string.CompareOrdinal(continuation, range.From) > 0 ? continuation : range.From;
            Entity[] found = [.. partitions.GetValueOrDefault(partition)?.Between(from, range.To).Take(limit + 1) ?? []];
            return ValueTask.FromResult(found.Length > limit ? new EntityPage(found[..limit], found[limit].RowKey) : new EntityPage(found, null));
        }
    }

    public ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        commit.CheckLimits();
        cancellationToken.ThrowIfCancellationRequested();
        lock (gate) return ValueTask.FromResult(Apply(commit));
    }

    public ValueTask<string> AnnounceAsync(PartitionId partition, string operationId, CancellationToken cancellationToken) => ValueTask.FromResult("");

    public ValueTask ClearAsync(string marker, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async IAsyncEnumerable<PartitionId> SweepAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var partition in WithOutboxRows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return partition;
        }

        await Task.CompletedTask;
    }

    private CommitResult Apply(Commit commit)
    {
        var rows = partitions.GetValueOrDefault(commit.Partition) ?? new Rows();
        if (commit.ReceiptRowKey is { } seen && rows.Find(seen) is { } receipt) return CommitResult.AlreadyCommitted(receipt.Body);
        if (!commit.Operations.All(operation => Holds(rows.Find(operation.RowKey), operation))) return CommitResult.Conflict;

        var text = (++etag).ToString("x", CultureInfo.InvariantCulture);
        var etags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var operation in commit.Operations)
        {
            if (operation is EntityOperation.Delete)
            {
                rows.Remove(operation.RowKey);
                continue;
            }

            // A copy: the caller may reuse its buffer.
            rows.Set(new Entity(operation.RowKey, text, operation.Body.ToArray()));
            etags.Add(operation.RowKey, text);
        }

        if (commit.ReceiptRowKey is { } receiptRow) rows.Set(new Entity(receiptRow, text, commit.Receipt.ToArray()));
        partitions[commit.Partition] = rows;
        return CommitResult.Committed(etags);
    }

    private static bool Holds(Entity? found, EntityOperation operation) => operation switch
    {
        EntityOperation.Insert => found is null,
        EntityOperation.Replace replacement => found is not null && found.ETag == replacement.ETag,
        EntityOperation.Delete deletion => found is not null && found.ETag == deletion.ETag,
        _ => throw new ArgumentException($"No way to apply {operation.GetType().Name}."),
    };

    private List<PartitionId> WithOutboxRows()
    {
        lock (gate) return [.. partitions.Where(pair => pair.Value.Between(OutboxRows.All.From, OutboxRows.All.To).Any()).Select(pair => pair.Key)];
    }

    /// <summary>One partition's rows, found by key and walked in ordinal order.</summary>
    private sealed class Rows
    {
        private readonly Dictionary<string, Entity> byKey = new(StringComparer.Ordinal);
        private readonly SortedSet<string> keys = new(StringComparer.Ordinal);

        public Entity? Find(string rowKey) => byKey.GetValueOrDefault(rowKey);

        public IEnumerable<Entity> Between(string from, string to) =>
            string.CompareOrdinal(from, to) >= 0
                ? []
                : keys.GetViewBetween(from, to).TakeWhile(key => string.CompareOrdinal(key, to) < 0).Select(key => byKey[key]);

        public void Set(Entity entity)
        {
            byKey[entity.RowKey] = entity;
            keys.Add(entity.RowKey);
        }

        public void Remove(string rowKey)
        {
            byKey.Remove(rowKey);
            keys.Remove(rowKey);
        }
    }
}
