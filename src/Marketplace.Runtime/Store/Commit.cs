namespace Marketplace.Runtime.Store;

/// <summary>
/// A change of one partition: all operations or none. The store adds a receipt row under the operation id, so that a repeated
/// commit is recognised even when the answer to the first was lost.
/// </summary>
/// <param name="Partition">The one partition that changes.</param>
/// <param name="OperationId">
/// Names the intent, not the attempt: a message id, or an idempotency key. 1 to 300 characters, which make at most 491 once those
/// that keys don't allow are percent-encoded. Null, and then there is no receipt,
/// only for a change that is harmless to repeat, such as deleting a delivered outbox row.
/// </param>
/// <param name="Operations">At most <see cref="MaxOperations"/>, each row key once.</param>
/// <param name="Receipt">What a repetition is answered with; may be empty.</param>
public sealed record Commit(
    PartitionId Partition, string? OperationId, IReadOnlyList<EntityOperation> Operations, ReadOnlyMemory<byte> Receipt)
{
    /// <summary>The most operations of one commit: the batch limit of Azure tables, less the receipt.</summary>
    public const int MaxOperations = 99;

    /// <summary>
    /// The largest body. An Azure table entity may have 1 MiB with its keys; the service counts bytes, its emulator the base64
    /// text of them, and this passes both.
    /// </summary>
    public const int MaxBodyBytes = 760 * 1024;

    /// <summary>
    /// The largest sum of bodies: an Azure table batch has 4 MiB on the wire, where bodies travel as base64 (4 bytes for 3) and
    /// 100 operations need up to 350 kB for their headers and keys.
    /// </summary>
    public const int MaxCommitBytes = 2_800_000;

    /// <summary>
    /// Receipt rows start with this; callers' rows must not. A commit that is the effect of several messages inserts the receipts of
    /// the others itself, and conflicts if there is one of them.
    /// </summary>
    public const string ReceiptPrefix = "~receipt!";

    /// <summary>The row key of this commit's receipt; null where it leaves none.</summary>
    public string? ReceiptRowKey => OperationId is null ? null : ReceiptKey(OperationId);

    /// <summary>The row key of a receipt.</summary>
    public static string ReceiptKey(string operationId) => ReceiptPrefix + Uri.EscapeDataString(operationId);

    /// <summary>
    /// Refuses what one of the stores would refuse, or what an emulator lets through and the service does not. Every adapter
    /// calls it before it writes.
    /// </summary>
    /// <exception cref="ArgumentException">A limit is exceeded or a key is malformed; our own mistake, never a caller's.</exception>
    public void CheckLimits()
    {
        Keys.Check(Partition);
        var rows = new HashSet<string>(Operations.Count + 1, StringComparer.Ordinal);
        if (ReceiptRowKey is { } receiptRow)
        {
            if (OperationId is not { Length: >= 1 and <= 300 }) throw Broken("an operation id of 1 to 300 characters");
            Keys.CheckRow(receiptRow);
            rows.Add(receiptRow);
        }
        else if (Operations.Count == 0 || !Receipt.IsEmpty)
        {
            throw Broken("an operation id or operations, and no receipt without an operation id");
        }

        if (Operations.Count > MaxOperations) throw Broken($"at most {MaxOperations} operations, not {Operations.Count}");
        var total = (long)Receipt.Length;
        foreach (var operation in Operations)
        {
            Check(operation);
            if (!rows.Add(operation.RowKey)) throw Broken($"each row once, not '{operation.RowKey}' twice");
            total += operation.Body.Length;
        }

        if (Receipt.Length > MaxBodyBytes || total > MaxCommitBytes) throw Broken($"at most {MaxCommitBytes} bytes in all, not {total}");
    }

    private static void Check(EntityOperation operation)
    {
        var (row, body) = (operation.RowKey, operation.Body);
        Keys.CheckRow(row);
        if (body.Length > MaxBodyBytes) throw Broken($"bodies of at most {MaxBodyBytes} bytes, not {body.Length} in '{row}'");
        if (!row.StartsWith(ReceiptPrefix, StringComparison.Ordinal)) return;
        if (operation is not EntityOperation.Insert { Body.IsEmpty: true }) throw Broken("of receipt rows only new and empty ones");
    }

    private static ArgumentException Broken(string rule) => new($"A commit must have {rule}.");
}

/// <summary>One change of one entity, with the condition under which it applies.</summary>
/// <param name="RowKey">The entity's key within the partition.</param>
/// <param name="Body">The new content; empty for a deletion.</param>
public abstract record EntityOperation(string RowKey, ReadOnlyMemory<byte> Body)
{
    /// <summary>Creates an entity; conflicts if it exists.</summary>
    public sealed record Insert(string RowKey, ReadOnlyMemory<byte> Body) : EntityOperation(RowKey, Body);

    /// <summary>Replaces an entity; conflicts unless its ETag is still the one given.</summary>
    public sealed record Replace(string RowKey, ReadOnlyMemory<byte> Body, string ETag) : EntityOperation(RowKey, Body);

    /// <summary>Deletes an entity; conflicts unless its ETag is still the one given.</summary>
    public sealed record Delete(string RowKey, string ETag) : EntityOperation(RowKey, default);
}

/// <summary>How a commit ended.</summary>
public enum CommitStatus
{
    /// <summary>It is applied and durable.</summary>
    Committed,

    /// <summary>
    /// A commit with this operation id was applied before; nothing was changed now. It may have been this very call, whose first
    /// answer was lost on the way: what follows a commit, such as publishing its messages, may still have to be done.
    /// </summary>
    AlreadyCommitted,

    /// <summary>A condition did not hold; nothing was changed.</summary>
    Conflict,
}

/// <summary>The answer to a commit.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="ETags">The new ETags by row key when committed; deleted rows are absent. Empty otherwise.</param>
/// <param name="Receipt">The first commit's receipt when it was already committed.</param>
public sealed record CommitResult(CommitStatus Status, IReadOnlyDictionary<string, string> ETags, ReadOnlyMemory<byte> Receipt)
{
    private static readonly Dictionary<string, string> NoETags = [];

    /// <summary>The answer to a lost race.</summary>
    public static CommitResult Conflict { get; } = new(CommitStatus.Conflict, NoETags, default);

    /// <summary>The answer to a commit that was applied now.</summary>
    public static CommitResult Committed(IReadOnlyDictionary<string, string> etags) => new(CommitStatus.Committed, etags, default);

    /// <summary>The answer to a repeated commit.</summary>
    public static CommitResult AlreadyCommitted(ReadOnlyMemory<byte> receipt) => new(CommitStatus.AlreadyCommitted, NoETags, receipt);
}
