using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Finance;

/// <summary>Reads reports that were made.</summary>
public sealed class ReadReconciliations(IPartitionStore store)
{
    /// <summary>A report, or null.</summary>
    public async Task<ReconciliationReport?> FindAsync(ReconciliationId id, CancellationToken cancellationToken)
    {
        var row = await store.ReadAsync(FinanceRows.Reconciliations, FinanceRows.Report(id), cancellationToken);
        return row is null ? null : MarketplaceJson.Deserialize<ReconciliationReport>(row.Body);
    }

    /// <summary>All differences of a report, in its order.</summary>
    public async Task<IReadOnlyList<Difference>> ListDifferencesAsync(ReconciliationId id, CancellationToken cancellationToken)
    {
        var differences = new List<Difference>();
        await foreach (var row in store.ReadRangeAsync(FinanceRows.Reconciliations, FinanceRows.DifferencesOf(id), cancellationToken))
        {
            differences.AddRange(MarketplaceJson.Deserialize<Difference[]>(row.Body));
        }

        return differences;
    }

    /// <summary>Reports, newest first.</summary>
    /// <param name="after">Only reports older than this one; null for the newest.</param>
    /// <param name="limit">The most reports.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<ReconciliationReport>> ListAsync(ReconciliationId? after, int limit, CancellationToken cancellationToken)
    {
        var range = after is { } last ? FinanceRows.Reports.After(FinanceRows.Report(last)) : FinanceRows.Reports;
        var reports = new List<ReconciliationReport>();
        await foreach (var row in store.ReadRangeAsync(FinanceRows.Reconciliations, range, cancellationToken))
        {
            if (reports.Count == limit) break;
            reports.Add(MarketplaceJson.Deserialize<ReconciliationReport>(row.Body));
        }

        return reports;
    }
}
