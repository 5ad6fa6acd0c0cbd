using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Finance;

/// <summary>Shares that were held for disputes, and invoices that were given up: the charges, our record and the ledger's entries.</summary>
internal static class ReserveComparison
{
    public static IEnumerable<Difference> Compare(ReconciliationRecords records, IReadOnlyList<UsageTrail> trails, Func<Instant, bool> isInPeriod)
    {
        var entries = records.Entries.ToLookup(e => (e.Entry.Reason, e.Entry.Reference));
        foreach (var difference in Disputes(records, entries, isInPeriod)) yield return difference;
        foreach (var difference in WriteOffs(records, trails, entries, isInPeriod)) yield return difference;
        var disputes = records.Disputes.Select(d => d.DisputeId.ToString()).ToHashSet(StringComparer.Ordinal);
        var invoices = records.WriteOffs.Select(w => w.InvoiceId.ToString()).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in records.Entries.Where(e => isInPeriod(e.Entry.BookedAt)))
        {
            var isUnknown = entry.Entry.Reason switch
            {
                EntryReason.DisputeHeld or EntryReason.DisputeReleased => !disputes.Contains(entry.Entry.Reference),
                EntryReason.InvoiceWrittenOff => !invoices.Contains(entry.Entry.Reference),
                _ => false,
            };
            if (isUnknown) yield return new(DifferenceKind.UnknownEntry, entry.Entry.Reference, null, entry.Entry.Reason == EntryReason.InvoiceWrittenOff ? Owed(entry) : Held(entry));
        }
    }

    private static IEnumerable<Difference> Disputes(
        ReconciliationRecords records, ILookup<(EntryReason, string), LedgerEntry> entries, Func<Instant, bool> isInPeriod)
    {
        var shares = new DisputableShares(records);
        foreach (var dispute in records.Disputes)
        {
            // What is let go in the next month is compared with the holding; what is let go later, by itself in its own month.
            var subject = dispute.DisputeId.ToString();
            var held = entries[(EntryReason.DisputeHeld, subject)].Select(Held).ToList();
            var released = entries[(EntryReason.DisputeReleased, subject)].Select(Held).ToList();
            var isSoon = dispute.ReleasedAt is { } at && BillingPeriod.Containing(at).CompareTo(BillingPeriod.Containing(dispute.HeldAt).Next) <= 0;
            var own = new DifferenceSide(RecordStage.Dispute, subject, dispute.Amount);
            var found = new List<Difference>();
            if (isInPeriod(dispute.HeldAt))
                found = [.. Compare(subject, [.. shares.Of(dispute, held), own], DifferenceKind.DisputeDiffers, isSoon ? [(true, held), (true, released)] : [(true, held)])];
            else if (dispute.ReleasedAt is { } later && !isSoon && isInPeriod(later))
                found = [.. Compare(subject, [own], DifferenceKind.DisputeDiffers, [(true, released)])];
            foreach (var difference in found) yield return difference;
            if (dispute.ReleasedAt is not null || !isInPeriod(dispute.HeldAt)) continue;
            foreach (var early in released) yield return new(DifferenceKind.DisputeDiffers, subject, own, early);
        }
    }

    private static IEnumerable<Difference> WriteOffs(
        ReconciliationRecords records, IReadOnlyList<UsageTrail> trails, ILookup<(EntryReason, string), LedgerEntry> entries, Func<Instant, bool> isInPeriod)
    {
        var invoices = trails.Where(t => t.Invoice is not null).ToLookup(t => t.Invoice!.Value.ToString());
        var credited = new CreditedAmounts(records);
        foreach (var given in records.WriteOffs.Where(w => isInPeriod(w.At)))
        {
            var subject = given.InvoiceId.ToString();
            var own = new DifferenceSide(RecordStage.WriteOff, subject, given.Amount);
            var standing = entries[(EntryReason.InvoiceWrittenOff, subject)].Select(Owed).ToList();

            // An entry that was taken back is as if it were not there, if that is among the records.
            if (given.RecoveredAt < records.Period.Next.End)
            {
                foreach (var entry in standing) yield return new(DifferenceKind.WriteOffDiffers, subject, own with { Amount = Money.Zero(given.Amount.Currency) }, entry);
                continue;
            }

            var due = credited.Due(subject, Settlements.TotalsOf([.. invoices[subject]]));
            List<DifferenceSide> sides = due.Count == 0 ? [own] : [Fitting(RecordStage.Invoice, subject, due, [.. standing, own]), own];
            foreach (var difference in Compare(subject, sides, DifferenceKind.WriteOffDiffers, [(true, standing)])) yield return difference;
        }
    }

    /// <summary>Our sides, the last of which is our record, and the entries of each reason, which must be there where they are due.</summary>
    private static IEnumerable<Difference> Compare(
        string subject, IReadOnlyList<DifferenceSide> ours, DifferenceKind differs, IReadOnlyList<(bool IsDue, List<DifferenceSide> Sides)> entries)
    {
        foreach (var (isDue, sides) in entries)
        {
            if (isDue && sides.Count == 0) yield return new(DifferenceKind.MissingEntry, subject, ours[^1], null);
            foreach (var again in sides.Skip(1)) yield return new(DifferenceKind.DuplicateEntry, subject, sides[0], again);
        }

        foreach (var (agreed, other) in Consensus.Deviations([.. ours, .. entries.SelectMany(e => e.Sides.Take(1))]))
        {
            var kind = agreed.Amount.Currency != other.Amount.Currency ? DifferenceKind.CurrencyDiffers
                : other.Stage == RecordStage.LedgerEntry ? DifferenceKind.AmountDiffers
                : differs;
            yield return new(kind, subject, agreed, other);
        }
    }

    private static DifferenceSide Held(LedgerEntry entry) => Side(entry, AccountKind.DisputeHold);

    private static DifferenceSide Owed(LedgerEntry entry) => Side(entry, AccountKind.BuyerReceivable);

    private static DifferenceSide Side(LedgerEntry entry, AccountKind kind)
    {
        var sum = entry.Entry.Postings.Where(p => p.Account.Kind == kind).Aggregate(Money.Zero(entry.Entry.Currency), (total, p) => total + p.Amount);
        return new(RecordStage.LedgerEntry, entry.Entry.EntryId.ToString(), sum.IsNegative ? -sum : sum);
    }

    /// <summary>The side of charges, which may say several things where something is wrong that is a difference of its own: what another side says, if it can be that.</summary>
    private static DifferenceSide Fitting(RecordStage stage, string id, IReadOnlyList<Money> candidates, IEnumerable<DifferenceSide> others) =>
        new(stage, id, others.Select(o => o.Amount).Where(candidates.Contains).DefaultIfEmpty(candidates[0]).First());

    /// <summary>The provider's part of contested charges: the most that can be held. What a charge and what its entry says are candidates, for a wrong one is a difference of its own.</summary>
    private sealed class DisputableShares(ReconciliationRecords records)
    {
        private readonly ILookup<string, Money> charges = records.Charges.ToLookup(c => c.UsageId.ToString(), c => c.ProviderShare());
        private readonly ILookup<string, Money> entries =
            records.Entries.Where(e => e.Entry.Reason == EntryReason.UsageCharged).ToLookup(e => e.Entry.Reference, e => e.Payable());

        /// <summary>The charge's side, which agrees with whatever is not more than its share; none where the charge is too far back.</summary>
        public IEnumerable<DifferenceSide> Of(BookedDispute dispute, IReadOnlyList<DifferenceSide> held)
        {
            var usage = dispute.UsageId.ToString();
            List<Money> shares = [.. charges[usage].Take(1), .. entries[usage].Take(1)];
            if (shares.Count == 0) yield break;
            var fitting = held.Select(h => h.Amount).Append(dispute.Amount).Where(a => shares.Any(share => share.Currency == a.Currency && a <= share));
            yield return new(RecordStage.Charge, usage, fitting.DefaultIfEmpty(shares[0]).First());
        }
    }
}
