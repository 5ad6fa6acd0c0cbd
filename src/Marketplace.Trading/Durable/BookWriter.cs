using System.Collections.Concurrent;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Trading.Announce;
using Marketplace.Trading.Durable.Format;
using Marketplace.Trading.OfferListing;
using Marketplace.Trading.ReadMarket;

namespace Marketplace.Trading.Durable;

/// <summary>
/// The writer of the books: keeps them in memory between batches, and trusts memory only as long as its commits succeed. A book's
/// commands come through its session, one delivery at a time; the gate holds that also where a delivery is repeated too early.
/// </summary>
internal sealed class BookWriter(Workspace workspace, BookLoader loader, SnapshotWriter snapshots, IEnumerable<IBookListener> listeners, TimeProvider time)
{
    private const int MaxConflicts = 20;
    private readonly ConcurrentDictionary<BookKey, Slot> slots = [];

    /// <summary>
    /// Applies commands in their order, each once: in one commit, or in several one after the other where they bring about more
    /// than one holds.
    /// </summary>
    public async Task ApplyAsync(BookKey key, IReadOnlyList<SentCommand> commands, CancellationToken cancellationToken)
    {
        var slot = slots.GetOrAdd(key, _ => new Slot());
        await slot.Gate.WaitAsync(cancellationToken);
        try
        {
            var left = commands;
            for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
            {
                var known = slot.Book;
                slot.Book = null;
                var loaded = known ?? await loader.LoadAsync(key, cancellationToken);

                // After a failure nobody knows which of them had their effect. One that comes alone may be the rest of a batch that failed.
                if (known is null || commands.Count == 1) left = await WithoutHandledAsync(key, left, cancellationToken);
                while (left.Count > 0 && loaded is not null)
                {
                    var decided = DecidedCommands.Of(loaded.Book, left, time.Now());
                    loaded = await TryCommitAsync(loaded, decided, [.. left.Take(decided.Count).Select(c => c.Id)], cancellationToken);
                    if (loaded is not null) left = [.. left.Skip(decided.Count)];
                }

                slot.Book = loaded;
                if (left.Count == 0) return;
            }
        }
        finally
        {
            slot.Gate.Release();
        }

        throw new PartitionConflictException(TradingPartitions.Book(key));
    }

    private async Task<IReadOnlyList<SentCommand>> WithoutHandledAsync(BookKey key, IReadOnlyList<SentCommand> commands, CancellationToken cancellationToken)
    {
        var handled = await workspace.FindHandledAsync(TradingPartitions.Book(key), commands.Select(c => c.Id), cancellationToken);
        return handled.Count == 0 ? commands : [.. commands.Where(c => !handled.Contains(c.Id))];
    }

    /// <summary>The book after the commands; null if what is in memory now is not what is stored.</summary>
    private async Task<LoadedBook?> TryCommitAsync(LoadedBook loaded, DecidedCommands decided, IReadOnlyList<MessageId> ids, CancellationToken cancellationToken)
    {
        var (book, header, etag) = loaded;
        var work = workspace.Open(TradingPartitions.Book(book.Key));
        if (etag is not null) work.Expect(BookRows.Head, etag);

        // Also where nothing happened: a command that did nothing now must not do something when it is delivered again.
        var next = new BookHeader(decided.Batch.LastSequence, header?.SnapshotSequence ?? 0, header?.SnapshotChunks ?? 0);
        work.Put(BookRows.Head, next);
        if (decided.Batch.Events.Count > 0) Store(work, book.Key, decided);

        var result = await workspace.CommitAsync(work, ids, cancellationToken);
        if (result.Status != CommitStatus.Committed) return null;
        foreach (var listener in listeners) listener.Committed(book.Key);
        return await snapshots.WriteIfDueAsync(new LoadedBook(book, next, result.ETags[BookRows.Head]), cancellationToken);
    }

    private static void Store(PartitionWork work, BookKey key, DecidedCommands decided)
    {
        var batch = decided.Batch;
        foreach (var (chunk, bytes) in BookRows.Chunks(BookFormat.Write(batch)).Index()) work.PutBytes(BookRows.BatchChunk(batch.FirstSequence, chunk), bytes);
        if (Notices.HasAny(batch)) work.Send(new AnnounceBatch(key, batch.FirstSequence, Skip: 0));
        if (decided.Unfinished is { } unfinished) work.Send(new ContinueListing(key, unfinished.ListingId));
    }

    private sealed class Slot
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public LoadedBook? Book { get; set; }
    }
}
