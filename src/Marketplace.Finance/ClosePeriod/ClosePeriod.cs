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
}

/// <summary>Closes months.</summary>
public sealed class ClosePeriod(Workspace workspace, TimeProvider time)
{
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
        var now = time.Now();
        if (now < period.End) return ClosePeriodRefusal.PeriodNotOver;
        if (await work.ReadAsync<ClosedPeriod>(FinanceRows.Closed(period), cancellationToken) is not null) return ClosePeriodRefusal.PeriodClosedAlready;
        var closed = new ClosedPeriod(period, now, closedBy);
        work.Put(FinanceRows.Closed(period), closed);
        work.Send(new PeriodClosed(period, now));
        return closed;
    }
}
