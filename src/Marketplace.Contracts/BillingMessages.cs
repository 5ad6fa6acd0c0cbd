using NodaTime;

namespace Marketplace.Contracts;

/// <summary>A credit note lowered an invoice.</summary>
/// <param name="CreditNoteId">The credit note.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Buyer">Who owes less.</param>
/// <param name="Amount">How much less, tax included.</param>
/// <param name="IssuedAt">When.</param>
public sealed record CreditNoteIssued(CreditNoteId CreditNoteId, InvoiceId InvoiceId, OrganisationId Buyer, Money Amount, Instant IssuedAt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.credit-note-issued.v1";
}

/// <summary>A buyer got back a part of a paid invoice.</summary>
/// <param name="RefundId">The refund.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Buyer">Who got it.</param>
/// <param name="Amount">How much, tax included.</param>
/// <param name="MadeAt">When.</param>
public sealed record RefundMade(RefundId RefundId, InvoiceId InvoiceId, OrganisationId Buyer, Money Amount, Instant MadeAt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.refund-made.v1";
}
