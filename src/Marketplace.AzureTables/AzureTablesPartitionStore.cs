using System.Collections.Concurrent;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Marketplace.Runtime.Store;

namespace Marketplace.AzureTables;

/// <summary>
/// The store of the cloud: Azure Table Storage, one table per module, made when first written to. A commit is one entity group
/// transaction that holds its receipt. Safe for any number of threads and processes.
/// </summary>
/// <param name="service">The storage account; its retry options decide how long throttling and network faults are waited out.</param>
public sealed class AzureTablesPartitionStore(TableServiceClient service) : IPartitionStore
{
    private readonly ConcurrentDictionary<string, TableClient> tables = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async ValueTask<Entity?> ReadAsync(PartitionId partition, string rowKey, CancellationToken cancellationToken)
    {
        var found = await Table(partition).GetEntityIfExistsAsync<TableEntity>(partition.Partition, rowKey, cancellationToken: cancellationToken);
        return found.HasValue ? TableRows.ToEntity(found.Value!) : null;
    }

    /// <inheritdoc/>
    public async ValueTask<EntityPage> ReadPageAsync(
        PartitionId partition, RowRange range, int limit, string? continuation, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        if (string.CompareOrdinal(range.From, range.To) >= 0) return new EntityPage([], null);

        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition.Partition} and RowKey ge {range.From} and RowKey lt {range.To}");
        try
        {
            var pages = Table(partition).QueryAsync<TableEntity>(filter, limit, cancellationToken: cancellationToken).AsPages(continuation, limit);
            await foreach (var page in pages)
            {
                return new EntityPage([.. page.Values.Select(TableRows.ToEntity)], page.ContinuationToken is { Length: > 0 } next ? next : null);
            }
        }
        catch (RequestFailedException refused) when (refused.ErrorCode == TableErrorCode.TableNotFound)
        {
            // Nobody has written to this table.
        }

        return new EntityPage([], null);
    }

    /// <summary>
    /// Applies a commit. Where an answer gets lost, the client's own retry, or the caller's, meets the receipt and gives
    /// <see cref="CommitStatus.AlreadyCommitted"/> with it: the rows may have changed since, so their ETags can no longer be told.
    /// </summary>
    public async ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        commit.CheckLimits();
        var actions = ToActions(commit);
        try
        {
            var answers = await SubmitAsync(commit.Partition, actions, cancellationToken);
            return CommitResult.Committed(ETags(commit, answers));
        }
        catch (RequestFailedException refused) when (IsUnmetCondition(refused))
        {
            return await AlreadyCommittedAsync(commit, cancellationToken) ?? CommitResult.Conflict;
        }
    }

    private static List<TableTransactionAction> ToActions(Commit commit)
    {
        var partition = commit.Partition;
        var actions = commit.Operations.Select(operation => operation switch
        {
            EntityOperation.Insert => new TableTransactionAction(TableTransactionActionType.Add, TableRows.ToRow(partition, operation.RowKey, operation.Body)),
            EntityOperation.Replace replacement => new TableTransactionAction(
                TableTransactionActionType.UpdateReplace, TableRows.ToRow(partition, operation.RowKey, operation.Body), new ETag(replacement.ETag)),
            EntityOperation.Delete deletion => new TableTransactionAction(
                TableTransactionActionType.Delete, new TableEntity(partition.Partition, operation.RowKey), new ETag(deletion.ETag)),
            _ => throw new ArgumentException($"No way to apply {operation.GetType().Name}."),
        }).ToList();
        if (commit.ReceiptRowKey is { } receiptRow)
        {
            actions.Add(new TableTransactionAction(TableTransactionActionType.Add, TableRows.ToRow(partition, receiptRow, commit.Receipt)));
        }

        return actions;
    }

    private static Dictionary<string, string> ETags(Commit commit, IReadOnlyList<Response> answers)
    {
        var etags = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < commit.Operations.Count; i++)
        {
            if (commit.Operations[i] is EntityOperation.Delete) continue;
            var etag = answers[i].Headers.ETag ?? throw new InvalidOperationException("The table service gave no ETag for a row it wrote.");
            etags.Add(commit.Operations[i].RowKey, etag.ToString());
        }

        return etags;
    }

    /// <summary>Whether a row exists that was to be new, is gone, or has another ETag. Other refusals are faults.</summary>
    private static bool IsUnmetCondition(RequestFailedException refused) =>
        refused.ErrorCode is { } code
        && (code == TableErrorCode.EntityAlreadyExists || code == TableErrorCode.ResourceNotFound || code == TableErrorCode.EntityNotFound || code == TableErrorCode.UpdateConditionNotSatisfied);

    private async Task<IReadOnlyList<Response>> SubmitAsync(
        PartitionId partition, List<TableTransactionAction> actions, CancellationToken cancellationToken)
    {
        var table = Table(partition);
        try
        {
            return (await table.SubmitTransactionAsync(actions, cancellationToken)).Value;
        }
        catch (RequestFailedException refused) when (refused.ErrorCode == TableErrorCode.TableNotFound)
        {
            await table.CreateIfNotExistsAsync(cancellationToken);
            return (await table.SubmitTransactionAsync(actions, cancellationToken)).Value;
        }
    }

    private async Task<CommitResult?> AlreadyCommittedAsync(Commit commit, CancellationToken cancellationToken) =>
        commit.ReceiptRowKey is { } receiptRow && await ReadAsync(commit.Partition, receiptRow, cancellationToken) is { } receipt
            ? CommitResult.AlreadyCommitted(receipt.Body)
            : null;

    private TableClient Table(PartitionId partition) => tables.GetOrAdd(partition.Table, service.GetTableClient);
}
