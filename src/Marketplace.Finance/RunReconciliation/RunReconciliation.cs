using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Finance;

/// <summary>Why a reconciliation is not made.</summary>
public enum RunReconciliationRefusal
{
    /// <summary>The period has not begun.</summary>
    PeriodNotBegun,
}

/// <summary>Names a reconciliation that was made.</summary>
/// <param name="Id">Its id.</param>
public sealed record ReconciliationMade(ReconciliationId Id);

/// <summary>Reads all sides of a period, compares them and keeps the report.</summary>
public sealed class RunReconciliation(
    Workspace workspace, IUsageRecords usage, ILedgerRecords ledger, IPaymentRecords payments, TimeProvider time, IIdSource ids)
{
    private const int DifferencesPerRow = 500;
    private const int RowsPerCommit = 10;

    /// <summary>
    /// Reconciles a period as its records stand now. Records that are still on their way between modules show as missing until they
    /// have arrived.
    /// </summary>
    public Task<Attempt<ReconciliationMade, RunReconciliationRefusal>> RunAsync(
        BillingPeriod period, string runBy, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<string, ReconciliationMade, RunReconciliationRefusal>(
            FinanceRows.Reconciliations,
            key,
            $"reconcile {period} for {runBy}",
            work => DecideAsync(work, period, runBy, cancellationToken),
            cancellationToken);

    private async Task<Result<ReconciliationMade, RunReconciliationRefusal>> DecideAsync(
        PartitionWork work, BillingPeriod period, string runBy, CancellationToken cancellationToken)
    {
        var now = time.Now();
        if (now < period.Start) return RunReconciliationRefusal.PeriodNotBegun;
        var result = Reconciliation.Compare(await ReadAsync(period, cancellationToken));
        var id = ids.Next<ReconciliationKind>();
        await PutDifferencesAsync(work, id, result.Differences, cancellationToken);
        work.Put(FinanceRows.Report(id), new ReconciliationReport(
            id, period, now, runBy, now >= period.End, result.Differences.Count,
            result.Differences.CountBy(d => d.Kind).OrderBy(c => c.Key).ToDictionary(), result.Totals));
        return new ReconciliationMade(id);
    }

    /// <summary>Counterparts may lie in the month before or after; lines are listed from a month on.</summary>
    private async Task<ReconciliationRecords> ReadAsync(BillingPeriod period, CancellationToken cancellationToken)
    {
        BillingPeriod[] months = [period.Previous, period, period.Next];
        return new ReconciliationRecords(
            period,
            await ToListAsync(months.Select(m => usage.ListAsync(m, cancellationToken))),
            await ToListAsync(months.Select(m => payments.ListChargesAsync(m, cancellationToken))),
            await ToListAsync(months.SelectMany(m => Currency.Known.Select(c => ledger.ListAsync(c, m, cancellationToken)))),
            await ToListAsync([payments.ListInvoiceLinesAsync(period.Previous, cancellationToken)]),
            await ToListAsync(months.Select(m => payments.ListPaymentsAsync(m, cancellationToken))),
            await ToListAsync(months.Select(m => payments.ListTransfersAsync(m, cancellationToken))));
    }

    private static async Task<List<T>> ToListAsync<T>(IEnumerable<IAsyncEnumerable<T>> lists)
    {
        var all = new List<T>();
        foreach (var list in lists)
        {
            await foreach (var item in list) all.Add(item);
        }

        return all;
    }

    /// <summary>What does not fit the report's own commit goes before it: rows without a report are never read.</summary>
    private async Task PutDifferencesAsync(
        PartitionWork work, ReconciliationId id, IReadOnlyList<Difference> differences, CancellationToken cancellationToken)
    {
        var commits = differences.Chunk(DifferencesPerRow).Index().Chunk(RowsPerCommit).ToList();
        foreach (var (number, rows) in commits.Index())
        {
            var isLast = number == commits.Count - 1;
            var target = isLast ? work : workspace.Open(FinanceRows.Reconciliations);
            foreach (var (part, some) in rows) target.Put(FinanceRows.Differences(id, part), some);
            if (!isLast) await workspace.CommitAsync(target, $"{id}:{number}", default, cancellationToken);
        }
    }
}
