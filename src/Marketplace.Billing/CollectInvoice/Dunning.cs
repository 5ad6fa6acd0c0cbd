using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.CollectInvoice;

/// <summary>Why an invoice cannot be written off. In order of precedence.</summary>
public enum WriteOffRefusal
{
    /// <summary>There is no such invoice.</summary>
    InvoiceUnknown,

    /// <summary>The invoice is a draft.</summary>
    InvoiceNotFinal,

    /// <summary>The invoice is void or written off.</summary>
    InvoiceClosed,

    /// <summary>The invoice is paid.</summary>
    InvoicePaid,

    /// <summary>A line is contested: resolve the dispute.</summary>
    LineDisputed,

    /// <summary>A credit note is on its way to the payment service: try again soon.</summary>
    CreditNotePending,

    /// <summary>A part of it is paid in advance: issue a credit note over the rest, so that providers get their shares of that part.</summary>
    PartlyPaid,
}

/// <summary>Decides what follows when a buyer does not pay.</summary>
public static class Dunning
{
    /// <summary>The invoice after a declined payment: past due, with the next attempt if there is one.</summary>
    /// <param name="invoice">The invoice.</param>
    /// <param name="attempt">Which attempt was declined, 1 for the first.</param>
    /// <param name="retryAfter">How long after each the next is made.</param>
    /// <param name="now">Now.</param>
    public static Invoice Decline(Invoice invoice, int attempt, IReadOnlyList<Duration> retryAfter, Instant now) => invoice with
    {
        State = InvoiceState.PastDue,
        Declined = [.. invoice.Declined ?? [], new DeclinedPayment(attempt, now)],
        NextAttemptAt = attempt <= retryAfter.Count ? now + retryAfter[attempt - 1] : null,
    };

    /// <summary>Whether a payment in advance is used for an invoice at once: it is past due, and something is left to pay of it.</summary>
    public static bool IsCollectedBy(Invoice invoice, Currency currency) =>
        invoice.State == InvoiceState.PastDue && invoice.Currency == currency && !invoice.Collectable().IsZero && !invoice.HasUntoldUse();

    /// <summary>The attempt after the last that was declined. Where that one is planned already, both are one attempt: whichever comes first makes it.</summary>
    public static int NextAttempt(Invoice invoice) => (invoice.Declined ?? []).Select(declined => declined.Attempt).DefaultIfEmpty(0).Max() + 1;

    /// <summary>
    /// Gives an invoice up. As nothing is paid out before the buyer pays, provider, platform and state each lose their own part of
    /// what is left.
    /// </summary>
    public static Result<Invoice, WriteOffRefusal> WriteOff(Invoice invoice, string reason, EntryId entryId, Instant now)
    {
        if (invoice.State == InvoiceState.Draft) return WriteOffRefusal.InvoiceNotFinal;
        if (invoice.State is InvoiceState.Void or InvoiceState.Uncollectible) return WriteOffRefusal.InvoiceClosed;
        if (invoice.State == InvoiceState.Paid) return WriteOffRefusal.InvoicePaid;
        if (invoice.Lines.Any(line => line.Dispute is not null)) return WriteOffRefusal.LineDisputed;
        if (invoice.PendingNotes > 0) return WriteOffRefusal.CreditNotePending;
        if (!invoice.Prepaid().IsZero) return WriteOffRefusal.PartlyPaid;
        var lost = invoice.Lines.Where(line => !line.Left().Total().IsZero)
            .Select(line => new CreditedLine(line.UsageId, line.Provider, line.Left())).ToList();
        var entry = CreditRules.Entry(
            entryId, EntryReason.InvoiceWrittenOff, invoice.InvoiceId.ToString(), lost, new Account(AccountKind.BuyerReceivable, invoice.Buyer), now);
        return invoice with { State = InvoiceState.Uncollectible, NextAttemptAt = null, WriteOff = new WriteOff(reason, now, entry) };
    }

    /// <summary>The entry that takes a write-off back, because the buyer paid after all.</summary>
    public static RecordEntry Recover(WriteOff writeOff, EntryId entryId, Instant bookedAt) => writeOff.Entry with
    {
        EntryId = entryId,
        Reason = EntryReason.Reversal,
        BookedAt = bookedAt,
        Postings = [.. writeOff.Entry.Postings.Select(posting => posting with { Amount = -posting.Amount })],
        Reverses = writeOff.Entry.EntryId,
        Note = "Paid after it was written off.",
    };
}
