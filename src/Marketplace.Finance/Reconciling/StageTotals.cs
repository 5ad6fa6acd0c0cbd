using Marketplace.Contracts;

namespace Marketplace.Finance;

/// <summary>Sums what counts in the period, stage by stage.</summary>
internal static class StageTotals
{
    public static IReadOnlyList<StageTotal> Of(ReconciliationRecords records, IReadOnlyList<UsageTrail> subjects)
    {
        bool IsInPeriod(NodaTime.Instant at) => BillingPeriod.Containing(at) == records.Period;
        var usage = subjects.Select(t => t.Usage).OfType<UsageMetered>();
        var charges = subjects.SelectMany(t => t.Charges).ToList();
        var payments = records.Payments.Where(p => IsInPeriod(p.CreatedAt)).ToList();
        return
        [
            .. usage.GroupBy(u => u.Price.Currency).OrderBy(g => g.Key.Code).Select(g => new StageTotal(
                StageFigure.Usage, g.Key, g.Count(), Sum(g.Key, g.Select(u => u.Price.Cost(u.Total))), g.Sum(u => u.Total.GpuSeconds))),
            .. charges.GroupBy(c => c.Amount.Currency).OrderBy(g => g.Key.Code).Select(g => new StageTotal(
                StageFigure.Charges, g.Key, g.Count(), Sum(g.Key, g.Select(c => c.Amount)), g.Sum(c => c.Used.GpuSeconds))),
            .. Totals(StageFigure.Fees, charges.Select(c => c.Fee)),
            .. Totals(StageFigure.Tax, charges.Select(c => c.Tax)),
            .. Totals(StageFigure.Entries, subjects.SelectMany(t => t.Entries).Select(e => e.Receivable() - e.Tax())),
            .. Totals(StageFigure.NotYetInvoiced, charges.Where(c => c.InvoiceId is null).Select(c => c.Amount)),
            .. Totals(StageFigure.InvoiceLines, subjects.SelectMany(t => t.Lines).Select(l => l.Amount)),
            .. Totals(StageFigure.Payments, payments.Select(p => p.Amount)),
            .. Totals(StageFigure.TopUps, payments.Where(p => p.TopUpId is not null).Select(p => p.Amount)),
            .. Totals(StageFigure.PrepaidUses, records.ExternalPrepaidUses.Where(u => IsInPeriod(u.CreatedAt)).Select(u => u.Amount)),
            .. Totals(StageFigure.ServiceFees, payments.Select(p => p.ServiceFee)),
            .. Totals(StageFigure.Transfers, records.Transfers.Where(t => IsInPeriod(t.CreatedAt)).Select(t => t.Amount)),
            .. Totals(StageFigure.NotYetPaidOut, charges.Where(c => c.PayoutId is null).Select(c => c.ProviderShare())),
            .. Totals(StageFigure.CreditNotes, Corrections(CorrectionKind.CreditNote)),
            .. Totals(StageFigure.Refunds, Corrections(CorrectionKind.Refund)),
            .. Totals(StageFigure.TransferReversals, Corrections(CorrectionKind.TransferReversal)),
            .. Totals(StageFigure.BankPayouts, records.BankPayouts.Where(p => IsInPeriod(p.CreatedAt)).Select(p => p.Amount)),
        ];

        IEnumerable<Money> Corrections(CorrectionKind kind) =>
            records.Corrections.Where(c => c.Kind == kind && IsInPeriod(c.CreatedAt)).Select(c => c.Amount);
    }

    private static IEnumerable<StageTotal> Totals(StageFigure figure, IEnumerable<Money> amounts) => amounts
        .GroupBy(a => a.Currency).OrderBy(g => g.Key.Code).Select(g => new StageTotal(figure, g.Key, g.Count(), Sum(g.Key, g), null));

    private static Money Sum(Currency currency, IEnumerable<Money> amounts) =>
        amounts.Aggregate(Money.Zero(currency), (sum, amount) => sum + amount);
}
