using Marketplace.Runtime.Store;
using Marketplace.Sqlite;
using Marketplace.Testing.Store;
using Microsoft.Data.Sqlite;

namespace Marketplace.Conformance.Tests.Sqlite;

public sealed class SqliteFileTests : IDisposable
{
    private static readonly PartitionId Partition = new("files", "p");
    private readonly TemporaryFolder folder = new();

    private string StorePath => folder.File("data/store.db");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Store_that_is_open_elsewhere_is_refused_by_name_until_it_is_closed()
    {
        await using (SqlitePartitionStore.Open(StorePath))
        {
            var refused = Assert.Throws<SqliteStoreInUseException>(() => SqlitePartitionStore.Open(StorePath));
            Assert.Contains(StorePath, refused.Message, StringComparison.Ordinal);
        }

        await using var second = SqlitePartitionStore.Open(StorePath);
    }

    [Fact]
    public async Task Every_commit_is_synced_to_a_write_ahead_log()
    {
        await using (SqlitePartitionStore.Open(StorePath)) { }

        using var writer = SqliteSchema.OpenWriter(StorePath);
        Assert.Equal(2, SqliteSchema.Scalar(writer, "PRAGMA synchronous"));
        using var mode = writer.CreateCommand();
        mode.CommandText = "PRAGMA journal_mode";
        Assert.Equal("wal", mode.ExecuteScalar());
    }

    [Fact]
    public async Task File_of_another_version_or_of_another_program_is_refused_and_left_alone()
    {
        await using (SqlitePartitionStore.Open(StorePath)) { }
        Change(StorePath, $"PRAGMA user_version = {SqliteSchema.Version + 1}");
        Assert.Throws<InvalidDataException>(() => SqlitePartitionStore.Open(StorePath));

        Change(folder.File("photos.db"), "CREATE TABLE photos (name TEXT)");
        Assert.Throws<InvalidDataException>(() => SqlitePartitionStore.Open(folder.File("photos.db")));

        // What was refused is not kept locked.
        Change(StorePath, $"PRAGMA user_version = {SqliteSchema.Version}");
        await using var reopened = SqlitePartitionStore.Open(StorePath);
    }

    [Fact]
    public async Task Etags_do_not_repeat_across_restarts()
    {
        var etags = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            await using var store = SqlitePartitionStore.Open(StorePath);
            var inserted = await store.CommitAsync(new Commit(Partition, null, [new EntityOperation.Insert("a", default)], default), default);
            etags.Add(inserted.ETags["a"]);
            await store.CommitAsync(new Commit(Partition, null, [new EntityOperation.Delete("a", etags[^1])], default), default);
        }

        Assert.Equal(3, etags.Distinct().Count());
    }

    [Fact]
    public async Task Sweep_uses_the_partial_index_and_never_walks_the_table()
    {
        await using (SqlitePartitionStore.Open(StorePath)) { }
        using var connection = SqliteSchema.OpenReader(StorePath);
        using var explain = connection.CreateCommand();
        explain.CommandText = "EXPLAIN QUERY PLAN " + SqliteReader.OutboxQuery;
        foreach (var name in new[] { "$1", "$2", "$3" }) explain.Parameters.AddWithValue(name, "");
        using var plan = explain.ExecuteReader();
        Assert.True(plan.Read());
        Assert.StartsWith("SEARCH entities USING COVERING INDEX outbox", plan.GetString(3), StringComparison.Ordinal);
    }

    private static void Change(string path, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        SqliteSchema.Run(connection, sql);
    }
}
