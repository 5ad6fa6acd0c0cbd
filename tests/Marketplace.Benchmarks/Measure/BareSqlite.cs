using System.Runtime.InteropServices;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Store;
using Microsoft.Data.Sqlite;

namespace Marketplace.Benchmarks.Measure;

/// <summary>
/// The yardstick of the durable path: the same rows with the same bytes in the same transactions, each with a full sync, into a table
/// of the same form, by one thread and prepared statements. No conditions, no receipts to look for, nobody who waits.
/// </summary>
internal static class BareSqlite
{
    private const string Setup = """
        PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY;
        CREATE TABLE entities (
            tbl TEXT NOT NULL, partition TEXT NOT NULL, row TEXT NOT NULL, etag INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (tbl, partition, row)) WITHOUT ROWID;
        CREATE INDEX outbox ON entities (tbl, partition) WHERE row >= 'outbox!' AND row < 'outbox"';
        """;

    /// <summary>Writes commits, whose bodies are arrays of their own, and gives the time that it took.</summary>
    public static Elapsed Write(IReadOnlyList<Commit> commits)
    {
        using var folder = new TemporaryFolder();
        using var connection = new SqliteConnection($"Data Source={folder.File("bare.db")};Pooling=False");
        connection.Open();
        using (var setup = Prepare(connection, Setup)) setup.ExecuteNonQuery();
        using var begin = Prepare(connection, "BEGIN IMMEDIATE");
        using var commit = Prepare(connection, "COMMIT");
        using var insert = Prepare(connection, "INSERT INTO entities VALUES ($tbl, $partition, $row, $etag, $body)", "$tbl", "$partition", "$row", "$etag", "$body");
        const string key = "tbl = $tbl AND partition = $partition AND row = $row";
        using var update = Prepare(connection, $"UPDATE entities SET etag = $etag, body = $body WHERE {key}", "$tbl", "$partition", "$row", "$etag", "$body");
        using var delete = Prepare(connection, $"DELETE FROM entities WHERE {key}", "$tbl", "$partition", "$row");

        var began = Elapsed.Begin();
        var etag = 0L;
        foreach (var one in commits)
        {
            begin.ExecuteNonQuery();
            etag++;
            foreach (var operation in one.Operations)
            {
                var statement = operation switch { EntityOperation.Insert => insert, EntityOperation.Replace => update, _ => delete };
                Run(statement, one.Partition, operation.RowKey, etag, operation.Body);
            }

            if (one.ReceiptRowKey is { } receipt) Run(insert, one.Partition, receipt, etag, one.Receipt);
            commit.ExecuteNonQuery();
        }

        return began.End();
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql, params string[] parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter(name, null));
        if (parameters.Length > 0) command.Prepare();
        return command;
    }

    private static void Run(SqliteCommand statement, PartitionId partition, string row, long etag, ReadOnlyMemory<byte> body)
    {
        var parameters = statement.Parameters;
        parameters[0].Value = partition.Table;
        parameters[1].Value = partition.Partition;
        parameters[2].Value = row;
        if (parameters.Count > 3)
        {
            parameters[3].Value = etag;
            parameters[4].Value = MemoryMarshal.TryGetArray(body, out var array) ? array.Array : [];
        }

        if (statement.ExecuteNonQuery() != 1) throw new InvalidOperationException($"{row} was not written.");
    }
}
