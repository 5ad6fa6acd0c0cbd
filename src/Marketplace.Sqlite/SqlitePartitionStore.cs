using System.Collections.Concurrent;
using Marketplace.Runtime.Store;

namespace Marketplace.Sqlite;

/// <summary>
/// The store of one machine: one SQLite file with a write-ahead log and a full sync before any commit is acknowledged. Safe for
/// any number of threads; one process at a time.
/// </summary>
public sealed class SqlitePartitionStore : IPartitionStore, IAsyncDisposable
{
    private readonly ConcurrentBag<SqliteReader> idleReaders = [];
    private readonly string path;
    private readonly StoreFileLock held;
    private readonly GroupCommitWriter writer;
    private volatile bool disposed;

    private SqlitePartitionStore(string path, StoreFileLock held, GroupCommitWriter writer)
    {
        this.path = path;
        this.held = held;
        this.writer = writer;
    }

    internal GroupCommitWriter Writer => writer;

    /// <summary>Opens the file, or creates it with its folder.</summary>
    /// <exception cref="SqliteStoreInUseException">It is open elsewhere.</exception>
    /// <exception cref="InvalidDataException">It is of a version that this program doesn't know.</exception>
    public static SqlitePartitionStore Open(string path)
    {
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var held = StoreFileLock.Take(path);
        try
        {
            return new SqlitePartitionStore(path, held, new GroupCommitWriter(SqliteSchema.OpenWriter(path)));
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<Entity?> ReadAsync(PartitionId partition, string rowKey, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(reader => reader.Read(partition, rowKey)));
    }

    /// <inheritdoc/>
    public ValueTask<EntityPage> ReadPageAsync(
        PartitionId partition, RowRange range, int limit, string? continuation, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        cancellationToken.ThrowIfCancellationRequested();
        var from = continuation is not null && string.CompareOrdinal(continuation, range.From) > 0 ? continuation : range.From;
        return ValueTask.FromResult(Read(reader => reader.ReadPage(partition, from, range.To, limit)));
    }

    /// <inheritdoc/>
    public async ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        commit.CheckLimits();
        return await writer.CommitAsync(commit, cancellationToken);
    }

    /// <summary>Commits what was accepted, then closes the file and lets go of it.</summary>
    public async ValueTask DisposeAsync()
    {
        disposed = true;

        // Readers first: the last connection to close folds the log into the file.
        while (idleReaders.TryTake(out var reader)) reader.Dispose();
        await writer.DisposeAsync();
        held.Dispose();
    }

    /// <summary>Runs a read on a connection of its own, opened when all others are in use.</summary>
    internal T Read<T>(Func<SqliteReader, T> read)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (!idleReaders.TryTake(out var reader)) reader = new SqliteReader(path);
        try
        {
            var result = read(reader);
            if (disposed)
            {
                reader.Dispose();
            }
            else
            {
                idleReaders.Add(reader);
            }

            return result;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }
}
