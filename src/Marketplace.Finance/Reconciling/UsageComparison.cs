using Marketplace.Contracts;

namespace Marketplace.Finance;

/// <summary>Usage record, charge, ledger entry, invoice line: each trail is compared by itself.</summary>
internal static class UsageComparison
{
    /// <summary>Lines that name no usage record of ours, and the charges that miss a line: one may be the other.</summary>
    public static IEnumerable<Difference> Compare(IReadOnlyList<UsageTrail> trails, IReadOnlyList<ExternalInvoiceLine> strayLines)
    {
        var strays = strayLines.ToList();
        foreach (var trail in trails)
        {
            if (trail.Usage is null && trail.Charge is null)
            {
                foreach (var stray in Strays(trail)) yield return stray;
                continue;
            }

            foreach (var difference in Existence(trail, strays)) yield return difference;
            foreach (var difference in Content(trail)) yield return difference;
        }

        foreach (var line in strays) yield return new(DifferenceKind.UnknownLine, line.ExternalLineId, null, Side(line));
    }

    private static IEnumerable<Difference> Strays(UsageTrail trail)
    {
        foreach (var entry in trail.Entries) yield return new(DifferenceKind.UnknownEntry, trail.Key, null, Side(entry));
        foreach (var line in trail.Lines) yield return new(DifferenceKind.UnknownLine, trail.Key, null, Side(line));
    }

    private static IEnumerable<Difference> Existence(UsageTrail trail, List<ExternalInvoiceLine> strays)
    {
        if (trail.Usage is null) yield return new(DifferenceKind.MissingUsage, trail.Key, null, Side(trail.Charge!));
        foreach (var charge in trail.Charges.Skip(1)) yield return new(DifferenceKind.DuplicateCharge, trail.Key, Side(trail.Charge!), Side(charge));
        foreach (var entry in trail.Entries.Skip(1)) yield return new(DifferenceKind.DuplicateEntry, trail.Key, Side(trail.Entry!), Side(entry));
        foreach (var line in trail.Lines.Skip(1)) yield return new(DifferenceKind.DuplicateLine, trail.Key, Side(trail.Line!), Side(line));
        if (trail.Charge is not { } rated)
        {
            // What was never rated has no entry and no line: one difference, not three.
            yield return new(DifferenceKind.MissingCharge, trail.Key, trail.Amounts()[0], null);
            yield break;
        }

        var isFree = rated.Amount.IsZero && rated.Tax.IsZero;
        if (trail.Entry is null && !isFree) yield return new(DifferenceKind.MissingEntry, trail.Key, Side(rated), null);
        if (trail.Line is { } known)
        {
            if (known.InvoiceId != rated.InvoiceId) yield return new(DifferenceKind.InvoiceDiffers, trail.Key, Side(rated), Side(known));
        }
        else if (rated.InvoiceId is not null && !isFree)
        {
            var unlabelled = strays.FindIndex(s => (s.InvoiceId == rated.InvoiceId || s.InvoiceId is null) && s.Amount == rated.Total());
            yield return unlabelled < 0
                ? new(DifferenceKind.MissingLine, trail.Key, Side(rated), null)
                : new(DifferenceKind.UnknownLine, trail.Key, Side(rated), Side(strays[unlabelled]));
            if (unlabelled >= 0) strays.RemoveAt(unlabelled);
        }
    }

    private static IEnumerable<Difference> Content(UsageTrail trail)
    {
        var amountsAgree = true;
        foreach (var (agreed, other) in Consensus.Deviations(trail.Amounts()))
        {
            amountsAgree = false;
            var kind = other.Stage == RecordStage.Readings ? DifferenceKind.ReadingsDiffer
                : agreed.Amount.Currency == other.Amount.Currency ? DifferenceKind.AmountDiffers
                : DifferenceKind.CurrencyDiffers;
            yield return new(kind, trail.Key, agreed, other);
        }

        if (amountsAgree)
        {
            foreach (var difference in Quantities(trail)) yield return difference;
        }

        if (amountsAgree && trail is { Charge: { } rated, Entry: { } entry } && (entry.Fee() != rated.Fee || entry.Tax() != rated.Tax))
        {
            yield return new(
                DifferenceKind.SplitDiffers,
                trail.Key,
                new(RecordStage.Charge, trail.Key, rated.Fee),
                new(RecordStage.LedgerEntry, entry.Entry.EntryId.ToString(), entry.Fee()));
        }

        if (trail.Entry is { } booked && BillingPeriod.Containing(booked.Entry.BookedAt) != BillingPeriod.Containing(trail.At))
        {
            yield return new(DifferenceKind.PeriodDiffers, trail.Key, trail.Amounts()[0], Side(booked));
        }
    }

    private static IEnumerable<Difference> Quantities(UsageTrail trail)
    {
        var sides = trail.Quantities();
        if (sides.Count == 0) yield break;
        var agreed = sides.GroupBy(s => s.Used).OrderByDescending(g => g.Count()).First().First();
        foreach (var (used, side) in sides.Where(s => s.Used != agreed.Used))
        {
            yield return new(side.Stage == RecordStage.Readings ? DifferenceKind.ReadingsDiffer : DifferenceKind.QuantityDiffers, trail.Key, agreed.Side, side);
        }

        // The seconds agree, but not hour by hour, or not by the readings that were signed.
        if (trail is { Readings: { IsWhole: false } readings, Usage: { } usage } && readings.Recomputed == usage.Total)
            yield return new(DifferenceKind.ReadingsDiffer, trail.Key, sides[1].Side, sides[0].Side);
    }

    private static DifferenceSide Side(RatedCharge charge) => new(RecordStage.Charge, charge.UsageId.ToString(), charge.Total());

    private static DifferenceSide Side(LedgerEntry entry) => new(RecordStage.LedgerEntry, entry.Entry.EntryId.ToString(), entry.Receivable());

    private static DifferenceSide Side(ExternalInvoiceLine line) => new(RecordStage.InvoiceLine, line.ExternalLineId, line.Amount);
}
