using Marketplace.Contracts;

namespace Marketplace.Finance;

/// <summary>Gathers what should be settled from the trails of charges, and puts beside it what was.</summary>
internal static class Settlements
{
    /// <summary>An invoice each, with the payments and entries that name it.</summary>
    public static IReadOnlyList<Settlement> OfInvoices(ReconciliationRecords records, IReadOnlyList<UsageTrail> trails)
    {
        var invoices = trails.Where(t => t.Invoice is not null).ToLookup(t => t.Invoice!.Value.ToString());
        var payments = records.Payments.Where(p => p.InvoiceId is not null).Select(Movement.Of).ToLookup(m => m.Subject!);
        var entries = EntriesFor(records, EntryReason.InvoicePaid);
        var credited = new CreditedAmounts(records);
        var prepaid = new PrepaidAmounts(records);
        return
        [
            .. Subjects(invoices, payments, entries).Select(invoice =>
            {
                var far = records.FarInvoices.GetValueOrDefault(invoice);
                var due = far is not null && !invoices[invoice].Any() ? [far.Collected] : prepaid.Collected(invoice, credited.Due(invoice, TotalsOf([.. invoices[invoice]])));

                // One that was paid later than the months that are read is settled in the month of its payment.
                var isPaidLater = far?.PaidAt >= records.Period.Next.End;
                return new Settlement(
                    invoice,
                    RecordStage.Invoice,
                    due,
                    (invoices[invoice].Any(t => t.Lines.Any(l => l.IsPaid)) && !due.Any(d => d.IsZero) && !isPaidLater) || entries[invoice].Any(),
                    [.. payments[invoice]],
                    [.. entries[invoice]],
                    invoices[invoice].Select(t => (NodaTime.Instant?)(t.Line?.CreatedAt ?? t.At)).Max());
            }),
        ];
    }

    /// <summary>A top-up each, with the payments and entries that name it.</summary>
    public static IReadOnlyList<Settlement> OfTopUps(ReconciliationRecords records)
    {
        var booked = records.TopUps.ToDictionary(t => t.TopUpId.ToString());
        var payments = records.Payments.Where(p => p.TopUpId is not null).Select(Movement.Of).ToLookup(m => m.Subject!);
        return Of(RecordStage.TopUp, booked.ToDictionary(b => b.Key, b => (b.Value.Amount, true, b.Value.PaidAt)), payments, EntriesFor(records, EntryReason.PrepaidToppedUp));
    }

    /// <summary>A part of an invoice that is paid in advance each, with the payment service's and the entries that name it.</summary>
    public static IReadOnlyList<Settlement> OfPrepaidUses(ReconciliationRecords records)
    {
        var booked = records.PrepaidUses.ToDictionary(u => u.Reference);
        var external = records.ExternalPrepaidUses.Where(u => u.Reference is not null).Select(Movement.Of).ToLookup(m => m.Subject!);
        return Of(
            RecordStage.PrepaidUse, booked.ToDictionary(b => b.Key, b => (b.Value.Amount, b.Value.ExternalId is not null, b.Value.UsedAt)), external,
            EntriesFor(records, EntryReason.PrepaidUsed));
    }

    private static IReadOnlyList<Settlement> Of(
        RecordStage stage, Dictionary<string, (Money Amount, bool IsDue, NodaTime.Instant At)> booked, ILookup<string, Movement> movements,
        ILookup<string, LedgerEntry> entries) =>
    [
        .. booked.Keys.Union(movements.Select(g => g.Key)).Union(entries.Select(g => g.Key)).Order(StringComparer.Ordinal).Select(subject =>
            booked.TryGetValue(subject, out var own)
                ? new Settlement(subject, stage, [own.Amount], own.IsDue, [.. movements[subject]], [.. entries[subject]], own.At)
                : new Settlement(subject, stage, [], false, [.. movements[subject]], [.. entries[subject]], null)),
    ];

