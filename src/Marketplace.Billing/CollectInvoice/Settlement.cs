using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.Payments;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.CollectInvoice;

/// <summary>What follows when an invoice turns out to be paid.</summary>
public static class Settlement
{
    /// <summary>Charges in one message to a provider: its commit has a row for each.</summary>
    public const int MaxChargesAtOnce = 90;

    /// <summary>The paid invoice.</summary>
    /// <exception cref="InvalidOperationException">A credit note, or a part that is paid in advance, is on its way to the service: try again.</exception>
    /// <exception cref="InvariantException">The payment service took another amount, or does not say by which payment.</exception>
    public static Invoice Settle(Invoice invoice, ExternalInvoice external, Instant now)
    {
        if (invoice.PendingNotes > 0 && external.Paid != invoice.Due())
            throw new InvalidOperationException($"Whether {invoice.InvoiceId} was paid before or after a credit note is not known yet.");
        if (invoice.HasUntoldUse())
            throw new InvalidOperationException($"Whether {invoice.InvoiceId} was paid before a part of it was paid in advance is not known yet.");
        InvariantException.Require(
            external.Total == invoice.Total && external.Paid == invoice.Due() && external.Prepaid == invoice.Prepaid(),
            $"{invoice.InvoiceId} is {invoice.Total} less {invoice.Credited}, {invoice.Prepaid()} of it paid in advance, here; the payment service has {external.Paid} paid of {external.Total}, {external.Prepaid} in advance.");
        InvariantException.Require(
            external.ExternalPaymentId is not null || invoice.Collectable().IsZero, $"{invoice.InvoiceId} was paid, but by no payment.");
        return invoice with { State = InvoiceState.Paid, PaidAt = now, NextAttemptAt = null, ExternalPaymentId = external.ExternalPaymentId };
    }

    /// <summary>The ledger entry: what was collected is at the payment service, and owed no longer. Null where nothing was.</summary>
    public static RecordEntry? Entry(Invoice paid, EntryId entryId) => paid.Collectable().IsZero ? null : new(
        entryId,
        paid.Currency,
        EntryReason.InvoicePaid,
        paid.InvoiceId.ToString(),
        paid.PaidAt!.Value,
        [
            new Posting(new Account(AccountKind.PaymentClearing, null), paid.Collectable()),
            new Posting(new Account(AccountKind.BuyerReceivable, paid.Buyer), -paid.Collectable()),
        ]);

    /// <summary>
    /// Tells each provider what may be paid out to it now. Of an invoice that was paid in advance, all or in part, transfers draw on the
    /// balance: its money is of several payments, and a share is not cut up among them.
    /// </summary>
    public static IEnumerable<ChargesPaid> ToProviders(Invoice paid)
    {
        var source = paid.Prepaid().IsZero ? paid.ExternalPaymentId : null;
        foreach (var lines in paid.Lines.Where(line => !line.Left().Share.IsZero).GroupBy(line => line.Provider))
        {
            foreach (var some in lines.Chunk(MaxChargesAtOnce))
            {
                yield return new ChargesPaid(
                    lines.Key, paid.Buyer, paid.InvoiceId, source,
                    [.. some.Select(line => new PayableShare(line.UsageId, line.Left().Share))]);
            }
        }
    }
}
