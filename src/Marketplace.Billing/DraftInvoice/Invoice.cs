using Marketplace.Billing.Prepaid;
using Marketplace.Billing.RateUsage;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.DraftInvoice;

/// <summary>Where an invoice stands.</summary>
public enum InvoiceState
{
    /// <summary>Charges are gathered and posted to the payment service.</summary>
    Draft,

    /// <summary>Final; payment is awaited.</summary>
    Open,

    /// <summary>Final; a payment was declined.</summary>
    PastDue,

    /// <summary>Paid.</summary>
    Paid,

    /// <summary>Final; finance gave it up. If it is paid all the same, it becomes paid.</summary>
    Uncollectible,

    /// <summary>Final; credit notes took back all of it before it was paid.</summary>
    Void,
}

/// <summary>One charge on an invoice.</summary>
/// <param name="UsageId">The usage record.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="Provider">Who provided.</param>
/// <param name="Used">GPU-seconds billed.</param>
/// <param name="Price">The agreed price.</param>
/// <param name="Amount">What the buyer pays for it, tax included.</param>
/// <param name="ProviderShare">What the provider gets of it.</param>
/// <param name="Fee">What the platform keeps of it.</param>
/// <param name="Tax">The tax in it.</param>
/// <param name="FeePlan">The plan that the fee comes from.</param>
/// <param name="TaxPlan">The plan that the tax comes from.</param>
/// <param name="From">The first billed instant.</param>
/// <param name="To">The instant after the last billed one.</param>
/// <param name="ChargePeriod">The month in which the use began.</param>
/// <param name="IsCorrection">Whether it adds to a month that was closed before.</param>
/// <param name="Credited">What credit notes and refunds took back of it.</param>
/// <param name="Dispute">The open dispute of it; null where there is none.</param>
public sealed record InvoicedCharge(
    UsageId UsageId,
    LeaseId LeaseId,
    OrganisationId Provider,
    GpuTime Used,
    UnitPrice Price,
    Money Amount,
    Money ProviderShare,
    Money Fee,
    Money Tax,
    string FeePlan,
    string TaxPlan,
    Instant From,
    Instant To,
    BillingPeriod ChargePeriod,
    bool IsCorrection,
    ChargeParts Credited,
    DisputeId? Dispute = null)
{
    /// <summary>Who has what of it still.</summary>
    public ChargeParts Left() => new ChargeParts(ProviderShare, Fee, Tax) - Credited;
}

/// <summary>A payment that the buyer's bank or card refused.</summary>
/// <param name="Attempt">1 for the first.</param>
/// <param name="At">When we learnt it.</param>
public sealed record DeclinedPayment(int Attempt, Instant At);

/// <summary>Finance gave an invoice up.</summary>
/// <param name="Reason">Why.</param>
/// <param name="At">When.</param>
/// <param name="Entry">The ledger entry: what was owed, and who loses what of it.</param>
public sealed record WriteOff(string Reason, Instant At, RecordEntry Entry);

/// <summary>An invoice to a buyer for a period, in one currency.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="Currency">Of every line.</param>
/// <param name="Period">The period of its charges.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Lines">Its charges.</param>
/// <param name="Total">The sum of its lines.</param>
/// <param name="Credited">What credit notes take off it, before it is paid.</param>
/// <param name="Refunded">What was given back after it was paid.</param>
/// <param name="RefundedToPrepaid">What of that is paid in advance again.</param>
/// <param name="PendingNotes">Credit notes that the payment service has not confirmed.</param>
/// <param name="CreatedAt">When it was drafted.</param>
/// <param name="ExternalCustomerId">The buyer at the payment service; null until it is posted.</param>
/// <param name="ExternalId">The invoice at the payment service; null until it is posted.</param>
/// <param name="FinalizedAt">When it became final.</param>
/// <param name="PaidAt">When we learnt that it was paid.</param>
/// <param name="ExternalPaymentId">The payment at the payment service, which transfers draw on.</param>
/// <param name="Declined">Payments that were refused, oldest first; null where none was.</param>
/// <param name="NextAttemptAt">When payment is tried again; null where it is not.</param>
/// <param name="WriteOff">Set where finance gave it up, also if it was paid after that.</param>
/// <param name="PrepaidUses">The parts of it that are paid from what the buyer paid in advance, in order; null where none is.</param>
/// <param name="OwesShortfall">Whether a part of what its leases fell short waits until it is paid, to be refunded.</param>
public sealed record Invoice(
    InvoiceId InvoiceId,
    OrganisationId Buyer,
    Currency Currency,
    BillingPeriod Period,
    InvoiceState State,
    IReadOnlyList<InvoicedCharge> Lines,
    Money Total,
    Money Credited,
    Money Refunded,
    Money RefundedToPrepaid,
    int PendingNotes,
    Instant CreatedAt,
    string? ExternalCustomerId = null,
    string? ExternalId = null,
    Instant? FinalizedAt = null,
    Instant? PaidAt = null,
    string? ExternalPaymentId = null,
    IReadOnlyList<DeclinedPayment>? Declined = null,
    Instant? NextAttemptAt = null,
    WriteOff? WriteOff = null,
    IReadOnlyList<PrepaidUse>? PrepaidUses = null,
    bool OwesShortfall = false)
{
    /// <summary>What the buyer pays, or paid: the total less credit notes.</summary>
    public Money Due() => Total - Credited;

    /// <summary>What of it is paid in advance.</summary>
    public Money Prepaid() => (PrepaidUses ?? []).Aggregate(Money.Zero(Currency), (sum, use) => sum + use.Amount);

    /// <summary>What is collected of it, or was: what is due and not paid in advance.</summary>
    public Money Collectable() => Due() - Prepaid();

    /// <summary>Whether the payment service is still being told of a part that is paid in advance.</summary>
    public bool HasUntoldUse() => PrepaidUses?.Any(use => use.ExternalId is null) == true;

    /// <summary>Whether it is final and payment is awaited.</summary>
    public bool IsUnpaid() => State is InvoiceState.Open or InvoiceState.PastDue;
}