    /// <summary>A payout each, with the transfers and entries that name it.</summary>
    public static IReadOnlyList<Settlement> OfPayouts(ReconciliationRecords records, IReadOnlyList<UsageTrail> trails)
    {
        var payouts = trails.Where(t => t.Charge?.PayoutId is not null).ToLookup(t => t.Charge!.PayoutId!.Value.ToString());
        var booked = records.Payouts.ToDictionary(p => p.PayoutId.ToString());
        var transfers = records.Transfers.Select(Movement.Of).Where(m => m.Subject is not null).ToLookup(m => m.Subject!);
        var entries = EntriesFor(records, EntryReason.ProviderPaid);
        var credited = new CreditedAmounts(records);

        // A charge that is missing was in a payout that only its entry still shows.
        var lost = trails.Where(t => t.Charge is null && t.Usage is not null && t.Entry is not null).SelectMany(credited.Lost).ToList();
        return
        [
            .. Subjects(payouts, transfers, entries).Union(booked.Keys).Order(StringComparer.Ordinal).Select(payout =>
            {
                var own = booked.GetValueOrDefault(payout);
                var shares = credited.Shares(
                    own,
                    payouts[payout],
                    WithLost(Sums([.. payouts[payout].Select(t => t.Charge!.ProviderShare())], [.. payouts[payout].Select(PayableByEntry)]), lost));
                return new Settlement(
                    payout,
                    RecordStage.Payout,
                    own is null ? shares : [own.Amount],
                    own is null ? payouts[payout].Any() || entries[payout].Any() : own.ExternalId is not null || entries[payout].Any(),
                    [.. transfers[payout]],
                    [.. entries[payout]],
                    own?.CreatedAt ?? payouts[payout].Select(t => (NodaTime.Instant?)t.At).Max())
                { Payout = own, Shares = shares };
            }),
        ];
    }

    private static IEnumerable<string> Subjects(
        ILookup<string, UsageTrail> ours, ILookup<string, Movement> theirs, ILookup<string, LedgerEntry> entries) =>
        ours.Select(g => g.Key).Union(theirs.Select(g => g.Key)).Union(entries.Select(g => g.Key)).Order(StringComparer.Ordinal);

    private static ILookup<string, LedgerEntry> EntriesFor(ReconciliationRecords records, EntryReason reason) =>
        records.Entries.Where(e => e.Entry.Reason == reason).ToLookup(e => e.Entry.Reference);

    /// <summary>
    /// All charges of an invoice are of one month. So a line that nothing of ours stands behind does not belong to its total, unless
    /// that is all we have, because its month is too far back.
    /// </summary>
    public static IReadOnlyList<Money> TotalsOf(IReadOnlyList<UsageTrail> trails)
    {
        var own = trails.Where(t => !t.IsOnlyLines).ToList();
        return own.Count == 0
            ? Sums([.. trails.Select(t => t.Total)], [])
            : Sums([.. own.Select(t => t.Total)], [.. own.Select(t => t.Entry?.Receivable() ?? t.Total)]);
    }

    private static Money PayableByEntry(UsageTrail trail) => trail.Entry?.Payable() ?? trail.Charge!.ProviderShare();

    /// <summary>What charges say and what their entries say, where they differ; each as a sum in the currency that most are in.</summary>
    private static IReadOnlyList<Money> Sums(IReadOnlyList<Money> byCharges, IReadOnlyList<Money> byEntries) =>
        [.. new[] { Sum(byCharges), Sum(byEntries) }.OfType<Money>().Distinct()];

    private static Money? Sum(IReadOnlyList<Money> amounts)
    {
        if (amounts.Count == 0) return null;
        var currency = amounts.CountBy(a => a.Currency).MaxBy(c => c.Value).Key;
        return amounts.Where(a => a.Currency == currency).Aggregate(Money.Zero(currency), (sum, amount) => sum + amount);
    }

    private static List<Money> WithLost(IReadOnlyList<Money> sums, IReadOnlyList<Money> lost)
    {
        var candidates = sums.ToList();
        foreach (var amount in lost)
        {
            if (sums.Count == 0) candidates.Add(amount);
            candidates.AddRange(sums.Where(s => s.Currency == amount.Currency).Select(s => s + amount));
        }

        return candidates;
    }
}
