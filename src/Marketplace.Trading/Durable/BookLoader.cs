using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Trading.Book;

namespace Marketplace.Trading.Durable;

/// <summary>A book in memory and the header it stands for.</summary>
/// <param name="Book">The state.</param>
/// <param name="Header">The header as stored; null for a book that has no events yet.</param>
/// <param name="ETag">The header's ETag; null for a book that has no events yet.</param>
internal sealed record LoadedBook(OrderBook Book, BookHeader? Header, string? ETag);

/// <summary>Reads books back: the last snapshot and the events after it.</summary>
internal sealed class BookLoader(IPartitionStore store)
{
    /// <summary>Loads a book, or brings one that was loaded before up to date.</summary>
    public async Task<LoadedBook> LoadAsync(BookKey key, LoadedBook? known, CancellationToken cancellationToken)
    {
        var partition = TradingPartitions.Book(key);
        while (true)
        {
            var head = await store.ReadAsync(partition, BookRows.Head, cancellationToken);
            if (head is null) return new LoadedBook(new OrderBook(key), null, null);
            if (head.ETag == known?.ETag) return known;

            var header = MarketplaceJson.Deserialize<BookHeader>(head.Body);
            var book = known?.Book ?? await StartAsync(key, header, cancellationToken);
            var rows = store.ReadRangeAsync(partition, BookRows.BatchesAfter(book.Sequence), cancellationToken);
            await foreach (var batch in BookRows.ReadBatchesAsync(rows)) book.Apply(batch);
            known = new LoadedBook(book, header, head.ETag);

            // A commit between the two reads: the header is older than the events.
            if (book.Sequence == header.Sequence) return known;
        }
    }

    /// <summary>The snapshot that a header points to; null if there is none, or the header is out of date.</summary>
    public async Task<BookSnapshot?> ReadSnapshotAsync(BookKey key, BookHeader header, CancellationToken cancellationToken)
    {
        if (header.SnapshotSequence == 0) return null;
        var body = new List<byte>();
        for (var chunk = 0; chunk < header.SnapshotChunks; chunk++)
        {
            var row = await store.ReadAsync(TradingPartitions.Book(key), BookRows.SnapshotChunk(header.SnapshotSequence, chunk), cancellationToken);

            // Snapshots go only when a newer one has come, so that a missing chunk means that the header is out of date.
            if (row is null) return null;
            body.AddRange(row.Body.Span);
        }

        return MarketplaceJson.Deserialize<BookSnapshot>(body.ToArray());
    }

    private async Task<OrderBook> StartAsync(BookKey key, BookHeader header, CancellationToken cancellationToken) =>
        await ReadSnapshotAsync(key, header, cancellationToken) is { } snapshot ? OrderBook.Of(key, snapshot) : new OrderBook(key);
}
