using Marketplace.Runtime.Store;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable.Format;

namespace Marketplace.Trading.Durable;

/// <summary>A book's first row: where its events and its last snapshot end. Its ETag fences off a second writer.</summary>
/// <param name="Sequence">The number of the last event.</param>
/// <param name="SnapshotSequence">The number of the last event in the snapshot; 0 while there is none.</param>
/// <param name="SnapshotChunks">How many rows the snapshot has.</param>
internal sealed record BookHeader(long Sequence, long SnapshotSequence, int SnapshotChunks);

/// <summary>The rows of a book's partition. What may be larger than a row is cut into chunks.</summary>
internal static class BookRows
{
    public const string Head = "head";

    private const string BatchPrefix = "batch!";
    private const string SnapshotPrefix = "snap!";

    /// <summary>Everything after an event.</summary>
    public static RowRange BatchesAfter(long sequence) => RowRange.StartingWith(BatchPrefix) with { From = $"{BatchPrefix}{sequence + 1:D19}" };

    /// <summary>The batch whose first event has this number.</summary>
    public static RowRange Batch(long firstSequence) => RowRange.StartingWith($"{BatchPrefix}{firstSequence:D19}!");

    public static string BatchChunk(long firstSequence, int chunk) => $"{BatchPrefix}{firstSequence:D19}!{chunk:D3}";

    /// <summary>The snapshots before one.</summary>
    public static RowRange SnapshotsBefore(long sequence) => new(SnapshotPrefix, $"{SnapshotPrefix}{sequence:D19}");

    /// <summary>The snapshot after an event.</summary>
    public static RowRange Snapshot(long sequence) => RowRange.StartingWith($"{SnapshotPrefix}{sequence:D19}!");

    public static string SnapshotChunk(long sequence, int chunk) => $"{SnapshotPrefix}{sequence:D19}!{chunk:D3}";

    /// <summary>A body in pieces that fit a row.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Chunks(ReadOnlyMemory<byte> body)
    {
        for (var at = 0; at < body.Length; at += Commit.MaxBodyBytes) yield return body[at..Math.Min(at + Commit.MaxBodyBytes, body.Length)];
    }

    /// <summary>The body of consecutive chunk rows.</summary>
    public static ReadOnlyMemory<byte> Join(IReadOnlyList<Entity> chunks)
    {
        if (chunks.Count == 1) return chunks[0].Body;
        var body = new byte[chunks.Sum(chunk => chunk.Body.Length)];
        var at = 0;
        foreach (var chunk in chunks)
        {
            chunk.Body.CopyTo(body.AsMemory(at));
            at += chunk.Body.Length;
        }

        return body;
    }

    /// <summary>Puts the batches of consecutive chunk rows together again.</summary>
    public static async IAsyncEnumerable<BookBatch> ReadBatchesAsync(IAsyncEnumerable<Entity> rows)
    {
        var chunks = new List<Entity>();
        await foreach (var row in rows)
        {
            if (chunks.Count > 0 && !IsSameBatch(chunks[0], row))
            {
                yield return BookFormat.ReadBatch(Join(chunks));
                chunks.Clear();
            }

            chunks.Add(row);
        }

        if (chunks.Count > 0) yield return BookFormat.ReadBatch(Join(chunks));
    }

    private static bool IsSameBatch(Entity one, Entity other)
    {
        var nameLength = one.RowKey.LastIndexOf('!');
        return other.RowKey.AsSpan(0, nameLength).SequenceEqual(one.RowKey.AsSpan(0, nameLength));
    }
}
