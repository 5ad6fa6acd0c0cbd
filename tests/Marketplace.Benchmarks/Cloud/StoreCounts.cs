using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Store;

namespace Marketplace.Benchmarks.Cloud;

/// <summary>What a part of the story asked of the store and of the queues.</summary>
internal sealed class StoreCounts
{
    private readonly HashSet<PartitionId> partitions = [];
    private readonly Dictionary<string, long> messagesOfQueue = new(StringComparer.Ordinal);

    /// <summary>Rows and pages that were read.</summary>
    public long Reads { get; private set; }

    /// <summary>Commits, each one transaction of the store.</summary>
    public long Commits { get; private set; }

    /// <summary>Commits that send messages: each has a marker written before and removed after.</summary>
    public long SendingCommits { get; private set; }

    /// <summary>Messages sent.</summary>
    public long Messages { get; private set; }

    /// <summary>Rows written into order books, receipts among them: what the partition of a book has to take.</summary>
    public long BookRows { get; private set; }

    /// <summary>Bytes of bodies that stay: outbox rows are deleted again.</summary>
    public long KeptBytes { get; private set; }

    /// <summary>Partitions that were written for the first time.</summary>
    public int NewPartitions { get; private set; }

    /// <summary>Messages of a queue.</summary>
    public long MessagesOf(string queue) => messagesOfQueue.GetValueOrDefault(queue);

    /// <summary>
    /// Transactions of the tables in the cloud: reads, commits, two for the marker of every commit that sends, and three for every
    /// message: on delivery it is read whether its session waits, and the outbox row; afterwards the row is deleted.
    /// </summary>
    public long Transactions => Reads + Commits + (2 * SendingCommits) + (3 * Messages);

    /// <summary>Begins to count anew; partitions that were seen stay known.</summary>
    public void Clear()
    {
        (Reads, Commits, SendingCommits, Messages, BookRows, KeptBytes, NewPartitions) = (0, 0, 0, 0, 0, 0, 0);
        messagesOfQueue.Clear();
    }

    /// <summary>Counts a call; the hook of a store that injects nothing.</summary>
    public StoreFault Count(StoreCall call)
    {
        if (call.Commit is { } commit) Count(commit);
        else Reads++;
        return StoreFault.None;
    }

    private void Count(Commit commit)
    {
        Commits++;
        if (partitions.Add(commit.Partition)) NewPartitions++;
        var rows = commit.Operations.Count + (commit.ReceiptRowKey is null ? 0 : 1);
        if (commit.Partition.Table == "trading" && commit.Partition.Partition.StartsWith("book!", StringComparison.Ordinal)) BookRows += rows;
        var sent = commit.Operations.OfType<EntityOperation.Insert>().Where(row => row.RowKey.StartsWith(OutboxRows.Prefix, StringComparison.Ordinal)).ToList();
        if (sent.Count > 0) SendingCommits++;
        Messages += sent.Count;
        foreach (var row in sent)
        {
            var queue = MarketplaceJson.Deserialize<Message>(row.Body).Queue;
            messagesOfQueue[queue] = MessagesOf(queue) + 1;
        }

        KeptBytes += commit.Receipt.Length + commit.Operations.Except(sent).Sum(row => (long)row.Body.Length);
    }
}
