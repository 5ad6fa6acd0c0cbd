using Marketplace.Runtime.Store;
using Microsoft.Data.Sqlite;

namespace Marketplace.Sqlite;

/// <summary>A connection that reads: it sees the last committed state and neither waits for the writer nor makes it wait.</summary>
internal sealed class SqliteReader : IDisposable
{
    /// <summary>A page ends after this many bytes, whatever its count.</summary>
    public const long MaxPageBytes = 4 * 1024 * 1024;

    internal const string OutboxQuery = $"""
        SELECT DISTINCT tbl, partition FROM entities INDEXED BY outbox
        WHERE {SqliteSchema.IsOutboxRow} AND (tbl, partition) > ($1, $2) ORDER BY tbl, partition LIMIT $3
        """;

    private readonly SqliteConnection connection;
    private readonly SqliteCommand one;
    private readonly SqliteCommand range;
    private readonly SqliteCommand outbox;

    public SqliteReader(string path)
    {
        connection = SqliteSchema.OpenReader(path);
        one = Prepare("SELECT row, etag, body FROM entities WHERE tbl = $1 AND partition = $2 AND row = $3", 3);
        range = Prepare(
            "SELECT row, etag, body FROM entities WHERE tbl = $1 AND partition = $2 AND row >= $3 AND row < $4 ORDER BY row LIMIT $5", 5);
        outbox = Prepare(OutboxQuery, 3);
    }

    public Entity? Read(PartitionId partition, string rowKey)
    {
        using var rows = Run(one, partition.Table, partition.Partition, rowKey);
        return rows.Read() ? ToEntity(rows) : null;
    }

    public EntityPage ReadPage(PartitionId partition, string from, string to, int limit)
    {
        var entities = new List<Entity>();
        var bytes = 0L;
        using var rows = Run(range, partition.Table, partition.Partition, from, to, limit + 1);
        while (rows.Read())
        {
            if (entities.Count == limit || bytes >= MaxPageBytes) return new EntityPage(entities, rows.GetString(0));
            var entity = ToEntity(rows);
            entities.Add(entity);
            bytes += entity.Body.Length;
        }

        return new EntityPage(entities, null);
    }

    /// <summary>The next partitions, in their order, that hold outbox rows.</summary>
    public List<PartitionId> ReadOutboxPartitions(PartitionId after, int limit)
    {
        var partitions = new List<PartitionId>();
        using var rows = Run(outbox, after.Table, after.Partition, limit);
        while (rows.Read()) partitions.Add(new PartitionId(rows.GetString(0), rows.GetString(1)));
        return partitions;
    }

    public void Dispose()
    {
        one.Dispose();
        range.Dispose();
        outbox.Dispose();
        connection.Dispose();
    }

    private static Entity ToEntity(SqliteDataReader row) => new(row.GetString(0), ETags.Format(row.GetInt64(1)), row.GetFieldValue<byte[]>(2));

    private static SqliteDataReader Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        return command.ExecuteReader();
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++) command.Parameters.Add(new SqliteParameter($"${i}", null));
        return command;
    }
}
