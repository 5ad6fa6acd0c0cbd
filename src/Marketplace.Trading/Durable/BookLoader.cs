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

/// <summary>A book's header as it is stored, with the snapshot that it points to, if there is one yet.</summary>
internal sealed record StoredBook(BookHeader Header, string ETag, BookSnapshot? Snapshot);

/// <summary>Reads books back: the last snapshot and the events after it.</summary>
internal sealed class BookLoader(IPartitionStore store)
{
    /// <summary>
    /// Loads a book. One that is written meanwhile may have events that its header does not know of; the ETag is then a stale one.
    /// </summary>
    public async Task<LoadedBook> LoadAsync(BookKey key, CancellationToken cancellationToken)
    {
        if (await ReadAsync(key, cancellationToken) is not { } stored) return new LoadedBook(new OrderBook(key), null, null);
        var book = stored.Snapshot is { } snapshot ? OrderBook.Of(key, snapshot) : new OrderBook(key);
        return await FollowAsync(book, stored.Header, stored.ETag, cancellationToken);
    }

    /// <summary>Brings a book that was loaded before up to date. If it fails, the book must be dropped.</summary>
    public async Task<LoadedBook> CatchUpAsync(LoadedBook known, CancellationToken cancellationToken)
    {
        var head = await store.ReadAsync(TradingPartitions.Book(known.Book.Key), BookRows.Head, cancellationToken);
        if (head is null || head.ETag == known.ETag) return known;
        var header = MarketplaceJson.Deserialize<BookHeader>(head.Body);
        var current = await FollowAsync(known.Book, header, head.ETag, cancellationToken);

        // As the writer does at its snapshots: otherwise a book that is read for months would keep every trade.
        if (header.SnapshotSequence > (known.Header?.SnapshotSequence ?? 0)) current.Book.Forget();
        return current;
    }

    /// <summary>Reads a book's header and snapshot; null if nothing was ever committed to it.</summary>
    public async Task<StoredBook?> ReadAsync(BookKey key, CancellationToken cancellationToken)
    {
        var partition = TradingPartitions.Book(key);
        string? staleETag = null;
        while (await store.ReadAsync(partition, BookRows.Head, cancellationToken) is { } head)
        {
            var header = MarketplaceJson.Deserialize<BookHeader>(head.Body);
            if (header.SnapshotSequence == 0) return new StoredBook(header, head.ETag, null);
            var chunks = await store.ReadRangeAsync(partition, BookRows.Snapshot(header.SnapshotSequence), cancellationToken).ToListAsync(cancellationToken);
            if (chunks.Count == header.SnapshotChunks) return new StoredBook(header, head.ETag, BookFormat.ReadSnapshot(BookRows.Join(chunks)));

            // A snapshot goes only when a newer one has come, so that the header must have changed since.
            InvariantException.Require(head.ETag != staleETag, $"{key} has no snapshot at {header.SnapshotSequence}.");
            staleETag = head.ETag;
        }

        return null;
    }

    private async Task<LoadedBook> FollowAsync(OrderBook book, BookHeader header, string etag, CancellationToken cancellationToken)
    {
        var rows = store.ReadRangeAsync(TradingPartitions.Book(book.Key), BookRows.BatchesAfter(book.Sequence), cancellationToken);
        await foreach (var batch in BookRows.ReadBatchesAsync(rows)) book.Apply(batch);
        InvariantException.Require(book.Sequence >= header.Sequence, $"{book.Key} has events up to {book.Sequence} of {header.Sequence}.");
        return new LoadedBook(book, header, etag);
    }
}
