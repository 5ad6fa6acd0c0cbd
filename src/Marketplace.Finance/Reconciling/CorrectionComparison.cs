using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Finance;

/// <summary>A credit note, refund or reversal, and all that was found for it.</summary>
/// <param name="Subject">Our id of it.</param>
/// <param name="Own">What we booked; null where nothing of ours stands behind the rest.</param>
/// <param name="IsDue">Whether the payment service must have it.</param>
/// <param name="External">Those at the payment service that name it.</param>
/// <param name="Entries">By reason: the entries that must be there when their turn has come.</param>
/// <param name="At">When it counts.</param>
internal sealed record Correction(
    string Subject, DifferenceSide? Own, bool IsDue, IReadOnlyList<ExternalCorrection> External, IReadOnlyList<CorrectionEntries> Entries, Instant At);

/// <summary>The entries of one reason for a correction.</summary>
/// <param name="IsDue">Whether there must be one.</param>
/// <param name="Sides">What they say.</param>
internal sealed record CorrectionEntries(bool IsDue, IReadOnlyList<DifferenceSide> Sides);

/// <summary>Our credit notes, refunds (of invoices and of unused top-ups) and reversals, their entries, and the payment service's.</summary>
internal static class CorrectionComparison
{
    public static IEnumerable<Difference> Compare(ReconciliationRecords records, Func<Instant, bool> isInPeriod)
    {
        var corrections = Of(records).Where(c => isInPeriod(c.At)).ToList();
        var strays = records.Corrections.Where(c => c.Reference is null && isInPeriod(c.CreatedAt)).ToList();
        foreach (var correction in corrections)
        {
            foreach (var difference in Compare(correction, strays)) yield return difference;
        }

        foreach (var stray in strays) yield return new(DifferenceKind.UnknownCorrection, stray.ExternalId, null, Side(stray));
    }

    private static IEnumerable<Correction> Of(ReconciliationRecords records)
    {
        var external = records.Corrections.Where(c => c.Reference is not null).ToLookup(c => (c.Kind, c.Reference!));
        var entries = records.Entries.ToLookup(e => (e.Entry.Reason, e.Entry.Reference));
        var known = new HashSet<(CorrectionKind, string)>();
        CorrectionEntries Entries(EntryReason reason, AccountKind kind, string reference, bool isDue) =>
            new(isDue, [.. entries[(reason, reference)].Select(e => Side(e, kind))]);

        foreach (var credit in records.Credits)
        {
            var kind = credit.IsRefund ? CorrectionKind.Refund : CorrectionKind.CreditNote;
            known.Add((kind, credit.Id));
            var own = new DifferenceSide(credit.IsRefund ? RecordStage.Refund : RecordStage.CreditNote, credit.Id, CreditedAmounts.Total(credit));
            var made = external[(kind, credit.Id)].ToList();
            var paid = credit.IsRefund ? Entries(EntryReason.RefundPaid, AccountKind.Refund, credit.Id, made.Count > 0) : null;
            if (credit.ToPrepaid is not { } restored)
            {
                yield return new(credit.Id, own, credit.ExternalId is not null || paid is { Sides.Count: > 0 }, made,
                    paid is null
                        ? [Entries(EntryReason.CreditNoteIssued, AccountKind.BuyerReceivable, credit.Id, true)]
                        : [Entries(EntryReason.RefundOrdered, AccountKind.Refund, credit.Id, true), paid],
                    credit.BookedAt);
                continue;
            }

            var ordered = Entries(EntryReason.RefundOrdered, AccountKind.Refund, credit.Id, true);
            var again = Entries(EntryReason.PrepaidRestored, AccountKind.BuyerPrepaid, credit.Id, true);
            var back = own.Amount.Plus(-restored);
            if (credit.ExternalId is null && made.Count == 0 && paid!.Sides.Count == 0 && (again.Sides.Count > 0 || back.IsZero))
            {
                // All of it is the buyer's credit again.
                yield return new(credit.Id, own, false, [], [ordered, again], credit.BookedAt);
                continue;
            }

            // What the payment service gives back and what is the buyer's credit again are compared each by itself.
            yield return new(credit.Id, own with { Amount = back }, credit.ExternalId is not null || paid!.Sides.Count > 0, made,
                [ordered with { Sides = [.. ordered.Sides.Select(s => s with { Amount = s.Amount.Plus(-restored) })] }, paid!], credit.BookedAt);
            yield return new(credit.Id, own with { Amount = restored }, false, [], [again with { IsDue = credit.ExternalId is not null }], credit.BookedAt);
        }

        foreach (var refund in records.TopUpRefunds)
        {
            var id = refund.RefundId.ToString();
            known.Add((CorrectionKind.Refund, id));
            var made = external[(CorrectionKind.Refund, id)].ToList();
            var paid = Entries(EntryReason.RefundPaid, AccountKind.Refund, id, made.Count > 0);
            yield return new(id, new(RecordStage.Refund, id, refund.Amount), refund.ExternalId is not null || paid.Sides.Count > 0, made,
                [Entries(EntryReason.PrepaidRefundOrdered, AccountKind.Refund, id, true), paid], refund.OrderedAt);
        }

        foreach (var (payout, reversal) in records.Payouts.SelectMany(p => p.Reversals.Select(r => (p, r))))
        {
            known.Add((CorrectionKind.TransferReversal, reversal.Reference));
            var made = external[(CorrectionKind.TransferReversal, reversal.Reference)].ToList();

            // What was taken back later than the months that are read is compared in its own month.
            if (reversal.MadeAt >= records.Period.Next.End) continue;
            yield return new(
                reversal.Reference, new(RecordStage.TransferReversal, reversal.Reference, reversal.Amount), reversal.IsMade, made,
                [Entries(EntryReason.TransferReversed, AccountKind.ProviderPayable, reversal.Reference, reversal.IsMade)],
                made.Count > 0 ? made[0].CreatedAt : reversal.MadeAt ?? payout.CreatedAt);
        }

        var unseen = ReversalsOfUnseenPayouts(records);
        foreach (var stray in external.Where(g => !known.Contains(g.Key) && !(g.Key.Kind == CorrectionKind.TransferReversal && unseen.Contains(g.Key.Item2))))
            yield return new(stray.Key.Item2, null, false, [.. stray], [], stray.First().CreatedAt);
        foreach (var group in entries.Where(g => KindOf(g.Key.Reason) is { } kind && !known.Contains((kind, g.Key.Reference))))
        {
            // What moved at the payment service is told by it; the entry only repeats it.
            if (external[(KindOf(group.Key.Reason)!.Value, group.Key.Reference)].Any()) continue;
            if (group.Key.Reason == EntryReason.PrepaidRestored && entries[(EntryReason.RefundOrdered, group.Key.Reference)].Any()) continue;
            yield return new(group.Key.Reference, null, false, [], [new(false, [.. group.Select(e => Side(e, AccountOf(group.Key.Reason)))])], group.First().Entry.BookedAt);
        }
    }

