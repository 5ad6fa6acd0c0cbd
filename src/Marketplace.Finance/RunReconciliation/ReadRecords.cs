using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Finance;

/// <summary>Reads what a reconciliation compares from the other modules and, through billing, from the payment service.</summary>
public sealed class ReadRecords(
    IUsageRecords usage,
    IUsageAudit audit,
    ILedgerRecords ledger,
    IPaymentRecords payments,
    ICreditRecords credits,
    IPayoutRecords payouts,
    IServiceRecords service,
    IPrepaidRecords prepaid,
    ReadPeriods periods)
{
    /// <summary>
    /// Counterparts may lie in the month before or after; lines are listed from a month on. Readings pass by one lease at a time: only
    /// what they give is kept.
    /// </summary>
    internal async Task<ReconciliationRecords> ReadAsync(BillingPeriod period, CancellationToken cancellationToken)
    {
        BillingPeriod[] months = [period.Previous, period, period.Next];
        var (audited, readings) = await AuditAsync(period, cancellationToken);
        return new ReconciliationRecords(
            period,
            [
                .. await ToListAsync([usage.ListAsync(period.Previous, cancellationToken)]), .. audited,
                .. await ToListAsync([usage.ListAsync(period.Next, cancellationToken)]),
            ],
            await ToListAsync(months.Select(m => payments.ListChargesAsync(m, cancellationToken))),
            await ToListAsync(months.SelectMany(m => Currency.Known.Select(c => ledger.ListAsync(c, m, cancellationToken)))),
            await ToListAsync([payments.ListInvoiceLinesAsync(period.Previous, cancellationToken)]),
            await ToListAsync(months.Select(m => payments.ListPaymentsAsync(m, cancellationToken))),
            await ToListAsync(months.Select(m => payments.ListTransfersAsync(m, cancellationToken))))
        {
            Readings = readings,
            Credits = await ToListAsync(months.Select(m => credits.ListAsync(m, cancellationToken))),
            Payouts = await ToListAsync(months.Select(m => payouts.ListAsync(m, cancellationToken))),
            Corrections = await ToListAsync(months.Select(m => service.ListCorrectionsAsync(m, cancellationToken))),
            TopUps = await ToListAsync(months.Select(m => prepaid.ListTopUpsAsync(m, cancellationToken))),
            PrepaidUses = await ToListAsync(months.Select(m => prepaid.ListUsesAsync(m, cancellationToken))),
            TopUpRefunds = await ToListAsync(months.Select(m => prepaid.ListRefundsAsync(m, cancellationToken))),
            ExternalPrepaidUses = await ToListAsync(months.Select(m => service.ListPrepaidUsesAsync(m, cancellationToken))),
            BankPayouts = await ToListAsync([service.ListBankPayoutsAsync(period, cancellationToken)]),
            ClosedAt = await ClosedAtAsync(months, cancellationToken),
        };
    }

    private async Task<(List<UsageMetered> Usage, Dictionary<UsageId, ReadingCheck> Readings)> AuditAsync(
        BillingPeriod period, CancellationToken cancellationToken)
    {
        var records = new List<UsageMetered>();
        var readings = new Dictionary<UsageId, ReadingCheck>();
        await foreach (var one in audit.AuditAsync(period, cancellationToken))
        {
            records.Add(one.Record);
            readings[one.Record.UsageId] = new ReadingCheck(one.Recomputed, one.IsChainWhole && one.RecomputedHours.SequenceEqual(one.Record.Hours));
        }

        return (records, readings);
    }

    private async Task<Dictionary<BillingPeriod, Instant>> ClosedAtAsync(BillingPeriod[] months, CancellationToken cancellationToken)
    {
        var closedAt = new Dictionary<BillingPeriod, Instant>();
        foreach (var month in months)
        {
            if (await periods.FindAsync(month, cancellationToken) is { } closed) closedAt[month] = closed.ClosedAt;
        }

        return closedAt;
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
}
