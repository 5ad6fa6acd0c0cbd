using NodaTime;

namespace Marketplace.Billing.Payments;

/// <summary>An organisation as the payment service is to know it.</summary>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="Name">Its name.</param>
/// <param name="Email">Where notices go.</param>
public sealed record PaymentParty(OrganisationId OrganisationId, string Name, string Email);

/// <summary>What is written on an invoice.</summary>
/// <param name="InvoiceId">Our invoice.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="ExternalCustomerId">The buyer at the payment service.</param>
/// <param name="Currency">Of every line.</param>
/// <param name="Period">The period that it is for.</param>
public sealed record InvoiceDraft(InvoiceId InvoiceId, OrganisationId Buyer, string ExternalCustomerId, Currency Currency, BillingPeriod Period);

/// <summary>One line: one rated usage record.</summary>
/// <param name="UsageId">The usage record.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="Amount">What it costs.</param>
/// <param name="Description">What the buyer reads.</param>
/// <param name="From">The first billed instant.</param>
/// <param name="To">The instant after the last billed one.</param>
public sealed record InvoiceLine(UsageId UsageId, LeaseId LeaseId, Money Amount, string Description, Instant From, Instant To);

/// <summary>How a collection ended.</summary>
public enum CollectionOutcome
{
    /// <summary>The money was taken.</summary>
    Paid,

    /// <summary>The buyer's bank or card refused; the invoice stays open.</summary>
    Declined,
}

/// <summary>Where an invoice stands at the payment service.</summary>
public enum ExternalInvoiceState
{
    /// <summary>Lines can still be added.</summary>
    Draft,

    /// <summary>Final and not paid.</summary>
    Open,

    /// <summary>Final and paid.</summary>
    Paid,

    /// <summary>Cancelled or given up.</summary>
    Closed,
}

/// <summary>An invoice as the payment service has it.</summary>
/// <param name="ExternalId">The service's id.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Total">The sum of its lines.</param>
/// <param name="Paid">What was paid.</param>
/// <param name="Prepaid">What of it was paid in advance.</param>
/// <param name="ExternalPaymentId">The charge that paid the rest, which transfers draw on; null while there is none.</param>
public sealed record ExternalInvoice(
    string ExternalId, ExternalInvoiceState State, Money Total, Money Paid, Money Prepaid, string? ExternalPaymentId);

/// <summary>An order to record that a part of an invoice is paid in advance.</summary>
/// <param name="Reference">Our name of it; the same one is recorded once.</param>
/// <param name="InvoiceId">Our invoice.</param>
/// <param name="ExternalInvoiceId">The service's.</param>
/// <param name="ExternalCustomerId">The buyer at the service.</param>
/// <param name="Amount">More than zero, at most what is left to pay.</param>
/// <param name="UsedAt">When it was decided.</param>
public sealed record PrepaidUseOrder(
    string Reference, InvoiceId InvoiceId, string ExternalInvoiceId, string ExternalCustomerId, Money Amount, Instant UsedAt);

/// <summary>An order to take a payment in advance.</summary>
/// <param name="TopUpId">Our top-up.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="ExternalCustomerId">The buyer at the service.</param>
/// <param name="Amount">More than zero.</param>
public sealed record TopUpOrder(TopUpId TopUpId, OrganisationId Buyer, string ExternalCustomerId, Money Amount);

/// <summary>Where a payment in advance stands at the payment service.</summary>
public enum ExternalTopUpState
{
    /// <summary>The buyer, or its bank, has still to do something.</summary>
    Pending,

    /// <summary>The money was taken.</summary>
    Paid,

    /// <summary>The buyer's bank or card refused. It may be paid otherwise all the same.</summary>
    Declined,

    /// <summary>It was given up and cannot be paid any more.</summary>
    Cancelled,
}

/// <summary>A payment in advance as the payment service has it.</summary>
/// <param name="ExternalId">The service's id.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Paid">What was taken.</param>
/// <param name="ExternalPaymentId">The charge; null while there is none.</param>
/// <param name="ClientSecret">With which the buyer completes it on the service's own form; null where the service gives none.</param>
public sealed record ExternalTopUp(string ExternalId, ExternalTopUpState State, Money Paid, string? ExternalPaymentId, string? ClientSecret);

/// <summary>An order to move money to a provider.</summary>
/// <param name="PayoutId">Our payout.</param>
/// <param name="InvoiceId">The invoice whose payment it comes from; transfers of one invoice form a group.</param>
/// <param name="ExternalAccountId">The provider's account at the service.</param>
/// <param name="ExternalPaymentId">The charge it draws on; null to draw on what is available of the balance.</param>
/// <param name="Amount">More than zero.</param>
/// <param name="Attempt">1 for the first; another only after the balance had not enough.</param>
public sealed record TransferOrder(
    PayoutId PayoutId, InvoiceId InvoiceId, string ExternalAccountId, string? ExternalPaymentId, Money Amount, int Attempt = 1);

/// <summary>An order to lower what is owed on a final invoice.</summary>
/// <param name="CreditNoteId">Our credit note.</param>
/// <param name="InvoiceId">Our invoice.</param>
/// <param name="ExternalInvoiceId">The service's.</param>
/// <param name="Lines">How much less each line is, tax included; more than zero each, of one currency.</param>
/// <param name="Reason">What the buyer reads.</param>
public sealed record CreditNoteOrder(
    CreditNoteId CreditNoteId, InvoiceId InvoiceId, string ExternalInvoiceId, IReadOnlyList<CreditNoteOrderLine> Lines, string Reason);

/// <summary>How much less one line is.</summary>
/// <param name="UsageId">The line's usage record.</param>
/// <param name="Amount">More than zero.</param>
public sealed record CreditNoteOrderLine(UsageId UsageId, Money Amount);

/// <summary>Metered use for the service's meters.</summary>
/// <param name="UsageId">The usage record; the event's identifier.</param>
/// <param name="ExternalCustomerId">The buyer at the service.</param>
/// <param name="Used">GPU-seconds.</param>
/// <param name="At">When it was used; at most 35 days ago.</param>
public sealed record MeterEvent(UsageId UsageId, string ExternalCustomerId, GpuTime Used, Instant At);
