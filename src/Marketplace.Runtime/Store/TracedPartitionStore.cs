using System.Diagnostics;
using System.Diagnostics.Metrics;
using Marketplace.Runtime.Telemetry;

namespace Marketplace.Runtime.Store;

/// <summary>
/// Any store, with a span and a duration for every call, by OpenTelemetry's conventions for databases. Tables are named; partitions and
/// rows are not: their keys are ids of organisations and leases.
/// </summary>
/// <param name="inner">The store.</param>
/// <param name="system">What it is, as <c>db.system.name</c>, such as <c>sqlite</c>.</param>
public sealed class TracedPartitionStore(IPartitionStore inner, string system) : IPartitionStore
{
    private static readonly Histogram<double> Duration =
        RuntimeTelemetry.Meter.CreateHistogram<double>("db.client.operation.duration", "s", "How long a call of the store took.");

    /// <inheritdoc/>
    public ValueTask<Entity?> ReadAsync(PartitionId partition, string rowKey, CancellationToken cancellationToken) =>
        AroundAsync("read", partition, null, () => inner.ReadAsync(partition, rowKey, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<EntityPage> ReadPageAsync(PartitionId partition, RowRange range, int limit, string? continuation, CancellationToken cancellationToken) =>
        AroundAsync("readPage", partition, null, () => inner.ReadPageAsync(partition, range, limit, continuation, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<CommitResult> CommitAsync(Commit commit, CancellationToken cancellationToken) =>
        AroundAsync("commit", commit.Partition, commit, () => inner.CommitAsync(commit, cancellationToken));

    private async ValueTask<T> AroundAsync<T>(string operation, PartitionId partition, Commit? commit, Func<ValueTask<T>> call)
    {
        using var activity = RuntimeTelemetry.Source.StartActivity($"{operation} {partition.Table}", ActivityKind.Client);
        activity?.SetTag("db.system.name", system).SetTag("db.operation.name", operation).SetTag("db.collection.name", partition.Table);
        if (commit is not null) activity?.SetTag("db.operation.batch.size", commit.Operations.Count);
        var began = Stopwatch.GetTimestamp();
        string? error = null;
        try
        {
            var result = await call();
            if (result is CommitResult { Status: not CommitStatus.Committed } other) activity?.SetTag("marketplace.commit.status", other.Status.ToString());
            return result;
        }
        catch (Exception fault)
        {
            error = fault.GetType().FullName;
            activity?.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
            throw;
        }
        finally
        {
            var tags = new TagList { { "db.system.name", system }, { "db.operation.name", operation }, { "db.collection.name", partition.Table } };
            if (error is not null) tags.Add("error.type", error);
            Duration.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, tags);
        }
    }
}
