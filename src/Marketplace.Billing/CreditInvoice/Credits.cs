using Marketplace.Billing.Prepaid;
using Marketplace.Billing.RateUsage;
using NodaTime;

namespace Marketplace.Billing.CreditInvoice;

/// <summary>What is taken back of one line.</summary>
/// <param name="UsageId">The line's usage record.</param>
/// <param name="Provider">Who provided.</param>
/// <param name="Parts">What provider, platform and state give up.</param>
public sealed record CreditedLine(UsageId UsageId, OrganisationId Provider, ChargeParts Parts);

/// <summary>Where a credit note stands.</summary>
public enum CreditNoteState
{
    /// <summary>The payment service is being told.</summary>
    Pending,

    /// <summary>The invoice is lower by it.</summary>
    Issued,

    /// <summary>The invoice was paid before it could be lowered: it became a refund.</summary>
    Refunded,
}

/// <summary>Lowers a final invoice before it is paid.</summary>
/// <param name="CreditNoteId">The credit note.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Buyer">Who owes less.</param>
/// <param name="Lines">What is taken back, line by line.</param>
/// <param name="Amount">Their sum, tax included.</param>
/// <param name="Reason">Why: the buyer reads it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="CreatedAt">When finance decided it.</param>
/// <param name="EntryId">Its ledger entry, recorded when it is issued.</param>
/// <param name="ExternalId">The payment service's id; null until it is issued.</param>
/// <param name="IssuedAt">When it was issued.</param>
/// <param name="RefundId">The refund that it became.</param>
public sealed record CreditNote(
    CreditNoteId CreditNoteId,
    InvoiceId InvoiceId,
    OrganisationId Buyer,
    IReadOnlyList<CreditedLine> Lines,
    Money Amount,
    string Reason,
    CreditNoteState State,
    Instant CreatedAt,
    EntryId EntryId,
    string? ExternalId = null,
    Instant? IssuedAt = null,
    RefundId? RefundId = null);

/// <summary>Where a refund stands.</summary>
public enum RefundState
{
    /// <summary>Decided and booked; the money is being sent.</summary>
    Pending,

    /// <summary>The buyer has it back.</summary>
    Made,
}

/// <summary>Gives back a part of a paid invoice.</summary>
/// <param name="RefundId">The refund.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Buyer">Who gets it.</param>
/// <param name="Lines">What is taken back, line by line.</param>
/// <param name="Amount">Their sum, tax included.</param>
/// <param name="Restores">What of it is paid in advance again, top-up by top-up; the payment service gives back the rest.</param>
/// <param name="Reason">Why: the buyer reads it.</param>
/// <param name="State">Where it stands.</param>
/// <param name="CreatedAt">When finance decided it.</param>
/// <param name="EntryId">The ledger entry of the decision.</param>
/// <param name="ExternalId">The payment service's id; null until it is made, and where it has nothing to give back.</param>
/// <param name="MadeAt">When it was made.</param>
public sealed record Refund(
    RefundId RefundId,
    InvoiceId InvoiceId,
    OrganisationId Buyer,
    IReadOnlyList<CreditedLine> Lines,
    Money Amount,
    IReadOnlyList<TopUpPart> Restores,
    string Reason,
    RefundState State,
    Instant CreatedAt,
    EntryId EntryId,
    string? ExternalId = null,
    Instant? MadeAt = null)
{
    /// <summary>What of it is paid in advance again.</summary>
    public Money ToPrepaid() => Restores.Aggregate(Money.Zero(Amount.Currency), (sum, part) => sum + part.Amount);

    /// <summary>What the payment service gives back.</summary>
    public Money ToPayment() => Amount - ToPrepaid();
}
