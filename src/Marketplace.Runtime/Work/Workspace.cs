using System.Security.Cryptography;
using System.Text;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Telemetry;
using Marketplace.Runtime.Time;

namespace Marketplace.Runtime.Work;

/// <summary>A commit lost its race more often than is credible; the caller may try again later.</summary>
public sealed class PartitionConflictException(PartitionId partition)
    : Exception($"The partition {partition} kept changing under a commit.");

/// <summary>
/// Runs load, decide, commit. It answers a repetition with the first answer, runs the decision again on fresh state when another
/// writer was faster, and publishes the messages of what was committed.
/// </summary>
public sealed class Workspace(
    IPartitionStore store, IOutboxIndex outboxIndex, IMessagePublisher publisher, MessageRoutes routes, TimeProvider time, IIdSource ids)
{
    private const int MaxConflicts = 20;

    /// <summary>Reads outside a change.</summary>
    public IPartitionStore Store => store;

    /// <summary>
    /// A request from outside. A refusal commits nothing. A repeated key replays the first accepted answer; the same key with
    /// other content is <see cref="Attempt{TValue,TRefusal}.KeyReused"/>.
    /// </summary>
    /// <param name="partition">The one partition that changes.</param>
    /// <param name="key">The idempotency key.</param>
    /// <param name="request">The request, whose serialised form is what repetitions are compared with.</param>
    /// <param name="decide">Loads through the work, decides, and puts and sends what follows. May run more than once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Attempt<TValue, TRefusal>> AttemptAsync<TRequest, TValue, TRefusal>(
        PartitionId partition,
        IdempotencyKey key,
        TRequest request,
        Func<PartitionWork, Task<Result<TValue, TRefusal>>> decide,
        CancellationToken cancellationToken)
        where TRefusal : notnull
    {
        // The refusal's type stands for the use case: one key for two actions on the same id is a reused key, not a repetition.
        var requestHash = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(typeof(TRefusal).Name), 0, .. MarketplaceJson.Serialize(request)]));
        var operationId = "idem:" + key;
        if (await store.ReadAsync(partition, Commit.ReceiptKey(operationId), cancellationToken) is { } seen)
        {
            return Replay<TValue, TRefusal>(seen.Body, requestHash);
        }

        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            var work = new PartitionWork(store, partition);
            var decision = await decide(work);
            if (!decision.TryGet(out var value, out var refusal)) return Attempt<TValue, TRefusal>.Refused(refusal);

            var receipt = MarketplaceJson.Serialize(new Receipt<TValue>(requestHash, value));
            var result = await CommitAsync(work, operationId, receipt, cancellationToken);
            if (result.Status == CommitStatus.Committed) return Attempt<TValue, TRefusal>.Accepted(value, replayed: false);
            if (result.Status == CommitStatus.AlreadyCommitted) return Replay<TValue, TRefusal>(result.Receipt, requestHash);
        }

        throw new PartitionConflictException(partition);
    }

    /// <summary>
    /// The one change that a message brings about. Returns false, and does not run the decision, if the message had its effect before.
    /// </summary>
    /// <param name="partition">The one partition that changes.</param>
    /// <param name="context">The delivery; its message id names the operation.</param>
    /// <param name="decide">Loads through the work, decides, and puts and sends what follows. May run more than once.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<bool> HandleAsync(
        PartitionId partition, MessageContext context, Func<PartitionWork, Task> decide, CancellationToken cancellationToken)
    {
        var operationId = context.Id.ToString();
        if (await store.ReadAsync(partition, Commit.ReceiptKey(operationId), cancellationToken) is not null) return false;
        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            var work = new PartitionWork(store, partition);
            await decide(work);
            var result = await CommitAsync(work, operationId, default, cancellationToken);
            if (result.Status == CommitStatus.Committed) return true;
            if (result.Status == CommitStatus.AlreadyCommitted) return false;
        }

        throw new PartitionConflictException(partition);
    }

    /// <summary>Starts a change that the caller commits itself, such as a writer that keeps its partition's state in memory.</summary>
    public PartitionWork Open(PartitionId partition) => new(store, partition);

    /// <summary>
    /// Commits what a batch of messages brings about, with a receipt for each of them. If it is not committed, another writer was
    /// faster, or some of them had their effect before: <see cref="FindHandledAsync"/> tells which.
    /// </summary>
    public Task<CommitResult> CommitAsync(PartitionWork work, IReadOnlyList<MessageId> handled, CancellationToken cancellationToken)
    {
        foreach (var message in handled.Skip(1)) work.Handled(message);
        return CommitAsync(work, handled[0].ToString(), default, cancellationToken);
    }

    /// <summary>Which of some messages had their effect on a partition before.</summary>
    public async Task<IReadOnlySet<MessageId>> FindHandledAsync(
        PartitionId partition, IEnumerable<MessageId> messages, CancellationToken cancellationToken)
    {
        var handled = new HashSet<MessageId>();
        foreach (var message in messages)
        {
            if (await store.ReadAsync(partition, Commit.ReceiptKey(message.ToString()), cancellationToken) is not null) handled.Add(message);
        }

        return handled;
    }

    /// <summary>Commits a change and publishes its messages.</summary>
    /// <param name="work">The change.</param>
    /// <param name="operationId">See <see cref="Commit.OperationId"/>; null, without messages only, for what is harmless to repeat.</param>
    /// <param name="receipt">What a repetition is answered with.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<CommitResult> CommitAsync(
        PartitionWork work, string? operationId, ReadOnlyMemory<byte> receipt, CancellationToken cancellationToken)
    {
        using var send = work.Sends ? RuntimeTelemetry.StartSend(work.Partition.Table) : null;
        var outbox = work.ToOutbox(routes, ids, time.Now());
        var commit = work.ToCommit(operationId, receipt, outbox);
        if (outbox.Count == 0) return await store.CommitAsync(commit, cancellationToken);

        ArgumentNullException.ThrowIfNull(operationId);
        var marker = await outboxIndex.AnnounceAsync(work.Partition, operationId, cancellationToken);
        var result = await store.CommitAsync(commit, cancellationToken);
        if (result.Status == CommitStatus.Committed)
        {
            RuntimeTelemetry.Record(send, outbox);
            await publisher.PublishAsync([.. outbox.Select(m => new OutboxMessage(work.Partition, result.ETags[OutboxRows.Key(m)], m, marker))]);
        }
        else if (result.Status == CommitStatus.Conflict)
        {
            // After AlreadyCommitted the marker stays: it may have been this very call whose answer was lost, and then nobody has
            // its messages. The sweep finds them, or clears the marker.
            await outboxIndex.ClearAsync(marker, cancellationToken);
        }

        return result;
    }

    private static Attempt<TValue, TRefusal> Replay<TValue, TRefusal>(ReadOnlyMemory<byte> body, string requestHash)
        where TRefusal : notnull
    {
        var receipt = MarketplaceJson.Deserialize<Receipt<TValue>>(body);
        return receipt.RequestHash == requestHash
            ? Attempt<TValue, TRefusal>.Accepted(receipt.Value, replayed: true)
            : Attempt<TValue, TRefusal>.ReusedKey;
    }

    private sealed record Receipt<TValue>(string RequestHash, TValue Value);
}
