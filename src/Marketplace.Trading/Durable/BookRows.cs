using Marketplace.Runtime;
using Marketplace.Runtime.Store;

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
    private const int ChunkBytes = Commit.MaxBodyBytes;

    /// <summary>Everything after an event.</summary>
    public static RowRange BatchesAfter(long sequence) => RowRange.StartingWith(BatchPrefix) with { From = $"{BatchPrefix}{sequence + 1:D19}" };

    /// <summary>The batch whose first event has this number.</summary>
    public static RowRange Batch(long firstSequence) => RowRange.StartingWith($"{BatchPrefix}{firstSequence:D19}!");

    public static string BatchChunk(long firstSequence, int chunk) => $"{BatchPrefix}{firstSequence:D19}!{chunk:D3}";

    /// <summary>The snapshots before one.</summary>
    public static RowRange SnapshotsBefore(long sequence) => new(SnapshotPrefix, $"{SnapshotPrefix}{sequence:D19}");

    public static string SnapshotChunk(long sequence, int chunk) => $"{SnapshotPrefix}{sequence:D19}!{chunk:D3}";

    /// <summary>The JSON of a value in pieces that fit a row.</summary>
    public static IEnumerable<byte[]> Chunks<T>(T value) => MarketplaceJson.Serialize(value).Chunk(ChunkBytes);

    /// <summary>Puts the batches of consecutive chunk rows together again.</summary>
    public static async IAsyncEnumerable<Book.BookBatch> ReadBatchesAsync(IAsyncEnumerable<Entity> rows)
    {
        var body = new List<byte>();
        var batchKey = "";
        await foreach (var row in rows)
        {
            var key = row.RowKey[..row.RowKey.LastIndexOf('!')];
            if (key != batchKey && body.Count > 0)
            {
                yield return MarketplaceJson.Deserialize<Book.BookBatch>(body.ToArray());
                body.Clear();
            }

            batchKey = key;
            body.AddRange(row.Body.Span);
        }

        if (body.Count > 0) yield return MarketplaceJson.Deserialize<Book.BookBatch>(body.ToArray());
    }
}
