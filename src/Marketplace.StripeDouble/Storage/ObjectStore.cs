using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace Marketplace.StripeDouble.Storage;

/// <summary>
/// All objects of the double in one SQLite database, one transaction at a time. In a file it is written ahead and synced before
/// an answer leaves, because the real service would not forget an answered call either.
/// </summary>
internal sealed class ObjectStore : IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS objects(seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, type TEXT, owner TEXT, body TEXT);
        CREATE INDEX IF NOT EXISTS objects_by_type ON objects(type, seq);
        CREATE INDEX IF NOT EXISTS objects_by_owner ON objects(owner, type, seq);
        CREATE TABLE IF NOT EXISTS keys(key TEXT PRIMARY KEY, request TEXT, status INTEGER, body TEXT, created INTEGER);
        CREATE INDEX IF NOT EXISTS keys_by_age ON keys(created);
        CREATE TABLE IF NOT EXISTS deliveries(seq INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT, attempts INTEGER);
        CREATE TABLE IF NOT EXISTS counter(name TEXT PRIMARY KEY, value INTEGER);
        """;

    private readonly SqliteConnection connection;
    private readonly Lock gate = new();

    public ObjectStore(string? dataFile)
    {
        connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = dataFile ?? ":memory:", Pooling = false }.ToString());
        connection.Open();
        if (dataFile is not null) Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
        Execute(Schema);
    }

    /// <summary>Runs work alone and commits what it wrote, unless it throws or asks to undo.</summary>
    public T Transact<T>(Func<(T Result, bool Commit)> work)
    {
        lock (gate)
        {
            Execute("BEGIN IMMEDIATE");
            try
            {
                var (result, commit) = work();
                Execute(commit ? "COMMIT" : "ROLLBACK");
                return result;
            }
            catch
            {
                Execute("ROLLBACK");
                throw;
            }
        }
    }

    /// <summary>An id that is never given twice: a prefix and a running number.</summary>
    public string NextId(string prefix)
    {
        Execute("INSERT INTO counter(name, value) VALUES('id', 1) ON CONFLICT(name) DO UPDATE SET value = value + 1");
        return string.Create(CultureInfo.InvariantCulture, $"{prefix}_1Dbl{Scalar("SELECT value FROM counter WHERE name = 'id'"):D12}");
    }

    public JsonObject? Find(string id) => Bodies("SELECT body FROM objects WHERE id = $0", id).FirstOrDefault();

    public void Insert(JsonObject body, string owner = "") =>
        Execute("INSERT INTO objects(id, type, owner, body) VALUES($0, $1, $2, $3)",
            body["id"]!.GetValue<string>(), body["object"]!.GetValue<string>(), owner, body.ToJsonString());

    public void Update(JsonObject body) =>
        Execute("UPDATE objects SET body = $1 WHERE id = $0", body["id"]!.GetValue<string>(), body.ToJsonString());

    public void Delete(string id) => Execute("DELETE FROM objects WHERE id = $0", id);

    /// <summary>Objects of a type that belong to another object, oldest first.</summary>
    public List<JsonObject> Owned(string type, string owner, int limit = int.MaxValue, string? after = null) =>
        Bodies("SELECT body FROM objects WHERE owner = $0 AND type = $1 AND seq > COALESCE((SELECT seq FROM objects WHERE id = $2), 0) ORDER BY seq LIMIT $3",
            owner, type, (object?)after ?? DBNull.Value, limit);

    /// <summary>Objects of a type, newest first.</summary>
    public List<JsonObject> List(string type, IEnumerable<Filter> filters, int limit, string? startingAfter)
    {
        var sql = new StringBuilder("SELECT body FROM objects WHERE type = $0");
        var values = new List<object> { type };
        foreach (var filter in filters)
        {
            values.Add("$." + filter.Path);
            values.Add(filter.Path == "created" ? long.Parse(filter.Value, CultureInfo.InvariantCulture) : filter.Value);
            sql.Append(CultureInfo.InvariantCulture, $" AND json_extract(body, ${values.Count - 2}) {filter.Operator} ${values.Count - 1}");
        }

        if (startingAfter is not null)
        {
            values.Add(startingAfter);
            sql.Append(CultureInfo.InvariantCulture, $" AND seq < (SELECT seq FROM objects WHERE id = ${values.Count - 1})");
        }

        sql.Append(CultureInfo.InvariantCulture, $" ORDER BY seq DESC LIMIT {limit}");
        return Bodies(sql.ToString(), [.. values]);
    }

    /// <summary>The sum of a whole-number field over objects of a type in a currency, created or available up to an instant.</summary>
    public long Sum(string type, string field, string currency, string instantField, long upTo) =>
        Scalar("SELECT COALESCE(SUM(json_extract(body, $1)), 0) FROM objects WHERE type = $0 AND json_extract(body, '$.currency') = $2 AND json_extract(body, $3) <= $4",
            type, "$." + field, currency, "$." + instantField, upTo);

    public KeptAnswer? FindKey(string key)
    {
        using var command = Command("SELECT request, status, body FROM keys WHERE key = $0", key);
        using var reader = command.ExecuteReader();
        return reader.Read() ? new KeptAnswer(reader.GetString(0), reader.GetInt32(1), reader.GetString(2)) : null;
    }

    public void SaveKey(string key, KeptAnswer answer, long now) =>
        Execute("INSERT OR REPLACE INTO keys(key, request, status, body, created) VALUES($0, $1, $2, $3, $4)",
            key, answer.Request, answer.Status, answer.Body, now);

    public void PruneKeys(long createdBefore) => Execute("DELETE FROM keys WHERE created < $0", createdBefore);

    public void EnqueueDelivery(string eventId) => Execute("INSERT INTO deliveries(event, attempts) VALUES($0, 0)", eventId);

    /// <summary>Events that no receiver has acknowledged yet, oldest first, with their delivery number.</summary>
    public List<(long Delivery, JsonObject Event)> Undelivered()
    {
        lock (gate)
        {
            using var command = Command("SELECT d.seq, o.body FROM deliveries d JOIN objects o ON o.id = d.event ORDER BY d.seq LIMIT 100");
            using var reader = command.ExecuteReader();
            var found = new List<(long, JsonObject)>();
            while (reader.Read()) found.Add((reader.GetInt64(0), JsonNode.Parse(reader.GetString(1))!.AsObject()));
            return found;
        }
    }

    public void Delivered(long delivery) =>
        Transact(() =>
        {
            Execute("DELETE FROM deliveries WHERE seq = $0", delivery);
            return (true, true);
        });

    public void Dispose() => connection.Dispose();

    private List<JsonObject> Bodies(string sql, params object[] values)
    {
        using var command = Command(sql, values);
        using var reader = command.ExecuteReader();
        var bodies = new List<JsonObject>();
        while (reader.Read()) bodies.Add(JsonNode.Parse(reader.GetString(0))!.AsObject());
        return bodies;
    }

    private long Scalar(string sql, params object[] values)
    {
        using var command = Command(sql, values);
        return (long)command.ExecuteScalar()!;
    }

    private void Execute(string sql, params object[] values)
    {
        using var command = Command(sql, values);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params object[] values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // every value is a parameter; the text is made of constants
        command.CommandText = sql;
#pragma warning restore CA2100
        for (var i = 0; i < values.Length; i++) command.Parameters.AddWithValue($"${i}", values[i]);
        return command;
    }
}

/// <summary>The first answer to an idempotency key, with a hash of the request that it answered.</summary>
internal sealed record KeptAnswer(string Request, int Status, string Body);
