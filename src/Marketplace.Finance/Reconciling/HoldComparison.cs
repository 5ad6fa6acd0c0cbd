using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Finance;

/// <summary>
/// What was set aside for trades: our record, the ledger's hold, and the charges that are captured from it. A hold counts in the month in
/// which it was placed, however much later its lease is.
/// </summary>
internal static class HoldComparison
{
    public static IEnumerable<Difference> Compare(ReconciliationRecords records, Func<Instant, bool> isInPeriod)
    {
        var steps = records.HoldEntries.ToLookup(e => e.Hold!.HoldId);
        var charges = records.Charges.ToLookup(c => c.LeaseId);
        var entries = records.Entries.DistinctBy(e => e.Entry.EntryId).ToDictionary(e => e.Entry.EntryId);
        var captures = Captures(records);
        foreach (var hold in records.Holds.Where(h => isInPeriod(h.PlacedAt)))
        {
            var own = new DifferenceSide(RecordStage.Hold, hold.HoldId.ToString(), hold.Amount);
            var ofHold = steps[hold.HoldId].OrderBy(e => e.Sequence).ToList();
            if (Placing(hold, own, ofHold) is { } wrong)
            {
                yield return wrong;
                continue;
            }

            // A charge whose entry is missing or wrong, and an entry of no charge or a second one, are differences of their own.
            var ofLease = charges[hold.LeaseId].DistinctBy(c => c.EntryId).Where(c => c.Amount.Currency == hold.Amount.Currency && !c.Total().IsZero).ToList();
            if (ofLease.Any(c => !entries.TryGetValue(c.EntryId, out var entry) || entry.Receivable() != c.Total())) continue;
            List<LedgerEntry> all = [.. ofHold.Where(e => e.Hold!.Step != HoldStep.Posted || captures(e)).DistinctBy(e => e.Hold!.Step == HoldStep.Posted ? e.Entry.Reference : e.Entry.EntryId.ToString())];
            if (Capturing(hold, all, ofLease, entries) is { } uncaptured) yield return uncaptured;
            else if (Releasing(hold, own, all) is { } unreleased) yield return unreleased;
        }

        var known = records.Holds.Select(h => h.HoldId).ToHashSet();
        foreach (var stray in records.HoldEntries.Where(e => e.Hold!.Step == HoldStep.Placed && isInPeriod(e.Entry.BookedAt) && !known.Contains(e.Hold.HoldId)))
            yield return new(DifferenceKind.UnknownEntry, stray.Entry.Reference, null, Side(stray));
    }

    /// <summary>Whether an entry that posts from a hold is of a charge or usage record of ours; of those of other months than these it is believed.</summary>
    private static Func<LedgerEntry, bool> Captures(ReconciliationRecords records)
    {
        var known = records.Charges.Select(c => c.UsageId.ToString()).Concat(records.Usage.Select(u => u.UsageId.ToString())).ToHashSet(StringComparer.Ordinal);
        return entry => entry.Entry.BookedAt >= records.Period.Next.End || known.Contains(entry.Entry.Reference);
    }

    private static Difference? Placing(BookedHold hold, DifferenceSide own, IReadOnlyList<LedgerEntry> all)
    {
        var placed = all.Where(e => e.Hold!.Step == HoldStep.Placed).ToList();
        return placed switch
        {
            [] => new(DifferenceKind.MissingEntry, hold.LeaseId.ToString(), own, null),
            [var first, var second, ..] => new(DifferenceKind.DuplicateEntry, hold.LeaseId.ToString(), Side(first), Side(second)),
            [var one] when one.Hold!.Pending == hold.Amount => null,
            [var one] => new(
                one.Hold!.Pending.Currency == hold.Amount.Currency ? DifferenceKind.AmountDiffers : DifferenceKind.CurrencyDiffers, hold.LeaseId.ToString(), own, Side(one)),
        };
    }

    /// <summary>A charge of the lease is captured as far as something is left of the hold when it is booked; what is captured is a charge's.</summary>
    private static Difference? Capturing(
        BookedHold hold, IReadOnlyList<LedgerEntry> all, List<RatedCharge> charges, Dictionary<EntryId, LedgerEntry> entries)
    {
        foreach (var charge in charges)
        {
            var entry = entries[charge.EntryId];
            var none = Money.Zero(hold.Amount.Currency);
            var capture = all.FirstOrDefault(e => e.Entry.EntryId == charge.EntryId);
            var left = all.TakeWhile(e => capture is null ? e.Sequence < entry.Sequence : e != capture).Aggregate(none, (sum, e) => sum + e.Hold!.Pending);
            var due = charge.Total() < left ? charge.Total() : left;
            var captured = capture is null ? none : -capture.Hold!.Pending;
            if (captured == due) continue;
            return new(
                DifferenceKind.HoldDiffers, hold.LeaseId.ToString(), new(RecordStage.Charge, charge.UsageId.ToString(), due),
                new(RecordStage.LedgerEntry, entry.Entry.EntryId.ToString(), captured));
        }

        return null;
    }

    private static Difference? Releasing(BookedHold hold, DifferenceSide own, IReadOnlyList<LedgerEntry> all)
    {
        var left = all.Aggregate(Money.Zero(hold.Amount.Currency), (sum, e) => sum + e.Hold!.Pending);
        var isVoided = all.Any(e => e.Hold!.Step == HoldStep.Voided);
        if (hold.IsReleased ? left.IsZero : !isVoided) return null;
        return new(
            DifferenceKind.HoldDiffers, hold.LeaseId.ToString(), own with { Amount = hold.IsReleased ? Money.Zero(left.Currency) : hold.Amount },
            new(RecordStage.LedgerEntry, all[^1].Entry.EntryId.ToString(), left));
    }

    private static DifferenceSide Side(LedgerEntry placed) => new(RecordStage.LedgerEntry, placed.Entry.EntryId.ToString(), placed.Hold!.Pending);
}
