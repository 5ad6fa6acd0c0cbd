using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Finance;

/// <summary>What a comparison gives.</summary>
/// <param name="Totals">Sums by stage and currency.</param>
/// <param name="Differences">Every disagreement, each once.</param>
public sealed record ReconciliationResult(IReadOnlyList<StageTotal> Totals, IReadOnlyList<Difference> Differences);

/// <summary>
/// Compares usage, charges, ledger and payment service to the minor unit. One wrong record gives one difference; nothing is summed
/// away, and nothing is a difference only because it is not invoiced or paid out yet.
/// </summary>
internal static class Reconciliation
{
    /// <summary>The differences of what counts in the period; records of the months beside it are only counterparts.</summary>
    public static ReconciliationResult Compare(ReconciliationRecords all)
    {
        var records = all with { Entries = Standing(all.Entries) };
        bool IsInPeriod(Instant at) => BillingPeriod.Containing(at) == records.Period;
        var trails = Trails(records);
        var subjects = trails.Where(t => IsInPeriod(t.At)).ToList();
        var strayLines = records.Lines.Where(l => l.UsageId is null && IsInPeriod(l.CreatedAt)).ToList();
        var strayPayments = records.Payments.Where(p => p.InvoiceId is null && p.TopUpId is null && IsInPeriod(p.CreatedAt)).Select(Movement.Of).ToList();
        var strayTransfers = records.Transfers.Where(t => t.PayoutId is null && IsInPeriod(t.CreatedAt)).Select(Movement.Of).ToList();
        var strayUses = records.ExternalPrepaidUses.Where(u => u.Reference is null && IsInPeriod(u.CreatedAt)).Select(Movement.Of).ToList();
        var paid = Settlements.OfInvoices(records, trails).Concat(Settlements.OfTopUps(records)).Where(s => IsInPeriod(s.At)).ToList();
        var uses = Settlements.OfPrepaidUses(records).Where(s => IsInPeriod(s.At)).ToList();
        var payouts = Settlements.OfPayouts(records, trails).Where(s => IsInPeriod(s.At)).ToList();
        return new ReconciliationResult(
            StageTotals.Of(records, subjects),
            [
                .. UsageComparison.Compare(subjects, strayLines),
                .. SettlementComparison.Compare(paid, strayPayments, SettlementKinds.Payments),
                .. SettlementComparison.Compare(uses, strayUses, SettlementKinds.PrepaidUses),
                .. SettlementComparison.Compare(payouts, strayTransfers, SettlementKinds.Transfers),
                .. CorrectionComparison.Compare(records, IsInPeriod),
                .. HoldComparison.Compare(records, IsInPeriod),
                .. ReserveComparison.Compare(records, trails, IsInPeriod),
                .. records.BankPayouts.Where(p => IsInPeriod(p.CreatedAt) && p.Settled is { } settled && settled != p.Amount).Select(p => new Difference(
                    DifferenceKind.BankPayoutDiffers, p.ExternalId, new(RecordStage.BalanceTransaction, p.ExternalId, p.Settled!.Value), new(RecordStage.BankPayout, p.ExternalId, p.Amount))),
                .. LateEntries(all),
            ]);
    }

    /// <summary>Entries of the period that it was not closed on, other than the accruals that closing it makes.</summary>
    private static IEnumerable<Difference> LateEntries(ReconciliationRecords records) =>
        from entry in records.Entries
        where records.LastEntries is { } last && BillingPeriod.Containing(entry.Entry.BookedAt) == records.Period
            && entry.Sequence > last.GetValueOrDefault(entry.Entry.Currency.Code) && entry.Entry.Reason != EntryReason.Accrual
        let amount = entry.Entry.Postings.Where(p => !p.Amount.IsNegative).Aggregate(Money.Zero(entry.Entry.Currency), (sum, p) => sum + p.Amount)
        select new Difference(DifferenceKind.LateEntry, entry.Entry.Reference, null, new(RecordStage.LedgerEntry, entry.Entry.EntryId.ToString(), amount));

    /// <summary>Entries that count: one that was taken back and the one that takes it back are as if neither were there.</summary>
    private static List<LedgerEntry> Standing(IReadOnlyList<LedgerEntry> entries)
    {
        var reversed = entries.Select(e => e.Entry.Reverses).OfType<EntryId>().ToHashSet();
        return [.. entries.Where(e => !reversed.Contains(e.Entry.EntryId) && e.Entry.Reverses is null)];
    }

    private static List<UsageTrail> Trails(ReconciliationRecords records)
    {
        var usage = records.Usage.DistinctBy(u => u.UsageId).ToDictionary(u => u.UsageId.ToString());
        var charges = records.Charges.ToLookup(c => c.UsageId.ToString());
        var entries = records.Entries.Where(e => e.Entry.Reason == EntryReason.UsageCharged).ToLookup(e => e.Entry.Reference);
        var lines = records.Lines.Where(l => l.UsageId is not null).DistinctBy(l => l.ExternalLineId).ToLookup(l => l.UsageId!.Value.ToString());
        return
        [
            .. usage.Keys.Union(charges.Select(g => g.Key)).Union(entries.Select(g => g.Key)).Union(lines.Select(g => g.Key))
                .Order(StringComparer.Ordinal)
                .Select(key => new UsageTrail(
                    key,
                    usage.GetValueOrDefault(key),
                    [.. charges[key]],
                    [.. entries[key]],
                    [.. lines[key]]))
                .Select(trail => trail with
                {
                    Readings = trail.Usage is { } read ? records.Readings.GetValueOrDefault(read.UsageId) : null,
                    ClosedAt = records.ClosedAt.TryGetValue(BillingPeriod.Containing(trail.MeteredAt), out var closedAt) ? closedAt : null,
                }),
        ];
    }
}
