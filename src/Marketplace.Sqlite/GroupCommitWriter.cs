using System.Threading.Channels;
using Marketplace.Runtime.Store;
using Microsoft.Data.Sqlite;

namespace Marketplace.Sqlite;

/// <summary>
/// The one writer of the file. It takes all commits that wait, puts them into one transaction, and lets their callers go on after
/// its sync: the more callers wait, the fewer syncs each costs.
/// </summary>
internal sealed class GroupCommitWriter : IAsyncDisposable
{
    private const int MaxGroup = 256;
    private const long MaxGroupBytes = 16 * 1024 * 1024;

    // Callers beyond this wait before they queue: memory stays bounded when the disk is slower than they are.
    private readonly Channel<PendingCommit> queue = Channel.CreateBounded<PendingCommit>(
        new BoundedChannelOptions(4096) { SingleReader = true });

    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteConnection connection;
    private readonly CommitStatements statements;
    private long etag;
    private long transactions;

    public GroupCommitWriter(SqliteConnection connection)
    {
        this.connection = connection;
        etag = SqliteSchema.CountOpening(connection) << 40;
        statements = new CommitStatements(connection);

        // A thread of its own: a sync must not hold up the pool's few threads.
        new Thread(Run) { IsBackground = true, Name = "sqlite commits" }.Start();
    }

    /// <summary>Transactions, and so syncs, since the opening.</summary>
    public long Transactions => Interlocked.Read(ref transactions);

    /// <summary>Commits that no transaction has taken yet.</summary>
    public int Waiting => queue.Reader.Count;

    public async Task<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        var pending = new PendingCommit(commit, cancellationToken);
        try
        {
            await queue.Writer.WriteAsync(pending, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new ObjectDisposedException(nameof(SqlitePartitionStore));
        }

        return await pending.Answer.WaitAsync(cancellationToken);
    }

    /// <summary>Commits what waits, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await ended.Task;
    }

    private void Run()
    {
        var group = new List<PendingCommit>(MaxGroup);
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            Take(group);
            if (group.Count > 0) Commit(group);
            group.Clear();
        }

        try
        {
            statements.Dispose();
            connection.Dispose();
            ended.SetResult();
        }
        catch (SqliteException fault)
        {
            ended.SetException(fault);
        }
    }

    private void Take(List<PendingCommit> group)
    {
        var bytes = 0L;
        while (group.Count < MaxGroup && bytes < MaxGroupBytes && queue.Reader.TryRead(out var pending))
        {
            if (pending.IsAbandoned()) continue;
            bytes += pending.Bytes;
            group.Add(pending);
        }
    }

    /// <summary>A fault anywhere fails all of the group: nobody may be told "committed" by a transaction that is not.</summary>
    private void Commit(List<PendingCommit> group)
    {
        try
        {
            statements.Begin();
            foreach (var pending in group) pending.Decided(statements.Apply(pending.Commit, ++etag));
            statements.End();
            Interlocked.Increment(ref transactions);
            foreach (var pending in group) pending.Release();
        }
#pragma warning disable CA1031 // Whatever it was, the callers get it, and the writer must go on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            RollBack();
            foreach (var pending in group) pending.Fail(fault);
        }
    }

    private void RollBack()
    {
        try
        {
            SqliteSchema.Run(connection, "ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself, as it does when the disk is full.
        }
    }
}
