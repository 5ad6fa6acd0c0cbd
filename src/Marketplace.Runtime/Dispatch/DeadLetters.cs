using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Telemetry;
using Marketplace.Runtime.Time;

namespace Marketplace.Runtime.Dispatch;

/// <summary>
/// The dead-letter store. Letters and the marks of stopped sessions share one partition, so that a letter and the stop of its
/// session are one commit, and a resubmission lifts both in one.
/// </summary>
public sealed class DeadLetters(IPartitionStore store, TimeProvider time)
{
    /// <summary>The partition of dead letters, stopped sessions and resubmitted messages.</summary>
    public static readonly PartitionId Partition = new("deadletters", "letters");

    private const string LetterPrefix = "letter!";
    private const string StoppedPrefix = "stopped!";
    private const int MaxConflicts = 20;

    /// <summary>Sets a message aside. Repeating it replaces the letter.</summary>
    public async Task AddAsync(OutboxMessage source, string reason, int attempts, bool stopSession, CancellationToken cancellationToken)
    {
        var message = source.Message;
        var letter = new DeadLetter(message, reason, attempts, time.Now(), source.Partition.Table, source.Partition.Partition, stopSession);
        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            var operations = new List<EntityOperation> { await PutAsync(LetterKey(message.Id), letter, cancellationToken) };
            if (stopSession)
            {
                var stopped = new StoppedSession(message.Queue, message.SessionKey, message.Id);
                operations.Add(await PutAsync(StoppedKey(message), stopped, cancellationToken));
            }

            // No receipt: a message may be set aside again after it was resubmitted.
            var result = await store.CommitAsync(new Commit(Partition, null, operations, default), cancellationToken);
            if (result.Status != CommitStatus.Committed) continue;
            RuntimeTelemetry.RecordDeadLetter(message);
            return;
        }

        throw new Work.PartitionConflictException(Partition);
    }

    /// <summary>The letter of a message, or null.</summary>
    public async Task<DeadLetter?> ReadAsync(MessageId id, CancellationToken cancellationToken) =>
        await store.ReadAsync(Partition, LetterKey(id), cancellationToken) is { } row ? MarketplaceJson.Deserialize<DeadLetter>(row.Body) : null;

    /// <summary>Lists letters, newest message first.</summary>
    /// <param name="limit">1 to 1,000.</param>
    /// <param name="after">The last message of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<DeadLetterPage> ListAsync(int limit, MessageId? after, CancellationToken cancellationToken)
    {
        var range = RowRange.StartingWith(LetterPrefix);
        if (after is { } last) range = range.After(LetterKey(last));
        var items = new List<DeadLetter>();
        await foreach (var row in store.ReadRangeAsync(Partition, range, cancellationToken))
        {
            if (items.Count == limit) return new DeadLetterPage(items, items[^1].Message.Id);
            items.Add(MarketplaceJson.Deserialize<DeadLetter>(row.Body));
        }

        return new DeadLetterPage(items, null);
    }

    /// <summary>The sessions that wait for a resubmission.</summary>
    public async Task<IReadOnlyList<StoppedSession>> StoppedSessionsAsync(CancellationToken cancellationToken)
    {
        var sessions = new List<StoppedSession>();
        await foreach (var row in store.ReadRangeAsync(Partition, RowRange.StartingWith(StoppedPrefix), cancellationToken))
        {
            sessions.Add(MarketplaceJson.Deserialize<StoppedSession>(row.Body));
        }

        return sessions;
    }

    internal static string LetterKey(MessageId id) => LetterPrefix + Ulid.Reverse(id.ToString()[(MessageKind.Prefix.Length + 1)..]);

    internal static string StoppedKey(Message message) => $"{StoppedPrefix}{message.Queue}!{Uri.EscapeDataString(message.SessionKey)}";

    private async Task<EntityOperation> PutAsync<T>(string rowKey, T value, CancellationToken cancellationToken)
    {
        var body = MarketplaceJson.Serialize(value);
        return await store.ReadAsync(Partition, rowKey, cancellationToken) is { } row
            ? new EntityOperation.Replace(rowKey, body, row.ETag)
            : new EntityOperation.Insert(rowKey, body);
    }
}
