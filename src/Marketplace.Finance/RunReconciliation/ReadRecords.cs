using Marketplace.Contracts;
using Marketplace.Runtime.Time;
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
    IReserveRecords reserves,
    ReadPeriods periods,
    TimeProvider time)
{
    /// <summary>
    /// Counterparts may lie in the month before or after; lines are listed from a month on, and what is further off is looked for. Readings pass by one lease at a time: only
    /// what they give is kept.
    /// </summary>
    internal async Task<ReconciliationRecords> ReadAsync(BillingPeriod period, CancellationToken cancellationToken)
    {
        BillingPeriod[] months = [period.Previous, period, period.Next];
        var (audited, readings) = await AuditAsync(period, cancellationToken);
        List<UsageMetered> metered =
        [
            .. await ToListAsync([usage.ListAsync(period.Previous, cancellationToken)]), .. audited,
            .. await ToListAsync([usage.ListAsync(period.Next, cancellationToken)]),
        ];
        var charges = await ToListAsync(months.Select(m => payments.ListChargesAsync(m, cancellationToken)));
        charges.AddRange(await LaterChargesAsync(period, charges, audited, cancellationToken));
        var earlier = await EarlierUsageAsync(period, charges, metered, cancellationToken);
        var entries = await ToListAsync(months.SelectMany(m => Currency.Known.Select(c => ledger.ListAsync(c, m, cancellationToken))));
        var lines = await ToListAsync([payments.ListInvoiceLinesAsync(period.Previous, cancellationToken)]);
        var paid = await ToListAsync(months.Select(m => payments.ListPaymentsAsync(m, cancellationToken)));
        var decided = await ToListAsync(months.Select(m => payouts.ListAsync(m, cancellationToken)));
        var reversed = await ToListAsync(months.Select(m => payouts.ListReversedAsync(m, cancellationToken)));
        decided = [.. decided.Concat(reversed).DistinctBy(p => p.PayoutId)];
        decided.AddRange(await LaterPayoutsAsync(period, charges, decided, cancellationToken));
        var holds = await ToListAsync(months.Select(m => reserves.ListHoldsAsync(m, cancellationToken)));
        var stepMonths = months.Concat(holds.Any(h => BillingPeriod.Containing(h.PlacedAt) == period) ? After(period.Next) : []);
        return new ReconciliationRecords(
            period,
            [.. earlier, .. metered],
            charges,
            entries,
            lines,
            paid,
            await ToListAsync(months.Select(m => payments.ListTransfersAsync(m, cancellationToken))))
        {
            FarInvoices = await FarInvoicesAsync(charges, lines, paid, entries, cancellationToken),
            Readings = readings,
            Credits = await ToListAsync(months.Select(m => credits.ListAsync(m, cancellationToken))),
            Payouts = decided,
            Corrections = await ToListAsync(months.Select(m => service.ListCorrectionsAsync(m, cancellationToken))),
            TopUps = await ToListAsync(months.Select(m => prepaid.ListTopUpsAsync(m, cancellationToken))),
            PrepaidUses = await ToListAsync(months.Select(m => prepaid.ListUsesAsync(m, cancellationToken))),
            TopUpRefunds = await ToListAsync(months.Select(m => prepaid.ListRefundsAsync(m, cancellationToken))),
            ExternalPrepaidUses = await ToListAsync(months.Select(m => service.ListPrepaidUsesAsync(m, cancellationToken))),
            Holds = holds,
            HoldEntries = await ToListAsync(stepMonths.SelectMany(m => Currency.Known.Select(c => ledger.ListHoldsAsync(c, m, cancellationToken)))),
            Disputes = (await ToListAsync(months.Select(m => reserves.ListDisputesAsync(m, cancellationToken)))).DistinctBy(d => d.DisputeId).ToList(),
            WriteOffs = await ToListAsync(months.Select(m => reserves.ListWriteOffsAsync(m, cancellationToken))),
            BankPayouts = await ToListAsync([service.ListBankPayoutsAsync(period, cancellationToken)]),
            LastEntries = (await periods.FindAsync(period, cancellationToken))?.LastEntries,
            ClosedAt = await ClosedAtAsync([.. earlier.Select(u => BillingPeriod.Containing(u.MeteredAt)).Distinct(), .. months], cancellationToken),
        };
    }

    /// <summary>
    /// Invoices whose lines are too far back for a payment that is among the records, and those that are paid by none of them: a buyer may pay
    /// months later.
    /// </summary>
    private async Task<Dictionary<string, BookedInvoice>> FarInvoicesAsync(
        IReadOnlyList<RatedCharge> charges, IReadOnlyList<ExternalInvoiceLine> lines, IReadOnlyList<ExternalPayment> paid, IReadOnlyList<LedgerEntry> entries,
        CancellationToken cancellationToken)
    {
        var known = charges.Select(c => c.InvoiceId).Concat(lines.Select(l => l.InvoiceId)).OfType<InvoiceId>().ToHashSet();
        var settled = paid.Select(p => p.InvoiceId).OfType<InvoiceId>().ToHashSet();
        foreach (var entry in entries.Where(e => e.Entry.Reason == EntryReason.InvoicePaid))
        {
            if (InvoiceId.TryParse(entry.Entry.Reference, out var invoice)) settled.Add(invoice);
        }

        var unpaid = lines.Where(l => l is { IsPaid: true, InvoiceId: { } invoice } && !settled.Contains(invoice)).Select(l => l.InvoiceId!.Value);
        var far = new Dictionary<string, BookedInvoice>();
        foreach (var invoice in settled.Where(i => !known.Contains(i)).Concat(unpaid).Distinct())
        {
            if (await payments.FindInvoiceAsync(invoice, cancellationToken) is { } own) far[invoice.ToString()] = own;
        }

        return far;
    }

    /// <summary>Payouts of the charges that were decided in months further on, because their buyer paid late: they are looked for only where one is missing.</summary>
    private async Task<List<BookedPayout>> LaterPayoutsAsync(
        BillingPeriod period, IReadOnlyList<RatedCharge> charges, IReadOnlyList<BookedPayout> decided, CancellationToken cancellationToken)
    {
        var known = decided.Select(p => p.PayoutId).ToHashSet();
        var sought = charges.Select(c => c.PayoutId).OfType<PayoutId>().Where(id => !known.Contains(id)).ToHashSet();
        var found = new List<BookedPayout>();
        foreach (var month in After(period.Next).TakeWhile(_ => found.Count < sought.Count))
        {
            await foreach (var payout in payouts.ListAsync(month, cancellationToken))
            {
                if (sought.Contains(payout.PayoutId)) found.Add(payout);
            }
        }

        return found;
    }

    /// <summary>The months after one, up to the present.</summary>
    private IEnumerable<BillingPeriod> After(BillingPeriod month)
    {
        var last = BillingPeriod.Containing(time.Now());
        for (var next = month.Next; next.CompareTo(last) <= 0; next = next.Next) yield return next;
    }

    /// <summary>Charges of the period's usage that were rated in months further on, as corrections: they are looked for only where one is missing.</summary>
    private async Task<List<RatedCharge>> LaterChargesAsync(
        BillingPeriod period, IReadOnlyList<RatedCharge> charges, IReadOnlyList<UsageMetered> metered, CancellationToken cancellationToken)
    {
        var rated = charges.Select(c => c.UsageId).ToHashSet();
        var sought = metered.Select(u => u.UsageId).Where(id => !rated.Contains(id)).ToHashSet();
        var found = new List<RatedCharge>();
        foreach (var month in After(period.Next).TakeWhile(_ => found.Count < sought.Count))
        {
            await foreach (var charge in payments.ListChargesAsync(month, cancellationToken))
            {
                if (sought.Contains(charge.UsageId)) found.Add(charge);
            }
        }

        return found;
    }

    /// <summary>
    /// Usage of closed months further back that was rated in this one: a correction counts when it was rated, however late that was.
    /// No use is metered before the month in which it began.
    /// </summary>
    private async Task<List<UsageMetered>> EarlierUsageAsync(
        BillingPeriod period, IReadOnlyList<RatedCharge> charges, IReadOnlyList<UsageMetered> metered, CancellationToken cancellationToken)
    {
        var known = metered.Select(u => u.UsageId).ToHashSet();
        var late = charges.Where(c => c.IsCorrection && BillingPeriod.Containing(c.RatedAt) == period && !known.Contains(c.UsageId)).ToList();
        var sought = late.Select(c => c.UsageId).ToHashSet();
        var found = new List<UsageMetered>();
        for (var month = late.Min(c => c.ChargePeriod) ?? period; month.CompareTo(period.Previous) < 0 && found.Count < sought.Count; month = month.Next)
        {
            await foreach (var record in usage.ListAsync(month, cancellationToken))
            {
                if (sought.Contains(record.UsageId)) found.Add(record);
            }
        }

        return found;
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

    private async Task<Dictionary<BillingPeriod, Instant>> ClosedAtAsync(IReadOnlyList<BillingPeriod> months, CancellationToken cancellationToken)
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
