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
public sealed class RunReconciliation(Workspace workspace, ReadRecords records, ReadResolutions resolutions, TimeProvider time, IIdSource ids)
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
            async work =>
            {
                if (time.Now() < period.Start) return RunReconciliationRefusal.PeriodNotBegun;
                var (report, _) = await CompareAsync(work, period, runBy, cancellationToken);
                return new ReconciliationMade(report.Id);
            },
            cancellationToken);

    /// <summary>Reconciles a period that is about to be closed, and keeps the report whether it is closed or not.</summary>
    internal async Task<(ReconciliationReport Report, ReconciliationRecords Records)> RunToCloseAsync(
        BillingPeriod period, string runBy, CancellationToken cancellationToken)
    {
        var work = workspace.Open(FinanceRows.Reconciliations);
        var made = await CompareAsync(work, period, runBy, cancellationToken);
        await workspace.CommitAsync(work, made.Report.Id.ToString(), default, cancellationToken);
        return made;
    }

    private async Task<(ReconciliationReport Report, ReconciliationRecords Records)> CompareAsync(
        PartitionWork work, BillingPeriod period, string runBy, CancellationToken cancellationToken)
    {
        var all = await records.ReadAsync(period, cancellationToken);
        var result = Reconciliation.Compare(all);
        var resolved = await resolutions.OfAsync(period, cancellationToken);
        var differences = result.Differences.Select(d => d with { Resolution = resolved.GetValueOrDefault(d.DifferenceId) }).ToList();
        FinanceMetrics.Record(differences);
        var id = ids.Next<ReconciliationKind>();
        var now = time.Now();
        await PutDifferencesAsync(work, id, differences, cancellationToken);
        var report = new ReconciliationReport(
            id, period, now, runBy, now >= period.End, differences.Count, differences.Count(d => d.Resolution is null),
            differences.CountBy(d => d.Kind).OrderBy(c => c.Key).ToDictionary(), result.Totals);
        work.Put(FinanceRows.Report(id), report);
        return (report, all);
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
