using System.Security.Cryptography;
using System.Text;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.ServiceBus.Receive;

/// <summary>
/// The rows of sessions that wait: what the bus cannot say. A row for the head and one for every message behind it. Each change also
/// writes the head, so that its ETag tells of them all: who acts on an old view has a conflict, however long he slept.
/// </summary>
public sealed class SessionRows(IPartitionStore store)
{
    /// <summary>The table of sessions that wait.</summary>
    public const string Table = "sessions";

    /// <summary>The most parked messages that one delivery goes on with: with their deletions and the head they fit one commit.</summary>
    public const int MostAtOnce = 48;

    private const string HeadRow = "head";
    private const string ParkedPrefix = "parked!";

    /// <summary>The partition of a session.</summary>
    public static PartitionId PartitionOf(string queue, string key)
    {
        var readable = $"{queue}!{Uri.EscapeDataString(key)}";
        return new PartitionId(Table, readable.Length <= 200 ? readable : $"{queue}!sha256-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))}");
    }

    /// <summary>Reads whether a session waits.</summary>
    public async Task<WaitingSession> ReadAsync(string queue, string key, CancellationToken cancellationToken) =>
        await store.ReadAsync(PartitionOf(queue, key), HeadRow, cancellationToken) is { } row
            ? new WaitingSession(queue, key, MarketplaceJson.Deserialize<SessionHead>(row.Body), row.ETag)
            : new WaitingSession(queue, key, null, null);

    /// <summary>The first messages that wait, in the order of their ids, and whether there are more.</summary>
    public async Task<(IReadOnlyList<ParkedMessage> First, bool More)> ReadParkedAsync(WaitingSession session, CancellationToken cancellationToken)
    {
        var parked = new List<ParkedMessage>();
        await foreach (var row in store.ReadRangeAsync(session.Partition, RowRange.StartingWith(ParkedPrefix), cancellationToken))
        {
            if (parked.Count == MostAtOnce) return (parked, true);
            parked.Add(MarketplaceJson.Deserialize<ParkedMessage>(row.Body));
        }

        return (parked, false);
    }

    /// <summary>Has messages wait that arrived in a session that waits. One that waits already keeps its tries. Null after a conflict.</summary>
    /// <param name="session">As it was read.</param>
    /// <param name="head">What it waits for now.</param>
    /// <param name="arrived">The messages, at most <see cref="Runtime.Messages.MessageRoute.MaxBatch"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<WaitingSession?> ParkAsync(
        WaitingSession session, SessionHead head, IReadOnlyList<ParkedMessage> arrived, CancellationToken cancellationToken)
    {
        var added = new List<ParkedMessage>();
        foreach (var message in arrived)
        {
            var known = await store.ReadAsync(session.Partition, ParkedPrefix + message.Pointer.MessageId, cancellationToken);
            if (known is null || MarketplaceJson.Deserialize<ParkedMessage>(known.Body).Pointer != message.Pointer) added.Add(message);
        }

        return await WriteAsync(session, head, added, [], cancellationToken);
    }

    /// <summary>
    /// Writes what a session waits for, and which messages wait or wait no longer. Returns the session as it is now, or null after a
    /// conflict: another receiver was faster.
    /// </summary>
    /// <param name="session">As it was read.</param>
    /// <param name="head">What it waits for now; null for nothing.</param>
    /// <param name="park">Messages that wait from now on, or were tried once more.</param>
    /// <param name="release">Messages that may have waited and do no longer.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<WaitingSession?> WriteAsync(
        WaitingSession session, SessionHead? head, IEnumerable<ParkedMessage> park, IEnumerable<MessageId> release, CancellationToken cancellationToken)
    {
        var operations = new List<EntityOperation>();
        foreach (var message in park)
        {
            var row = ParkedPrefix + message.Pointer.MessageId;
            var body = MarketplaceJson.Serialize(message);
            // A session that did not wait has no such rows.
            var known = session.ETag is null ? null : await store.ReadAsync(session.Partition, row, cancellationToken);
            operations.Add(known is null ? new EntityOperation.Insert(row, body) : new EntityOperation.Replace(row, body, known.ETag));
        }

        foreach (var id in release)
        {
            if (await store.ReadAsync(session.Partition, ParkedPrefix + id, cancellationToken) is { } row) operations.Add(new EntityOperation.Delete(row.RowKey, row.ETag));
        }

        if (head is not null) operations.Add(session.ETag is null ? new EntityOperation.Insert(HeadRow, MarketplaceJson.Serialize(head)) : new EntityOperation.Replace(HeadRow, MarketplaceJson.Serialize(head), session.ETag));
        else if (session.ETag is not null) operations.Add(new EntityOperation.Delete(HeadRow, session.ETag));
        if (operations.Count == 0) return session;

        var result = await store.CommitAsync(new Commit(session.Partition, null, operations, default), cancellationToken);
        return result.Status == CommitStatus.Committed ? session with { Head = head, ETag = result.ETags.GetValueOrDefault(HeadRow) } : null;
    }
}