    /// <summary>
    /// What refunds of ours would reverse of payouts that are not among the records: they are older, or their being gone is a difference
    /// of its own.
    /// </summary>
    private static HashSet<string> ReversalsOfUnseenPayouts(ReconciliationRecords records)
    {
        var seen = records.Payouts.Select(p => p.PayoutId).ToHashSet();
        var payouts = records.Charges.Where(c => c.PayoutId is not null).GroupBy(c => c.UsageId).ToDictionary(g => g.Key, g => g.First().PayoutId!.Value);
        return [.. from credit in records.Credits
                   where credit.IsRefund
                   from line in credit.Lines
                   where !payouts.TryGetValue(line.UsageId, out var payout) || !seen.Contains(payout)
                   select $"{credit.Id}:{line.UsageId}"];
    }

    private static IEnumerable<Difference> Compare(Correction correction, List<ExternalCorrection> strays)
    {
        if (correction.Own is not { } own)
        {
            foreach (var made in correction.External) yield return new(DifferenceKind.UnknownCorrection, correction.Subject, null, Side(made));
            foreach (var entry in correction.Entries.SelectMany(e => e.Sides)) yield return new(DifferenceKind.UnknownEntry, correction.Subject, null, entry);
            yield break;
        }

        foreach (var made in correction.External.Skip(1))
            yield return new(DifferenceKind.DuplicateCorrection, correction.Subject, Side(correction.External[0]), Side(made));
        foreach (var entries in correction.Entries)
        {
            if (entries is { IsDue: true, Sides.Count: 0 }) yield return new(DifferenceKind.MissingEntry, correction.Subject, own, null);
            foreach (var entry in entries.Sides.Skip(1)) yield return new(DifferenceKind.DuplicateEntry, correction.Subject, entries.Sides[0], entry);
        }

        if (correction is { IsDue: true, External.Count: 0 })
        {
            var unlabelled = strays.FindIndex(s => s.Amount == own.Amount);
            yield return unlabelled < 0
                ? new(DifferenceKind.MissingCorrection, correction.Subject, own, null)
                : new(DifferenceKind.UnknownCorrection, correction.Subject, own, Side(strays[unlabelled]));
            if (unlabelled >= 0) strays.RemoveAt(unlabelled);
        }

        DifferenceSide[] sides = [own, .. correction.Entries.SelectMany(e => e.Sides.Take(1)), .. correction.External.Take(1).Select(Side)];
        foreach (var (agreed, other) in Consensus.Deviations(sides))
        {
            var kind = agreed.Amount.Currency != other.Amount.Currency ? DifferenceKind.CurrencyDiffers
                : other.Stage == RecordStage.LedgerEntry ? DifferenceKind.AmountDiffers
                : DifferenceKind.CorrectionDiffers;
            yield return new(kind, correction.Subject, agreed, other);
        }
    }

    private static CorrectionKind? KindOf(EntryReason reason) => reason switch
    {
        EntryReason.CreditNoteIssued => CorrectionKind.CreditNote,
        EntryReason.RefundOrdered or EntryReason.RefundPaid or EntryReason.PrepaidRestored or EntryReason.PrepaidRefundOrdered => CorrectionKind.Refund,
        EntryReason.TransferReversed => CorrectionKind.TransferReversal,
        _ => null,
    };

    private static AccountKind AccountOf(EntryReason reason) => reason switch
    {
        EntryReason.CreditNoteIssued => AccountKind.BuyerReceivable,
        EntryReason.TransferReversed => AccountKind.ProviderPayable,
        EntryReason.PrepaidRestored => AccountKind.BuyerPrepaid,
        _ => AccountKind.Refund,
    };

    private static DifferenceSide Side(ExternalCorrection made) => new(RecordStage.ExternalCorrection, made.ExternalId, made.Amount);

    private static DifferenceSide Side(LedgerEntry entry, AccountKind kind)
    {
        var sum = entry.Entry.Postings.Where(p => p.Account.Kind == kind).Aggregate(Money.Zero(entry.Entry.Currency), (total, p) => total + p.Amount);
        return new(RecordStage.LedgerEntry, entry.Entry.EntryId.ToString(), sum.IsNegative ? -sum : sum);
    }
}
