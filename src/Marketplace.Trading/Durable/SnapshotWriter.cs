using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;
using Marketplace.Trading.Book;
using Microsoft.Extensions.Options;

namespace Marketplace.Trading.Durable;

/// <summary>Writes a snapshot every so many events, so that loading a book stays fast.</summary>
internal sealed class SnapshotWriter(Workspace workspace, IOptions<TradingOptions> options)
{
    private const int MostOldRows = 90;

    /// <summary>Returns the book with the header as it stands after a snapshot, if one was due.</summary>
    public async Task<LoadedBook> WriteIfDueAsync(LoadedBook loaded, CancellationToken cancellationToken)
    {
        var (book, header, etag) = loaded;
        if (header is null || etag is null || book.Sequence - header.SnapshotSequence < options.Value.EventsPerSnapshot) return loaded;

        var partition = TradingPartitions.Book(book.Key);
        var chunks = 0;
        var snapshot = book.ToSnapshot();
        foreach (var bytes in BookRows.Chunks(snapshot))
        {
            var work = workspace.Open(partition);
            work.PutBytes(BookRows.SnapshotChunk(book.Sequence, chunks++), bytes);

            // A conflict means that an earlier try wrote it: the snapshot after an event is always the same.
            await workspace.CommitAsync(work, $"snapshot {book.Sequence} {chunks}", default, cancellationToken);
        }

        var next = header with { SnapshotSequence = book.Sequence, SnapshotChunks = chunks };
        var turn = workspace.Open(partition);
        turn.Expect(BookRows.Head, etag);
        turn.Put(BookRows.Head, next);
        await DeleteOldAsync(turn, partition, book.Sequence, cancellationToken);
        var result = await workspace.CommitAsync(turn, $"snapshot {book.Sequence}", default, cancellationToken);

        // Going on from the snapshot lets go of trades and listings that can never matter again.
        return result.Status == CommitStatus.Committed
            ? new LoadedBook(OrderBook.Of(book.Key, snapshot), next, result.ETags[BookRows.Head])
            : loaded;
    }

    private async Task DeleteOldAsync(PartitionWork work, PartitionId partition, long sequence, CancellationToken cancellationToken)
    {
        var page = await workspace.Store.ReadPageAsync(partition, BookRows.SnapshotsBefore(sequence), MostOldRows, null, cancellationToken);
        foreach (var row in page.Entities)
        {
            work.Expect(row.RowKey, row.ETag);
            work.Delete(row.RowKey);
        }
    }
}
