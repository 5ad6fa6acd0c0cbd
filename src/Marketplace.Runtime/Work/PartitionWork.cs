using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using NodaTime;

namespace Marketplace.Runtime.Work;

/// <summary>
/// One change of one partition in the making: what was read is remembered with its ETag, what is put, deleted and sent is
/// gathered, and all of it becomes one commit. Not thread-safe; used once.
/// </summary>
public sealed class PartitionWork
{
    // No row has this ETag: who deletes what came only after it was looked for has a conflict.
    private const string WasAbsent = "absent";
    private readonly IPartitionStore store;

    // As they were read first, null where there was no row: what was decided on them must still hold when it is committed.
    private readonly Dictionary<string, string?> etags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReadOnlyMemory<byte>?> writes = new(StringComparer.Ordinal);
    private readonly List<(object Message, Type Contract, Instant? DueAt)> messages = [];
    private readonly List<Message> resent = [];
    private readonly List<MessageId> handled = [];

    internal PartitionWork(IPartitionStore store, PartitionId partition) => (this.store, Partition) = (store, partition);

    /// <summary>The partition that changes.</summary>
    public PartitionId Partition { get; }

    internal IReadOnlyList<(object Message, Type Contract, Instant? DueAt)> Messages => messages;

    /// <summary>Whether the commit sends anything.</summary>
    internal bool Sends => messages.Count > 0 || resent.Count > 0;

    /// <summary>Reads a row, or null if there is none. A later put or delete holds only if it did not change since it was read first.</summary>
    public async Task<T?> ReadAsync<T>(string rowKey, CancellationToken cancellationToken)
        where T : class
    {
        var entity = await store.ReadAsync(Partition, rowKey, cancellationToken);
        etags.TryAdd(rowKey, entity?.ETag);
        if (entity is null) return null;
        return MarketplaceJson.Deserialize<T>(entity.Body);
    }

    /// <summary>Reads a range of rows in ordinal order.</summary>
    public async IAsyncEnumerable<(string RowKey, T Value)> ReadRangeAsync<T>(
        RowRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        await foreach (var entity in store.ReadRangeAsync(Partition, range, cancellationToken))
        {
            etags.TryAdd(entity.RowKey, entity.ETag);
            yield return (entity.RowKey, MarketplaceJson.Deserialize<T>(entity.Body));
        }
    }

    /// <summary>Replaces a row that was read, or creates one that was not or was absent.</summary>
    public void Put<T>(string rowKey, T value)
        where T : class => writes[rowKey] = MarketplaceJson.Serialize(value);

    /// <summary>Like <see cref="Put{T}"/>, for a body that is not JSON.</summary>
    public void PutBytes(string rowKey, ReadOnlyMemory<byte> body) => writes[rowKey] = body;

    /// <summary>Deletes a row that was read.</summary>
    public void Delete(string rowKey)
    {
        if (!etags.ContainsKey(rowKey)) throw new InvalidOperationException($"Row '{rowKey}' was not read before it was deleted.");
        writes[rowKey] = null;
    }

    /// <summary>
    /// Replaces or deletes against an ETag known from elsewhere, such as a cached header. The ETag fences off another writer.
    /// </summary>
    public void Expect(string rowKey, string etag) => etags[rowKey] = etag;

    /// <summary>Sends a message to whoever handles it, with the commit.</summary>
    /// <param name="message">The command or event.</param>
    /// <param name="dueAt">Not to be handled earlier; null for at once.</param>
    public void Send<TMessage>(TMessage message, Instant? dueAt = null)
        where TMessage : IMessage => messages.Add((message, typeof(TMessage), dueAt));

    /// <summary>Sends a stored message once more, under its own id.</summary>
    internal void Resend(Message message) => resent.Add(message);

    /// <summary>Leaves a receipt for a message besides the one that names the commit. It conflicts if there is one.</summary>
    internal void Handled(MessageId message) => handled.Add(message);

    internal Commit ToCommit(string? operationId, ReadOnlyMemory<byte> receipt, IReadOnlyList<Message> outbox)
    {
        var operations = new List<EntityOperation>(writes.Count + outbox.Count + handled.Count);
        foreach (var (rowKey, body) in writes)
        {
            var etag = etags.GetValueOrDefault(rowKey);
            operations.Add(body is null ? new EntityOperation.Delete(rowKey, etag ?? WasAbsent)
                : etag is not null ? new EntityOperation.Replace(rowKey, body.Value, etag)
                : new EntityOperation.Insert(rowKey, body.Value));
        }

        foreach (var message in outbox)
        {
            operations.Add(new EntityOperation.Insert(OutboxRows.Key(message), MarketplaceJson.Serialize(message)));
        }

        foreach (var message in handled) operations.Add(new EntityOperation.Insert(Commit.ReceiptKey(message.ToString()), default));
        return new Commit(Partition, operationId, operations, receipt);
    }

    internal List<Message> ToOutbox(MessageRoutes routes, IIdSource ids, Instant now)
    {
        var outbox = new List<Message>(resent);
        var traceParent = Activity.Current?.Id;
        foreach (var (message, contract, dueAt) in messages)
        {
            var body = default(JsonElement);
            foreach (var route in routes.Of(contract))
            {
                if (body.ValueKind == JsonValueKind.Undefined) body = JsonSerializer.SerializeToElement(message, contract, MarketplaceJson.Options);
                outbox.Add(new Message(
                    Id<MessageKind>.From(ids.Next()), route.Type, route.Queue, route.SessionKey(message), now, dueAt, traceParent, body));
            }
        }

        return outbox;
    }
}
