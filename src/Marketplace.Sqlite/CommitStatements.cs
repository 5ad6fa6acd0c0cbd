using System.Globalization;
using System.Runtime.InteropServices;
using Marketplace.Runtime.Store;
using Microsoft.Data.Sqlite;

namespace Marketplace.Sqlite;

/// <summary>
/// Decides and applies one commit within the open transaction. Conditions are all checked before the first write, so a commit
/// that loses leaves nothing to undo and its neighbours in the transaction go on.
/// </summary>
internal sealed class CommitStatements : IDisposable
{
    private readonly KeyedCommand findETag;
    private readonly KeyedCommand findBody;
    private readonly KeyedCommand insert;
    private readonly KeyedCommand replace;
    private readonly KeyedCommand delete;

    public CommitStatements(SqliteConnection connection)
    {
        const string key = "tbl = $tbl AND partition = $partition AND row = $row";
        findETag = new KeyedCommand(connection, $"SELECT etag FROM entities WHERE {key}", writes: false);
        findBody = new KeyedCommand(connection, $"SELECT body FROM entities WHERE {key}", writes: false);
        insert = new KeyedCommand(connection, "INSERT INTO entities VALUES ($tbl, $partition, $row, $etag, $body)", writes: true);
        replace = new KeyedCommand(connection, $"UPDATE entities SET etag = $etag, body = $body WHERE {key}", writes: true);
        delete = new KeyedCommand(connection, $"DELETE FROM entities WHERE {key}", writes: false);
    }

    /// <param name="commit">What to apply.</param>
    /// <param name="etag">The ETag of all that it writes; never used before.</param>
    public CommitResult Apply(Commit commit, long etag)
    {
        var partition = commit.Partition;
        if (commit.ReceiptRowKey is { } seen && findBody.Find<byte[]>(partition, seen) is { } receipt)
        {
            return CommitResult.AlreadyCommitted(receipt);
        }

        foreach (var operation in commit.Operations)
        {
            if (!Holds(partition, operation)) return CommitResult.Conflict;
        }

        var text = ETags.Format(etag);
        var etags = new Dictionary<string, string>(commit.Operations.Count, StringComparer.Ordinal);
        foreach (var operation in commit.Operations)
        {
            Write(partition, operation, etag);
            if (operation is not EntityOperation.Delete) etags.Add(operation.RowKey, text);
        }

        if (commit.ReceiptRowKey is { } receiptRow) insert.Write(partition, receiptRow, etag, commit.Receipt);
        return CommitResult.Committed(etags);
    }

    public void Dispose()
    {
        foreach (var command in (KeyedCommand[])[findETag, findBody, insert, replace, delete]) command.Dispose();
    }

    private bool Holds(PartitionId partition, EntityOperation operation)
    {
        var found = findETag.Find<long?>(partition, operation.RowKey);
        return operation switch
        {
            EntityOperation.Insert => found is null,
            EntityOperation.Replace replacement => found is not null && ETags.Format(found.Value) == replacement.ETag,
            EntityOperation.Delete deletion => found is not null && ETags.Format(found.Value) == deletion.ETag,
            _ => throw new ArgumentException($"No way to apply {operation.GetType().Name}."),
        };
    }

    private void Write(PartitionId partition, EntityOperation operation, long etag)
    {
        switch (operation)
        {
            case EntityOperation.Insert:
                insert.Write(partition, operation.RowKey, etag, operation.Body);
                break;
            case EntityOperation.Replace:
                replace.Write(partition, operation.RowKey, etag, operation.Body);
                break;
            default:
                delete.Run(partition, operation.RowKey);
                break;
        }
    }

    /// <summary>A prepared statement on one key.</summary>
    private sealed class KeyedCommand : IDisposable
    {
        private readonly SqliteCommand command;
        private readonly SqliteParameter tbl;
        private readonly SqliteParameter partition;
        private readonly SqliteParameter row;
        private readonly SqliteParameter? etag;
        private readonly SqliteParameter? body;

        public KeyedCommand(SqliteConnection connection, string sql, bool writes)
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            tbl = command.Parameters.Add("$tbl", SqliteType.Text);
            partition = command.Parameters.Add("$partition", SqliteType.Text);
            row = command.Parameters.Add("$row", SqliteType.Text);
            if (writes)
            {
                etag = command.Parameters.Add("$etag", SqliteType.Integer);
                body = command.Parameters.Add("$body", SqliteType.Blob);
            }

            command.Prepare();
        }

        public T? Find<T>(PartitionId at, string rowKey)
        {
            SetKey(at, rowKey);
            return (T?)command.ExecuteScalar();
        }

        public void Write(PartitionId at, string rowKey, long newETag, ReadOnlyMemory<byte> content)
        {
            etag!.Value = newETag;
            body!.Value = WholeArray(content);
            Run(at, rowKey);
            body.Value = null;
        }

        public void Run(PartitionId at, string rowKey)
        {
            SetKey(at, rowKey);
            if (command.ExecuteNonQuery() != 1) throw new InvalidOperationException($"One row was to change: {at}/{rowKey}.");
        }

        public void Dispose() => command.Dispose();

        private static byte[] WholeArray(ReadOnlyMemory<byte> content) =>
            MemoryMarshal.TryGetArray(content, out var part) && part.Array is { } array && part.Count == array.Length ? array : content.ToArray();

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
}
