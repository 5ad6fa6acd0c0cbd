using Marketplace.Contracts;

namespace Marketplace.Billing.CreditInvoice;

/// <summary>Command: have the payment service issue a credit note.</summary>
/// <param name="Buyer">Whose invoice.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="CreditNoteId">The credit note.</param>
public sealed record IssueCreditNote(OrganisationId Buyer, InvoiceId InvoiceId, CreditNoteId CreditNoteId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.issue-credit-note.v1";
}

/// <summary>Command: have the payment service make a refund.</summary>
/// <param name="Buyer">Who gets it.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="RefundId">The refund.</param>
public sealed record MakeRefund(OrganisationId Buyer, InvoiceId InvoiceId, RefundId RefundId) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.make-refund.v1";
}
