using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable.Format;
using Microsoft.Extensions.Options;

namespace Marketplace.Trading.Durable;

/// <summary>
/// Writes a snapshot when the events since the last one are as many as the book is large, so that what an event costs and what
/// loading costs stay in proportion, whatever the book's size.
/// </summary>
internal sealed class SnapshotWriter(Workspace workspace, IOptions<TradingOptions> options)
{
    private const int MostOldRows = 90;
    private const int ChunksPerCommit = Commit.MaxCommitBytes / Commit.MaxBodyBytes;

    /// <summary>Returns a book that was just committed with the header as it stands after a snapshot, if one was due.</summary>
    public async Task<LoadedBook> WriteIfDueAsync(LoadedBook loaded, CancellationToken cancellationToken)
    {
        if (loaded is not { Book: var book, Header: { } header, ETag: { } etag }) return loaded;
        if (book.Sequence - header.SnapshotSequence < Math.Max(options.Value.EventsPerSnapshot, SizeOf(book))) return loaded;

        var partition = TradingPartitions.Book(book.Key);
        var chunks = BookRows.Chunks(BookFormat.Write(book.ToSnapshot())).ToList();
        foreach (var some in chunks.Index().Chunk(ChunksPerCommit))
        {
            var work = workspace.Open(partition);
            foreach (var (number, bytes) in some) work.PutBytes(BookRows.SnapshotChunk(book.Sequence, number), bytes);

            // A conflict: another writer is at it. The next commit will tell who has the book.
            if ((await workspace.CommitAsync(work, null, default, cancellationToken)).Status != CommitStatus.Committed) return loaded;
        }

        var next = header with { SnapshotSequence = book.Sequence, SnapshotChunks = chunks.Count };
        var turn = workspace.Open(partition);
        turn.Expect(BookRows.Head, etag);
        turn.Put(BookRows.Head, next);
        await DeleteOldAsync(turn, partition, book.Sequence, cancellationToken);
        var result = await workspace.CommitAsync(turn, null, default, cancellationToken);
        if (result.Status != CommitStatus.Committed) return loaded;

        book.Forget();
        return new LoadedBook(book, next, result.ETags[BookRows.Head]);
    }

    private static int SizeOf(OrderBook book) => book.WaitingBids + book.OpenAsks + book.Memory.Blocks.Count;

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
