using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.Prepaid;
using Marketplace.Billing.RateUsage;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.CreditInvoice;

/// <summary>How an amount is taken back.</summary>
public enum CreditForm
{
    /// <summary>A credit note: the invoice is not paid yet.</summary>
    CreditNote,

    /// <summary>A refund: the invoice is paid.</summary>
    Refund,
}

/// <summary>How much is to be taken back of a line.</summary>
/// <param name="UsageId">The line's usage record.</param>
/// <param name="Amount">How much, tax included; null for all that is left.</param>
public sealed record LineCredit(UsageId UsageId, Money? Amount);

/// <summary>Why a credit note or refund is refused. In order of precedence.</summary>
public enum CreditRefusal
{
    /// <summary>There is no such invoice.</summary>
    InvoiceUnknown,

    /// <summary>The invoice is a draft: its lines can still change.</summary>
    InvoiceNotFinal,

    /// <summary>The invoice is void or written off.</summary>
    InvoiceClosed,

    /// <summary>A credit note for a paid invoice: refund it.</summary>
    InvoicePaid,

    /// <summary>A refund of an invoice that is not paid: issue a credit note.</summary>
    InvoiceNotPaid,

    /// <summary>The invoice has no such line.</summary>
    LineUnknown,

    /// <summary>A line is named twice.</summary>
    LineRepeated,

    /// <summary>A line is contested: resolve the dispute.</summary>
    LineDisputed,

    /// <summary>An amount is in another currency than the invoice.</summary>
    CurrencyDiffers,

    /// <summary>An amount is zero or negative, or there is nothing left to take back.</summary>
    NothingToCredit,

    /// <summary>An amount is more than is left of its line.</summary>
    ExceedsLine,

    /// <summary>A credit note over more than is left to pay: the other part is paid in advance, and is refunded once the invoice is paid.</summary>
    ExceedsUnpaid,
}

/// <summary>Decides what is taken back, and what that means for the ledger.</summary>
public static class CreditRules
{
    /// <summary>Takes amounts off an invoice's lines.</summary>
    /// <param name="invoice">The invoice.</param>
    /// <param name="form">Credit note or refund.</param>
    /// <param name="wanted">What is wanted; null for all that is left of every line or, where a part is paid in advance, for all that is left to pay.</param>
    /// <returns>What is taken back, each line in the parts that provider, platform and state give up.</returns>
    public static Result<IReadOnlyList<CreditedLine>, CreditRefusal> Decide(Invoice invoice, CreditForm form, IReadOnlyList<LineCredit>? wanted)
    {
        if (invoice.State == InvoiceState.Draft) return CreditRefusal.InvoiceNotFinal;
        if (invoice.State != InvoiceState.Paid && !invoice.IsUnpaid()) return CreditRefusal.InvoiceClosed;
        if (form == CreditForm.CreditNote && invoice.State == InvoiceState.Paid) return CreditRefusal.InvoicePaid;
        if (form == CreditForm.Refund && invoice.State != InvoiceState.Paid) return CreditRefusal.InvoiceNotPaid;
        wanted ??= All(invoice, form);
        var lines = invoice.Lines.ToDictionary(line => line.UsageId);
        if (wanted.Any(want => !lines.ContainsKey(want.UsageId))) return CreditRefusal.LineUnknown;
        if (wanted.DistinctBy(want => want.UsageId).Count() < wanted.Count) return CreditRefusal.LineRepeated;
        if (wanted.Any(want => lines[want.UsageId].Dispute is not null)) return CreditRefusal.LineDisputed;
        if (wanted.Any(want => want.Amount is { } amount && amount.Currency != invoice.Currency)) return CreditRefusal.CurrencyDiffers;
        var amounts = wanted.Select(want => (Line: lines[want.UsageId], Amount: want.Amount ?? lines[want.UsageId].Left().Total())).ToList();
        if (amounts.Count == 0 || amounts.Any(want => want.Amount.MinorUnits <= 0)) return CreditRefusal.NothingToCredit;
        if (amounts.Any(want => want.Amount > want.Line.Left().Total())) return CreditRefusal.ExceedsLine;
        if (form == CreditForm.CreditNote && amounts.Aggregate(Money.Zero(invoice.Currency), (sum, want) => sum + want.Amount) > invoice.Collectable())
            return CreditRefusal.ExceedsUnpaid;
        return amounts.ConvertAll(want => new CreditedLine(want.Line.UsageId, want.Line.Provider, want.Line.Left().Take(want.Amount)));
    }

