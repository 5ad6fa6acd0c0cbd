using System.Runtime.CompilerServices;
using Marketplace.Runtime.Store;

namespace Marketplace.Sqlite;

/// <summary>Finds outbox rows with an index of the file itself, so that nothing need be announced before a commit.</summary>
public sealed class SqliteOutboxIndex(SqlitePartitionStore store) : IOutboxIndex
{
    private const int PageSize = 256;

    /// <summary>Does nothing; the marker is empty.</summary>
    public ValueTask<string> AnnounceAsync(PartitionId partition, string operationId, CancellationToken cancellationToken) => ValueTask.FromResult("");

    /// <summary>Does nothing.</summary>
    public ValueTask ClearAsync(string marker, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public async IAsyncEnumerable<PartitionId> SweepAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // No connection stays open between pages: an old snapshot would keep the log from being folded into the file.
        var last = new PartitionId("", "");
        List<PartitionId> page;
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var after = last;
            page = store.Read(reader => reader.ReadOutboxPartitions(after, PageSize));
            foreach (var partition in page) yield return partition;
            if (page.Count > 0) last = page[^1];
        }
        while (page.Count == PageSize);

        await Task.CompletedTask;
    }
}
