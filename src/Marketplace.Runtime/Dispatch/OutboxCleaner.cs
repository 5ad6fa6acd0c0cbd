using System.Threading.Channels;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Microsoft.Extensions.Logging;

namespace Marketplace.Runtime.Dispatch;

/// <summary>
/// Deletes outbox rows whose messages are done with, many of a partition in one commit, and then clears their markers. A row that
/// it cannot delete is found by the next sweep and delivered again, which changes nothing.
/// </summary>
internal sealed class OutboxCleaner(IPartitionStore store, IOutboxIndex index, DeliveryBoard board, ILogger logger)
{
    private const int MostPerRound = 1000;
    private readonly Channel<OutboxMessage> done = Channel.CreateUnbounded<OutboxMessage>(new() { SingleReader = true });
    private readonly Dictionary<string, int> leftOfMarker = new(StringComparer.Ordinal);

    /// <summary>Counts the messages of one commit: its marker is cleared after the last of them.</summary>
    public void Expect(string marker, int messages)
    {
        lock (leftOfMarker) leftOfMarker[marker] = leftOfMarker.GetValueOrDefault(marker) + messages;
    }

    /// <summary>Has rows deleted.</summary>
    public void Clean(IEnumerable<OutboxMessage> copies)
    {
        foreach (var copy in copies)
        {
            board.Hold();
            if (!done.Writer.TryWrite(copy)) board.Release();
        }
    }

    /// <summary>Takes no more; <see cref="RunAsync"/> ends when the rest is deleted.</summary>
    public void Complete() => done.Writer.TryComplete();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var round = new List<OutboxMessage>();
        while (await done.Reader.WaitToReadAsync(cancellationToken))
        {
            round.Clear();
            while (round.Count < MostPerRound && done.Reader.TryRead(out var copy)) round.Add(copy);
            // All at once: a store that commits in groups makes one sync of them.
            await Task.WhenAll(round.GroupBy(c => c.Partition).SelectMany(
                partition => partition.Chunk(Commit.MaxOperations).Select(chunk => CleanAsync(partition.Key, chunk, cancellationToken))));
        }
    }

    private async Task CleanAsync(PartitionId partition, OutboxMessage[] chunk, CancellationToken cancellationToken)
    {
        try
        {
            // One row may be in the chunk twice, swept and published.
            var rows = chunk.DistinctBy(c => c.Message.Id).ToList();
            var result = await DeleteAsync(partition, rows, cancellationToken);
            if (result.Status == CommitStatus.Conflict && chunk.Length > 1)
            {
                foreach (var copy in chunk) await DeleteAsync(partition, [copy], cancellationToken);
            }

            foreach (var copy in chunk) await ClearAsync(copy.Marker, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            logger.LogWarning(fault, "{Count} delivered outbox rows of {Partition} stay until the next sweep.", chunk.Length, partition);
        }
        finally
        {
            foreach (var _ in chunk) board.Release();
        }
    }

    private ValueTask<CommitResult> DeleteAsync(PartitionId partition, List<OutboxMessage> copies, CancellationToken cancellationToken) =>
        store.CommitAsync(
            new Commit(partition, null, [.. copies.Select(c => new EntityOperation.Delete(OutboxRows.Key(c.Message), c.ETag))], default),
            cancellationToken);

    private async ValueTask ClearAsync(string? marker, CancellationToken cancellationToken)
    {
        if (marker is null) return;
        lock (leftOfMarker)
        {
            if (!leftOfMarker.TryGetValue(marker, out var left)) return;
            if (left > 1)
            {
                leftOfMarker[marker] = left - 1;
                return;
            }

            leftOfMarker.Remove(marker);
        }

        await index.ClearAsync(marker, cancellationToken);
    }
}
