using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Marketplace.Sqlite;

/// <summary>The layout of the file, and how its connections are set up.</summary>
internal static class SqliteSchema
{
    /// <summary>Kept in <c>user_version</c>; a file of another version is refused.</summary>
    public const int Version = 1;

    /// <summary>What makes a row an outbox row; the partial index and the sweep must say it in the same words.</summary>
    public const string IsOutboxRow = "row >= 'outbox!' AND row < 'outbox\"'";

    // Keys compare as bytes, which is the ordinal order, because keys are ASCII. Without a rowid the table is one tree in key
    // order: a range read is one walk.
    private const string Create = $"""
        CREATE TABLE entities (
            tbl TEXT NOT NULL, partition TEXT NOT NULL, row TEXT NOT NULL, etag INTEGER NOT NULL, body BLOB NOT NULL,
            PRIMARY KEY (tbl, partition, row)) WITHOUT ROWID;
        CREATE INDEX outbox ON entities (tbl, partition) WHERE {IsOutboxRow};
        CREATE TABLE openings (count INTEGER NOT NULL);
        INSERT INTO openings VALUES (0);
        PRAGMA user_version = 1;
        """;

    public static SqliteConnection OpenWriter(string path)
    {
        var connection = Open(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            // fullfsync matters on macOS only, where a plain sync leaves data in the drive's cache.
            Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;");
            Run(connection, "PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY;");
            CreateOrCheck(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static SqliteConnection OpenReader(string path)
    {
        var connection = Open(path, SqliteOpenMode.ReadWrite);
        Run(connection, "PRAGMA query_only = ON; PRAGMA cache_size = -8000;");
        return connection;
    }

    /// <summary>Counts this opening; the count is the upper part of the ETags, so that they never repeat.</summary>
    public static long CountOpening(SqliteConnection writer) =>
        Scalar(writer, "UPDATE openings SET count = count + 1 RETURNING count");

    public static long Scalar(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var text = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 30 };
        var connection = new SqliteConnection(text.ToString());
        connection.Open();
        return connection;
    }

    private static void CreateOrCheck(SqliteConnection connection)
    {
        var found = Scalar(connection, "PRAGMA user_version");
        if (found == 0 && Scalar(connection, "SELECT count(*) FROM sqlite_schema") == 0)
        {
            using var transaction = connection.BeginTransaction();
            using var command = connection.CreateCommand();
            command.Transaction = transaction;
            command.CommandText = Create;
            command.ExecuteNonQuery();
            transaction.Commit();
        }
        else if (found != Version)
        {
            throw new InvalidDataException($"'{connection.DataSource}' is a store of version {found}; this program reads and writes version {Version}.");
        }
    }
}
