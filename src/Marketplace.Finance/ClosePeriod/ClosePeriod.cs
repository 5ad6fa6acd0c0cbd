using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Finance;

/// <summary>Why a month is not closed. The first that applies is given.</summary>
public enum ClosePeriodRefusal
{
    /// <summary>The month has not ended.</summary>
    PeriodNotOver,

    /// <summary>It is closed already.</summary>
    PeriodClosedAlready,

    /// <summary>Its records differ; the latest reconciliation lists what is not resolved.</summary>
    DifferencesOpen,
}

/// <summary>
/// Closes months: reconciles, and if nothing is open freezes the month, accrues what is on no invoice, and tells the other modules,
/// which book what comes late in the open month as corrections.
/// </summary>
public sealed class ClosePeriod(Workspace workspace, RunReconciliation reconciliation, IAccountStandings accounts, TimeProvider time, IIdSource ids)
{
    private const int RowsPerCommit = 50;

    /// <summary>Closes a month, for good.</summary>
    public Task<Attempt<ClosedPeriod, ClosePeriodRefusal>> CloseAsync(
        BillingPeriod period, string closedBy, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<string, ClosedPeriod, ClosePeriodRefusal>(
            FinanceRows.Periods,
            key,
            $"close {period} for {closedBy}",
            work => DecideAsync(work, period, closedBy, cancellationToken),
            cancellationToken);

    private async Task<Result<ClosedPeriod, ClosePeriodRefusal>> DecideAsync(
        PartitionWork work, BillingPeriod period, string closedBy, CancellationToken cancellationToken)
    {
        if (time.Now() < period.End) return ClosePeriodRefusal.PeriodNotOver;
        if (await work.ReadAsync<ClosedPeriod>(FinanceRows.Closed(period), cancellationToken) is not null) return ClosePeriodRefusal.PeriodClosedAlready;
        var (report, records) = await reconciliation.RunToCloseAsync(period, closedBy, cancellationToken);
        if (report.OpenCount > 0) return ClosePeriodRefusal.DifferencesOpen;
        var accruals = Accruals.Of(records, ids);
        var closed = new ClosedPeriod(
            period, time.Now(), closedBy, report.Id, report.DifferenceCount, Accruals.Totals(accruals),
            await UnusedCreditAsync(period, cancellationToken), LastEntries(records));
        await PutAccrualsAsync(report.Id, accruals, cancellationToken);
        work.Put(FinanceRows.Closed(period), closed);
        work.Send(new PeriodClosed(period, closed.ClosedAt));
        if (accruals.Count > 0) work.Send(new RecordAccruals(period, report.Id, 0));
        return closed;
    }

    private static Dictionary<string, long> LastEntries(ReconciliationRecords records) => records.Entries
        .Where(e => BillingPeriod.Containing(e.Entry.BookedAt) == records.Period)
        .GroupBy(e => e.Entry.Currency.Code)
        .ToDictionary(journal => journal.Key, journal => journal.Max(e => e.Sequence));

    /// <summary>What is booked in the month and arrives later is not in it; such an entry is late in the next reconciliation.</summary>
    private async Task<List<UnusedCreditTotal>> UnusedCreditAsync(BillingPeriod period, CancellationToken cancellationToken)
    {
        var totals = new List<UnusedCreditTotal>();
        foreach (var currency in Currency.Known)
        {
            var unused = await accounts.ListAsync(AccountKind.BuyerPrepaid, currency, period.End, cancellationToken).ToListAsync(cancellationToken);
            // Credits are negative.
            if (unused.Count > 0) totals.Add(new UnusedCreditTotal(unused.Aggregate(Money.Zero(currency), (sum, one) => sum - one.Amount), unused.Count));
        }

        return totals;
    }

    /// <summary>They go before the closure, which names them: rows without a closure are never read.</summary>
    private async Task PutAccrualsAsync(ReconciliationId closure, IReadOnlyList<Accrual> accruals, CancellationToken cancellationToken)
    {
        foreach (var rows in accruals.Chunk(RecordAccrualsHandler.AccrualsAtOnce).Index().Chunk(RowsPerCommit))
        {
            var work = workspace.Open(FinanceRows.Periods);
            foreach (var (part, some) in rows) work.Put(FinanceRows.Accruals(closure, part), some);
            await workspace.CommitAsync(work, $"{closure}:{rows[0].Index}", default, cancellationToken);
        }
    }
}
