using System.Globalization;
using System.Runtime.InteropServices;
using Marketplace.Runtime.Store;
using Microsoft.Data.Sqlite;

namespace Marketplace.Sqlite;

/// <summary>
/// Applies commits, one by one, within a transaction. Every write carries its own condition and changes no row if that does not hold;
/// then the savepoint takes back what the commit wrote before, and its neighbours in the transaction go on.
/// </summary>
internal sealed class CommitStatements : IDisposable
{
    private readonly SqliteCommand begin;
    private readonly SqliteCommand commit;
    private readonly SqliteCommand savepoint;
    private readonly SqliteCommand rollback;
    private readonly SqliteCommand release;
    private readonly KeyedCommand findBody;
    private readonly KeyedCommand insert;
    private readonly KeyedCommand replace;
    private readonly KeyedCommand delete;

    public CommitStatements(SqliteConnection connection)
    {
        const string key = "tbl = $tbl AND partition = $partition AND row = $row";
        begin = Prepare(connection, "BEGIN IMMEDIATE");
        commit = Prepare(connection, "COMMIT");
        savepoint = Prepare(connection, "SAVEPOINT one_commit");
        rollback = Prepare(connection, "ROLLBACK TO one_commit");
        release = Prepare(connection, "RELEASE one_commit");
        findBody = new KeyedCommand(connection, $"SELECT body FROM entities WHERE {key}");
        insert = new KeyedCommand(connection, "INSERT INTO entities VALUES ($tbl, $partition, $row, $etag, $body) ON CONFLICT DO NOTHING", "$etag", "$body");
        replace = new KeyedCommand(connection, $"UPDATE entities SET etag = $etag, body = $body WHERE {key} AND etag = $known", "$etag", "$body", "$known");
        delete = new KeyedCommand(connection, $"DELETE FROM entities WHERE {key} AND etag = $known", "$known");
    }

    /// <summary>Opens the transaction.</summary>
    public void Begin() => begin.ExecuteNonQuery();

    /// <summary>Ends the transaction and waits for its sync.</summary>
    public void End() => commit.ExecuteNonQuery();

    /// <param name="commit">What to apply.</param>
    /// <param name="etag">The ETag of all that it writes; never used before.</param>
    public CommitResult Apply(Commit commit, long etag)
    {
        savepoint.ExecuteNonQuery();
        var result = Write(commit, etag);
        if (result.Status != CommitStatus.Committed) rollback.ExecuteNonQuery();
        release.ExecuteNonQuery();
        return result;
    }

    public void Dispose()
    {
        foreach (var command in (IDisposable[])[begin, commit, savepoint, rollback, release, findBody, insert, replace, delete]) command.Dispose();
    }

    private CommitResult Write(Commit commit, long etag)
    {
        var partition = commit.Partition;
        if (commit.ReceiptRowKey is { } receipt && !insert.Changes(partition, receipt, etag, WholeArray(commit.Receipt)))
        {
            return CommitResult.AlreadyCommitted(findBody.Find<byte[]>(partition, receipt));
        }

        var text = ETags.Format(etag);
        var etags = new Dictionary<string, string>(commit.Operations.Count, StringComparer.Ordinal);
        foreach (var operation in commit.Operations)
        {
            if (!Changes(partition, operation, etag)) return CommitResult.Conflict;
            if (operation is not EntityOperation.Delete) etags.Add(operation.RowKey, text);
        }

        return CommitResult.Committed(etags);
    }

    private bool Changes(PartitionId partition, EntityOperation operation, long etag) => operation switch
    {
        EntityOperation.Insert => insert.Changes(partition, operation.RowKey, etag, WholeArray(operation.Body)),
        EntityOperation.Replace replacement => ETags.TryParse(replacement.ETag, out var known)
            && replace.Changes(partition, operation.RowKey, etag, WholeArray(operation.Body), known),
        EntityOperation.Delete deletion => ETags.TryParse(deletion.ETag, out var known) && delete.Changes(partition, operation.RowKey, known),
        _ => throw new ArgumentException($"No way to apply {operation.GetType().Name}."),
    };

    private static byte[] WholeArray(ReadOnlyMemory<byte> content) =>
        MemoryMarshal.TryGetArray(content, out var part) && part.Array is { } array && part.Count == array.Length ? array : content.ToArray();

    private static SqliteCommand Prepare(SqliteConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Prepare();
        return command;
    }

    /// <summary>A prepared statement on one key.</summary>
    private sealed class KeyedCommand : IDisposable
    {
        private readonly SqliteCommand command;
        private readonly SqliteParameter tbl;
        private readonly SqliteParameter partition;
        private readonly SqliteParameter row;
        private readonly SqliteParameter[] others;

        public KeyedCommand(SqliteConnection connection, string sql, params string[] others)
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            tbl = command.Parameters.Add("$tbl", SqliteType.Text);
            partition = command.Parameters.Add("$partition", SqliteType.Text);
            row = command.Parameters.Add("$row", SqliteType.Text);
            this.others = [.. others.Select(name => command.Parameters.Add(name, name == "$body" ? SqliteType.Blob : SqliteType.Integer))];
            command.Prepare();
        }

        public T? Find<T>(PartitionId at, string rowKey)
        {
            SetKey(at, rowKey);
            return (T?)command.ExecuteScalar();
        }

        /// <summary>Runs with values in the order of the parameters' names. False if no row met the condition.</summary>
        public bool Changes(PartitionId at, string rowKey, params ReadOnlySpan<object> values)
        {
            SetKey(at, rowKey);
            for (var i = 0; i < values.Length; i++) others[i].Value = values[i];
            return command.ExecuteNonQuery() == 1;
        }

        public void Dispose() => command.Dispose();

        private void SetKey(PartitionId at, string rowKey)
        {
            tbl.Value = at.Table;
            partition.Value = at.Partition;
            row.Value = rowKey;
        }
    }
}

/// <summary>ETags are numbers in the file and hexadecimal text outside.</summary>
internal static class ETags
{
    public static string Format(long etag) => etag.ToString("x", CultureInfo.InvariantCulture);

    public static bool TryParse(string text, out long etag) => long.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out etag);
}
