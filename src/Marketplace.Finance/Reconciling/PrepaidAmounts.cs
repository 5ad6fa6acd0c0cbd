using Marketplace.Contracts;

namespace Marketplace.Finance;

/// <summary>
/// What of invoices is paid in advance, so that less is collected. Each side's word is a candidate of its own: a part that is wrong is a
/// difference of its own and not one of the payment as well.
/// </summary>
internal sealed class PrepaidAmounts(ReconciliationRecords records)
{
    private readonly ILookup<string, Money> own = records.PrepaidUses.ToLookup(u => u.InvoiceId.ToString(), u => u.Amount);
    private readonly ILookup<string, Money> external =
        records.ExternalPrepaidUses.Where(u => u.Reference is not null).ToLookup(u => InvoiceOf(u.Reference!), u => u.Amount);

    private readonly ILookup<string, Money> entries = records.Entries.Where(e => e.Entry.Reason == EntryReason.PrepaidUsed)
        .ToLookup(e => InvoiceOf(e.Entry.Reference), e => -e.Receivable());

    /// <summary>What is to be collected of an invoice, given what may be due of it.</summary>
    public IReadOnlyList<Money> Collected(string invoice, IReadOnlyList<Money> due) =>
        [.. new[] { own, external, entries }.SelectMany(side => due.Select(amount => Less(amount, side[invoice]))).Distinct()];

    /// <summary>A part is named by its invoice and its number.</summary>
    private static string InvoiceOf(string reference) => reference.Split(':')[0];

    private static Money Less(Money due, IEnumerable<Money> parts) =>
        parts.Where(part => part.Currency == due.Currency).Aggregate(due, (left, part) => left - part);
}
