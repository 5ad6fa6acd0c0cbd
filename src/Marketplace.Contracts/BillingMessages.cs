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

/// <summary>A charge is contested: the provider's share of it is not paid out until finance decides.</summary>
/// <param name="DisputeId">The dispute.</param>
/// <param name="InvoiceId">The invoice that the charge is on.</param>
/// <param name="UsageId">The charge's usage record.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="Provider">Who is paid.</param>
/// <param name="Amount">What is contested, tax included.</param>
/// <param name="OpenedAt">When.</param>
public sealed record DisputeOpened(
    DisputeId DisputeId, InvoiceId InvoiceId, UsageId UsageId, OrganisationId Buyer, OrganisationId Provider, Money Amount, Instant OpenedAt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.dispute-opened.v1";
}

/// <summary>Finance decided a dispute.</summary>
/// <param name="DisputeId">The dispute.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="Provider">Who is paid.</param>
/// <param name="ForBuyer">Whether the buyer gets a credit note or refund; otherwise the share may be paid out.</param>
/// <param name="ResolvedAt">When.</param>
public sealed record DisputeResolved(
    DisputeId DisputeId, OrganisationId Buyer, OrganisationId Provider, bool ForBuyer, Instant ResolvedAt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.dispute-resolved.v1";
}

/// <summary>Finance gave up an invoice.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Buyer">Who did not pay.</param>
/// <param name="Amount">What was still owed.</param>
/// <param name="At">When.</param>
public sealed record InvoiceWrittenOff(InvoiceId InvoiceId, OrganisationId Buyer, Money Amount, Instant At) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "billing.invoice-written-off.v1";
}
