using Marketplace.Runtime.Store;
using Marketplace.Sqlite;
using Marketplace.Testing.Store;
using Microsoft.Data.Sqlite;

namespace Marketplace.Conformance.Tests.Sqlite;

public sealed class GroupCommitTests : IAsyncLifetime
{
    private static readonly PartitionId Partition = new("grouped", "p");
    private readonly TemporaryFolder folder = new();
    private SqlitePartitionStore store = null!;

    public ValueTask InitializeAsync()
    {
        store = SqlitePartitionStore.Open(folder.File("store.db"));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Sixty_four_commits_that_wait_together_cost_at_most_two_syncs()
    {
        List<Task<CommitResult>> waiting;
        using (HoldWriter()) waiting = [.. Enumerable.Range(0, 64).Select(i => Commit($"op-{i}", Insert($"row-{i:D2}")))];
        var results = await Task.WhenAll(waiting);

        Assert.All(results, result => Assert.Equal(CommitStatus.Committed, result.Status));
        Assert.InRange(store.Writer.Transactions, 1, 2);
        Assert.Equal(64, await store.ReadRangeAsync(Partition, RowRange.StartingWith("row-"), default).CountAsync());
    }

    [Fact]
    public async Task Commits_of_one_group_conflict_and_repeat_as_if_they_came_one_after_the_other()
    {
        var etag = (await Commit("before", Insert("balance"))).ETags["balance"];
        List<Task<CommitResult>> waiting;
        using (HoldWriter())
        {
            waiting =
            [
                Commit("held", Insert("held")),
                Commit("first", Replace("balance", etag)),
                Commit("second", Insert("half-of-second"), Replace("balance", etag)),
                Commit("first", Insert("never")),
                Commit("third", Insert("third")),
            ];
        }

        var results = await Task.WhenAll(waiting);

        Assert.Equal(
            [CommitStatus.Committed, CommitStatus.Committed, CommitStatus.Conflict, CommitStatus.AlreadyCommitted, CommitStatus.Committed],
            results.Select(result => result.Status));
        Assert.Equal(["balance", "held", "third"], await Rows());
    }

    [Fact]
    public async Task Transaction_that_fails_fails_all_its_commits_and_the_writer_goes_on()
    {
        List<Task<CommitResult>> waiting;
        using (var other = HoldWriter())
        {
            waiting = [.. Enumerable.Range(0, 8).Select(i => Commit($"op-{i}", Insert($"row-{i}")))];
            other.Run("ALTER TABLE entities RENAME TO elsewhere");
        }

        foreach (var commit in waiting) await Assert.ThrowsAsync<SqliteException>(() => commit);
        using (var other = HoldWriter()) other.Run("ALTER TABLE elsewhere RENAME TO entities");

        Assert.Empty(await Rows());
        Assert.Equal(CommitStatus.Committed, (await Commit("op-0", Insert("row-0"))).Status);
    }

    [Fact]
    public async Task Reads_go_on_while_the_writer_waits()
    {
        await Commit("before", Insert("seen"));
        Task<CommitResult> waiting;
        using (HoldWriter())
        {
            waiting = Commit("op", Insert("unseen"));
            Assert.Equal(["seen"], await Rows());
            Assert.False(waiting.IsCompleted);
        }

        await waiting;
        Assert.Equal(["seen", "unseen"], await Rows());
    }

    [Fact]
    public async Task Commit_whose_caller_left_before_its_turn_is_not_applied()
    {
        using var leaving = new CancellationTokenSource();
        Task<CommitResult> first, abandoned;
        using (HoldWriter())
        {
            // The first makes the writer take a group and wait for the file; the second stays in the queue.
            first = Commit("first", Insert("first"));
            while (store.Writer.Waiting > 0) await Task.Yield();
            abandoned = store.CommitAsync(new Commit(Partition, "abandoned", [Insert("abandoned")], default), leaving.Token).AsTask();
            await leaving.CancelAsync();
        }

        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        await Commit("last", Insert("last"));
        Assert.Equal(["first", "last"], await Rows());
    }

    [Fact]
    public async Task Disposal_answers_what_was_accepted_and_refuses_what_comes_later()
    {
        List<Task<CommitResult>> waiting;
        Task disposal;
        using (HoldWriter())
        {
            waiting = [.. Enumerable.Range(0, 20).Select(i => Commit($"op-{i}", Insert($"row-{i}")))];
            disposal = store.DisposeAsync().AsTask();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => Commit("late", Insert("late")));
        }

        Assert.All(await Task.WhenAll(waiting), result => Assert.Equal(CommitStatus.Committed, result.Status));
        await disposal;
        Assert.False(File.Exists(folder.File("store.db-wal")), "The log was not folded into the file.");
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.ReadAsync(Partition, "row-0", default));
        store = SqlitePartitionStore.Open(folder.File("store.db"));
        Assert.Equal(20, (await Rows()).Count);
    }

    private static EntityOperation.Insert Insert(string row) => new(row, new byte[10]);

    private static EntityOperation.Replace Replace(string row, string etag) => new(row, new byte[20], etag);

    private Task<CommitResult> Commit(string id, params EntityOperation[] operations) =>
        store.CommitAsync(new Commit(Partition, id, operations, default), default).AsTask();

    private async Task<List<string>> Rows() =>
        await store.ReadRangeAsync(Partition, new RowRange("!", "~"), default).Select(entity => entity.RowKey).ToListAsync();

    private HeldFile HoldWriter() => new(folder.File("store.db"));

    /// <summary>Another connection that holds the file's write lock until it is disposed, and then commits.</summary>
    private sealed class HeldFile : IDisposable
    {
        private readonly SqliteConnection connection;

        public HeldFile(string path)
        {
            connection = new SqliteConnection($"Data Source={path};Pooling=False");
            connection.Open();
            Run("BEGIN IMMEDIATE");
        }

        public void Run(string sql) => SqliteSchema.Run(connection, sql);

        public void Dispose()
        {
            Run("COMMIT");
            connection.Dispose();
        }
    }
}
