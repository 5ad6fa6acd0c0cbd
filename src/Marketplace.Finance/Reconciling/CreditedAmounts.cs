using Marketplace.Contracts;

namespace Marketplace.Finance;

/// <summary>
/// What credit notes take off invoices and shares. Each side's word is a candidate of its own, so that a wrong credit note is a
/// difference of its own and not one of the payment as well.
/// </summary>
internal sealed class CreditedAmounts(ReconciliationRecords records)
{
    private const int MostRefundsInAnyOrder = 6;
    private readonly ILookup<string, BookedCredit> notes = records.Credits.Where(c => !c.IsRefund).ToLookup(c => c.InvoiceId.ToString());
    private readonly ILookup<string, ExternalCorrection> external =
        records.Corrections.Where(c => c is { Kind: CorrectionKind.CreditNote, Reference: not null }).ToLookup(c => c.Reference!);

    private readonly ILookup<UsageId, (BookedCredit Credit, BookedCreditLine Line)> lines =
        records.Credits.SelectMany(c => c.Lines.Select(l => (c, l))).ToLookup(pair => pair.l.UsageId);

    private readonly ILookup<string, LedgerEntry> entries =
        records.Entries.Where(e => e.Entry.Reason is EntryReason.CreditNoteIssued or EntryReason.RefundOrdered).ToLookup(e => e.Entry.Reference);

    private readonly IReadOnlyList<Money> orphans = Orphans(records);
    private readonly IReadOnlyList<Money> unbooked = Unbooked(records);

    /// <summary>What is to be paid of an invoice, given what its lines may add up to.</summary>
    public IReadOnlyList<Money> Due(string invoice, IReadOnlyList<Money> totals)
    {
        var own = notes[invoice].ToList();
        var candidates = own.Count == 0
            ? totals.ToList()
            : totals.SelectMany(total => new[]
            {
                Less(total, own.Select(Total)),
                Less(total, own.Select(note => external[note.Id].Select(c => c.Amount).FirstOrDefault(Total(note)))),
            }).Distinct().ToList();
        candidates.AddRange(candidates.ToList().SelectMany(due => orphans.Where(o => o.Currency == due.Currency && o <= due).Select(o => due - o)));
        return candidates;
    }

    /// <summary>
    /// What the shares of a payout may add up to: a share that was given up before the payout is not in it, one that was given up later
    /// is reversed or owed. A credit note that is missing or wrong here may still be right in the ledger.
    /// </summary>
    /// <param name="payout">The payout; null where we have no record of it.</param>
    /// <param name="charges">Its charges.</param>
    /// <param name="sums">What their shares may add up to before anything was given up.</param>
    public IReadOnlyList<Money> Shares(BookedPayout? payout, IEnumerable<UsageTrail> charges, IReadOnlyList<Money> sums)
    {
        var given = charges.SelectMany(t => lines[t.Charge!.UsageId]).ToList();
        var before = given.Where(g => !g.Credit.IsRefund).ToList();
        var refunds = given.Where(g => g.Credit.IsRefund && !IsReversed(payout, g.Credit)).OrderBy(g => g.Credit.BookedAt)
            .GroupBy(g => g.Credit.Id, (_, of) => of.Select(g => g.Line.Share).Aggregate((sum, share) => sum + share)).ToList();
        IReadOnlyList<Money> candidates = given.Count == 0 ? sums :
        [
            .. sums.SelectMany(sum => new[] { Less(sum, before.Select(g => g.Line.Share)), Less(sum, before.Select(InLedger)), sum })
                .SelectMany(sum => Parts(refunds).Select(part => Less(sum, part))).Distinct(),
        ];
        return [.. candidates, .. candidates.SelectMany(sum => unbooked.Where(u => u.Currency == sum.Currency).Select(u => sum - u))];
    }

    private static bool IsReversed(BookedPayout? payout, BookedCredit refund) =>
        payout is not null && payout.Reversals.Any(reversal => reversal.Reference.StartsWith(refund.Id + ':', StringComparison.Ordinal));

    /// <summary>Which refunds may have come before a payout: any of a few, of many the earliest.</summary>
    private static IEnumerable<IEnumerable<Money>> Parts(List<Money> refunds) => refunds.Count <= MostRefundsInAnyOrder
        ? Enumerable.Range(0, 1 << refunds.Count).Select(chosen => refunds.Where((_, i) => (chosen >> i & 1) == 1))
        : Enumerable.Range(0, refunds.Count + 1).Select(refunds.Take);

    /// <summary>What the provider had of a charge that is lost: its entry's part, less what was given up of it.</summary>
    public IEnumerable<Money> Lost(UsageTrail trail)
    {
        var payable = trail.Entry!.Payable();
        yield return payable;
        var given = lines[trail.Usage!.UsageId].ToList();
        if (given.Count == 0) yield break;
        yield return Less(payable, given.Where(g => !g.Credit.IsRefund).Select(g => g.Line.Share));
        yield return Less(payable, given.Select(g => g.Line.Share));
    }

    private Money InLedger((BookedCredit Credit, BookedCreditLine Line) given) =>
        given.Credit.Lines.Count == 1 ? entries[given.Credit.Id].Select(e => -e.Payable()).FirstOrDefault(given.Line.Share) : given.Line.Share;

    /// <summary>What a credit note or refund takes back, tax included.</summary>
    public static Money Total(BookedCredit credit) =>
        credit.Lines.Select(l => l.Share + l.Fee + l.Tax).Aggregate((sum, line) => sum + line);

    /// <summary>Credit notes at the payment service that we have no record of: some invoice is lower by them.</summary>
    private static List<Money> Orphans(ReconciliationRecords records)
    {
        var known = records.Credits.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        return [.. records.Corrections.Where(c => c.Kind == CorrectionKind.CreditNote && (c.Reference is null || !known.Contains(c.Reference))).Select(c => c.Amount)];
    }

    /// <summary>What providers give up by entries of credit notes and refunds that we have no record of.</summary>
    private static List<Money> Unbooked(ReconciliationRecords records)
    {
        var known = records.Credits.Select(c => c.Id).ToHashSet(StringComparer.Ordinal);
        return [.. records.Entries
            .Where(e => e.Entry.Reason is EntryReason.CreditNoteIssued or EntryReason.RefundOrdered && !known.Contains(e.Entry.Reference))
            .Select(e => -e.Payable())];
    }

    private static Money Less(Money total, IEnumerable<Money> amounts) =>
        amounts.Where(a => a.Currency == total.Currency).Aggregate(total, (left, amount) => left - amount);
}
