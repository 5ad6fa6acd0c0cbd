using System.Threading.Channels;
using Marketplace.Runtime.Store;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;
using Marketplace.Trading.ReadMarket.Depth;
using Microsoft.Extensions.Logging;

namespace Marketplace.Trading.ReadMarket.Follow;

/// <summary>
/// The one reader of a book in this process: keeps its depth up to date from the event log, for reads and for followers. While
/// anybody follows, it looks for new events whenever it is woken and every second; otherwise only when it is read.
/// </summary>
internal sealed class BookFeed(BookKey key, BookLoader loader, IPartitionStore store, TradingOptions options, TimeProvider time, ILogger logger)
    : IDisposable
{
    // A change holds the events of this many commands or a little more: what is small is sent soon, and followers may keep pace.
    private const int EventsPerChange = 1_000;

    // A snapshot serves those who come after it too, who then get the changes since: many at once cost little more than one.
    private const long EventsPerSnapshot = 1_000;

    private static readonly TimeSpan PollEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RestBetweenLooks = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Channel<bool> wakings = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock followersGate = new();
    private CancellationTokenSource? watching;
    private int followers;
    private BookDepth? depth;
    private string? headTag;
    private volatile bool loaded;
    private volatile BookSnapshotTaken? snapshot;

    public RecentChanges Recent { get; } = new(options.RecentMarketCells);

    /// <summary>Says that there may be new events.</summary>
    public void Wake() => wakings.Writer.TryWrite(true);

    /// <summary>Reads the depth as the book is committed now.</summary>
    public async Task<T> ReadAsync<T>(Func<BookDepth, T> read, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            return read(await CatchUpAsync());
        }
        finally
        {
            gate.Release();
        }
    }

    public Task EnsureLoadedAsync(CancellationToken cancellationToken) => loaded ? Task.CompletedTask : ReadAsync(_ => true, cancellationToken);

    /// <summary>The whole depth, as of now or a little earlier; the changes after it are still there.</summary>
    public Task<BookSnapshotTaken> SnapshotAsync(CancellationToken cancellationToken) => ReadAsync(
        now =>
        {
            if (snapshot is { } taken && now.Sequence - taken.Sequence <= EventsPerSnapshot && Recent.Cover(taken.Sequence)) return taken;
            return snapshot = new BookSnapshotTaken(key, now.Sequence, now.At, now.IsHalted, [.. now.Runs]);
        },
        cancellationToken);

    public void Enter()
    {
        lock (followersGate)
        {
            if (followers++ > 0) return;
            watching = new CancellationTokenSource();
            _ = WatchAsync(watching.Token);
        }
    }

    public void Leave()
    {
        lock (followersGate)
        {
            if (--followers > 0) return;
            Stop();
            snapshot = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (followersGate) Stop();
        gate.Dispose();
    }

    private void Stop()
    {
        watching?.Cancel();
        watching?.Dispose();
        watching = null;
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        // Commits of other processes wake nobody here.
        await using var poll = time.CreateTimer(_ => Wake(), null, PollEvery, PollEvery);
        try
        {
            while (await wakings.Reader.WaitToReadAsync(cancellationToken))
            {
                wakings.Reader.TryRead(out _);
                await LookAsync(cancellationToken);

                // What is committed meanwhile goes out as one change.
                await Task.Delay(RestBetweenLooks, time, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody follows any more.
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReadAsync(_ => true, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            logger.LogWarning(fault, "The events of {Book} could not be read; the next poll tries again.", key);
        }
    }

    // Takes no cancellation token: one caller who gives up must not cost all followers their place.
    private async Task<BookDepth> CatchUpAsync()
    {
        var head = await store.ReadAsync(TradingPartitions.Book(key), BookRows.Head, CancellationToken.None);
        if (depth is { } known && head?.ETag == headTag) return known;

        var current = depth is null ? await LoadAsync() : await FollowAsync(depth);
        (depth, headTag, loaded) = (current, head?.ETag, true);
        return current;
    }

    private async Task<BookDepth> LoadAsync()
    {
        var stored = await loader.ReadAsync(key, CancellationToken.None);
        var current = stored?.Snapshot is { } saved ? BookDepth.Of(saved) : new BookDepth();
        await foreach (var batch in ReadAfterAsync(current.Sequence)) current.Fold(batch);
        current.TakeChanges();
        Recent.BeginAt(current.Sequence);
        return current;
    }

    private async Task<BookDepth> FollowAsync(BookDepth current)
    {
        var from = current.Sequence + 1;
        var trades = new List<TapeTrade>();
        try
        {
            await foreach (var batch in ReadAfterAsync(current.Sequence))
            {
                // A depth that a fault leaves halfway is not trusted again.
                depth = null;
                current.Fold(batch);
                depth = current;
                trades.AddRange(TapeTrade.Of(batch));
                if (current.Sequence - from >= EventsPerChange) Tell();
            }
        }
        finally
        {
            if (depth is not null && current.Sequence >= from) Tell();
        }

        return current;

        void Tell()
        {
            Recent.Add(new BookChanged(from, current.Sequence, current.At, current.IsHalted, current.TakeChanges(), trades));
            (from, trades) = (current.Sequence + 1, []);
        }
    }

    private IAsyncEnumerable<BookBatch> ReadAfterAsync(long sequence) =>
        BookRows.ReadBatchesAsync(store.ReadRangeAsync(TradingPartitions.Book(key), BookRows.BatchesAfter(sequence), CancellationToken.None));
}
