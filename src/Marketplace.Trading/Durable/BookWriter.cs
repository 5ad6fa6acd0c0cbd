using System.Collections.Concurrent;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Trading.Announce;
using Marketplace.Trading.Book;
using Marketplace.Trading.OfferListing;

namespace Marketplace.Trading.Durable;

/// <summary>
/// The writer of the books: keeps them in memory between commands, and trusts memory only as long as its commits succeed. A book's
/// commands come one at a time through its session; the gate holds that also where a delivery is repeated too early.
/// </summary>
internal sealed class BookWriter(Workspace workspace, BookLoader loader, SnapshotWriter snapshots, TimeProvider time)
{
    private const int MaxConflicts = 20;
    private readonly ConcurrentDictionary<BookKey, Slot> slots = [];

    /// <summary>Applies the command of a message, once.</summary>
    public async Task ApplyAsync(BookKey key, BookCommand command, MessageContext context, CancellationToken cancellationToken)
    {
        var slot = slots.GetOrAdd(key, _ => new Slot());
        await slot.Gate.WaitAsync(cancellationToken);
        try
        {
            for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
            {
                var loaded = slot.Book ?? await loader.LoadAsync(key, null, cancellationToken);
                slot.Book = null;
                if (await TryApplyAsync(loaded, command, context, cancellationToken) is not { } after) continue;
                slot.Book = await snapshots.WriteIfDueAsync(after, cancellationToken);
                return;
            }
        }
        finally
        {
            slot.Gate.Release();
        }

        throw new PartitionConflictException(TradingPartitions.Book(key));
    }

    /// <summary>The book after the command, or null if somebody else wrote and it has to be loaded again.</summary>
    private async Task<LoadedBook?> TryApplyAsync(LoadedBook loaded, BookCommand command, MessageContext context, CancellationToken cancellationToken)
    {
        var (book, header, etag) = loaded;
        var batch = book.Apply(command, time.Now());
        if (batch.Events.Count == 0) return loaded;

        var work = workspace.Open(TradingPartitions.Book(book.Key));
        if (etag is not null) work.Expect(BookRows.Head, etag);
        var next = new BookHeader(batch.LastSequence, header?.SnapshotSequence ?? 0, header?.SnapshotChunks ?? 0);
        work.Put(BookRows.Head, next);
        foreach (var (chunk, bytes) in BookRows.Chunks(batch).Index()) work.PutBytes(BookRows.BatchChunk(batch.FirstSequence, chunk), bytes);
        if (Notices.HasAny(batch)) work.Send(new AnnounceBatch(book.Key, batch.FirstSequence, Skip: 0));
        if (book.Unfinished is { } unfinished) work.Send(new ContinueListing(book.Key, unfinished.ListingId));

        var result = await workspace.CommitAsync(work, context.Id.ToString(), default, cancellationToken);
        return result.Status switch
        {
            CommitStatus.Committed => new LoadedBook(book, next, result.ETags[BookRows.Head]),

            // Applied before: what was decided now must not stay in memory. The next turn loads the book and finds nothing to do.
            CommitStatus.AlreadyCommitted => await loader.LoadAsync(book.Key, null, cancellationToken),
            _ => null,
        };
    }

    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public LoadedBook? Book { get; set; }
    }
}
