using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable.Format;

namespace Marketplace.Trading.Durable;

/// <summary>A book in memory and the header it stands for.</summary>
/// <param name="Book">The state.</param>
/// <param name="Header">The header as stored; null for a book that has no events yet.</param>
/// <param name="ETag">The header's ETag; null for a book that has no events yet.</param>
internal sealed record LoadedBook(OrderBook Book, BookHeader? Header, string? ETag);

/// <summary>Reads books back: the last snapshot and the events after it.</summary>
internal sealed class BookLoader(IPartitionStore store)
{
    /// <summary>
    /// Loads a book, or brings one that was loaded before up to date. Where it is written meanwhile it may have events that its
    /// header does not know of; the header's ETag is then a stale one.
    /// </summary>
    public async Task<LoadedBook> LoadAsync(BookKey key, LoadedBook? known, CancellationToken cancellationToken)
    {
        var partition = TradingPartitions.Book(key);
        string? staleETag = null;
        while (true)
        {
            var head = await store.ReadAsync(partition, BookRows.Head, cancellationToken);
            if (head is null) return new LoadedBook(new OrderBook(key), null, null);
            if (head.ETag == known?.ETag) return known;

            var header = MarketplaceJson.Deserialize<BookHeader>(head.Body);
            var book = known?.Book ?? await StartAsync(key, header, cancellationToken);
            if (book is null)
            {
                // A snapshot goes only when a newer one has come, so that the header must have changed since.
                InvariantException.Require(head.ETag != staleETag, $"{key} has no snapshot at {header.SnapshotSequence}.");
                staleETag = head.ETag;
                continue;
            }

            var rows = store.ReadRangeAsync(partition, BookRows.BatchesAfter(book.Sequence), cancellationToken);
            await foreach (var batch in BookRows.ReadBatchesAsync(rows)) book.Apply(batch);
            InvariantException.Require(book.Sequence >= header.Sequence, $"{key} has events up to {book.Sequence} of {header.Sequence}.");
            return new LoadedBook(book, header, head.ETag);
        }
    }

    /// <summary>The book as its snapshot has it; null if that is gone.</summary>
    private async Task<OrderBook?> StartAsync(BookKey key, BookHeader header, CancellationToken cancellationToken)
    {
        if (header.SnapshotSequence == 0) return new OrderBook(key);
        var rows = store.ReadRangeAsync(TradingPartitions.Book(key), BookRows.Snapshot(header.SnapshotSequence), cancellationToken);
        var chunks = await rows.ToListAsync(cancellationToken);
        return chunks.Count == header.SnapshotChunks ? OrderBook.Of(key, BookFormat.ReadSnapshot(BookRows.Join(chunks))) : null;
    }
}