    /// <summary>
    /// What of a refund is paid in advance again: as much as was paid in advance and is not yet, before any is given back to the card; what
    /// was taken last first. Who wants it on the card has the unused credit refunded.
    /// </summary>
    /// <param name="invoice">The invoice before the refund.</param>
    /// <param name="amount">The refund.</param>
    public static IReadOnlyList<TopUpPart> Restored(Invoice invoice, Money amount)
    {
        var taken = new PrepaidFunds([.. (invoice.PrepaidUses ?? []).SelectMany(use => use.From).Reverse()]);
        return taken.Take(invoice.RefundedToPrepaid).Left.Take(amount).Taken;
    }

    /// <summary>The invoice whose lines are lower.</summary>
    public static Invoice Apply(Invoice invoice, CreditForm form, IReadOnlyList<CreditedLine> credited)
    {
        var byUsage = credited.ToDictionary(line => line.UsageId, line => line.Parts);
        var amount = Sum(credited);
        return invoice with
        {
            Lines = [.. invoice.Lines.Select(line => byUsage.TryGetValue(line.UsageId, out var parts) ? line with { Credited = line.Credited + parts } : line)],
            Credited = form == CreditForm.CreditNote ? invoice.Credited + amount : invoice.Credited,
            Refunded = form == CreditForm.Refund ? invoice.Refunded + amount : invoice.Refunded,
            RefundedToPrepaid = form == CreditForm.Refund ? invoice.RefundedToPrepaid + PrepaidFunds.Sum(Restored(invoice, amount), invoice.Currency) : invoice.RefundedToPrepaid,
            PendingNotes = form == CreditForm.CreditNote ? invoice.PendingNotes + 1 : invoice.PendingNotes,
        };
    }

    /// <summary>What lines are together, tax included.</summary>
    public static Money Sum(IReadOnlyList<CreditedLine> lines) =>
        lines.Skip(1).Aggregate(lines[0].Parts, (sum, line) => sum + line.Parts).Total();

    /// <summary>The entry: provider, platform and state give up their parts, and an account gets the whole.</summary>
    /// <param name="entryId">The entry.</param>
    /// <param name="reason">What happened.</param>
    /// <param name="reference">The id of what happened.</param>
    /// <param name="lines">What is given up; one or more lines, not all of nothing.</param>
    /// <param name="counter">Who is credited: what the buyer owes, or what is to be refunded.</param>
    /// <param name="bookedAt">When it counts.</param>
    public static RecordEntry Entry(
        EntryId entryId, EntryReason reason, string reference, IReadOnlyList<CreditedLine> lines, Account counter, Instant bookedAt)
    {
        var currency = lines[0].Parts.Tax.Currency;
        var all = lines.Aggregate(ChargeParts.None(currency), (sum, line) => sum + line.Parts);
        var postings = new List<Posting>();
        foreach (var own in lines.GroupBy(line => line.Provider))
        {
            Debit(postings, new Account(AccountKind.ProviderPayable, own.Key), own.Aggregate(Money.Zero(currency), (sum, line) => sum + line.Parts.Share));
        }

        Debit(postings, new Account(AccountKind.PlatformRevenue, null), all.Fee);
        Debit(postings, new Account(AccountKind.Tax, null), all.Tax);
        postings.Add(new Posting(counter, -all.Total()));
        return new RecordEntry(entryId, currency, reason, reference, bookedAt, postings);
    }

    private static IReadOnlyList<LineCredit> All(Invoice invoice, CreditForm form)
    {
        var open = invoice.Lines.Where(line => !line.Left().Total().IsZero).ToList();
        if (form == CreditForm.Refund || invoice.Prepaid().IsZero || open.Count == 0) return [.. open.Select(line => new LineCredit(line.UsageId, null))];
        var parts = invoice.Collectable().Split([.. open.Select(line => line.Left().Total().MinorUnits)]);
        return [.. open.Zip(parts, (line, part) => new LineCredit(line.UsageId, part)).Where(line => !line.Amount!.Value.IsZero)];
    }

    private static void Debit(List<Posting> postings, Account account, Money amount)
    {
        if (!amount.IsZero) postings.Add(new Posting(account, amount));
    }
}
