using NodaTime;

namespace Marketplace.Contracts;

/// <summary>A rated charge: what billing made of one usage record.</summary>
/// <param name="UsageId">The usage record; one charge each.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="Provider">Who is paid.</param>
/// <param name="Used">GPU-seconds billed.</param>
/// <param name="Amount">What the buyer pays before tax.</param>
/// <param name="Fee">The platform's part of the amount.</param>
/// <param name="Tax">Tax on top of the amount.</param>
/// <param name="EntryId">The ledger entry that records it.</param>
/// <param name="InvoiceId">The invoice it is on; null while unbilled.</param>
/// <param name="PayoutId">The payout it is in; null while unpaid.</param>
/// <param name="RatedAt">When it was rated.</param>
/// <param name="ChargePeriod">The month in which the use began; null where it is not told.</param>
/// <param name="IsCorrection">Whether it adds to a month that was closed before, so that it is booked in the month of <paramref name="RatedAt"/>.</param>
public sealed record RatedCharge(
    UsageId UsageId,
    LeaseId LeaseId,
    OrganisationId Buyer,
    OrganisationId Provider,
    GpuTime Used,
    Money Amount,
    Money Fee,
    Money Tax,
    EntryId EntryId,
    InvoiceId? InvoiceId,
    PayoutId? PayoutId,
    Instant RatedAt,
    BillingPeriod? ChargePeriod = null,
    bool IsCorrection = false);

/// <summary>A line of an invoice at the payment service, as that service reports it.</summary>
/// <param name="ExternalInvoiceId">The service's id of the invoice.</param>
/// <param name="ExternalLineId">The service's id of the line.</param>
/// <param name="InvoiceId">Our invoice, by the service's metadata; null if it has none.</param>
/// <param name="UsageId">Our usage record, by the service's metadata; null if it has none.</param>
/// <param name="Amount">The line's amount.</param>
/// <param name="IsPaid">Whether the invoice is paid.</param>
/// <param name="CreatedAt">When the invoice was made.</param>
public sealed record ExternalInvoiceLine(
    string ExternalInvoiceId, string ExternalLineId, InvoiceId? InvoiceId, UsageId? UsageId, Money Amount, bool IsPaid, Instant CreatedAt);

/// <summary>A payment that reached the payment service's balance.</summary>
/// <param name="ExternalId">The service's id of the charge.</param>
/// <param name="InvoiceId">Our invoice; null if it cannot be told, and for a payment in advance.</param>
/// <param name="Amount">What was charged.</param>
/// <param name="BalanceAmount">What the service's balance transaction says before its fee.</param>
/// <param name="ServiceFee">What the service kept.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="TopUpId">Our top-up, where it is a payment in advance.</param>
public sealed record ExternalPayment(
    string ExternalId, InvoiceId? InvoiceId, Money Amount, Money BalanceAmount, Money ServiceFee, Instant CreatedAt, TopUpId? TopUpId = null);

/// <summary>A transfer to a provider at the payment service.</summary>
/// <param name="ExternalId">The service's id.</param>
/// <param name="PayoutId">Our payout; null if it has none.</param>
/// <param name="Amount">What was transferred; what was taken back is a correction of its own.</param>
/// <param name="CreatedAt">When.</param>
public sealed record ExternalTransfer(string ExternalId, PayoutId? PayoutId, Money Amount, Instant CreatedAt);

/// <summary>An invoice as billing has it.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Collected">What is collected of it, or was: its lines, less credit notes and less what is paid in advance.</param>
/// <param name="PaidAt">When it was known to be paid; null while it is not.</param>
public sealed record BookedInvoice(InvoiceId InvoiceId, Money Collected, Instant? PaidAt);

/// <summary>A credit note or refund, as it was booked.</summary>
/// <param name="Id">The credit note or the refund: the reference of its ledger entry.</param>
/// <param name="IsRefund">Whether it gives back a part of a paid invoice; otherwise it lowered one that was not paid.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Buyer">Who owes less or gets it back.</param>
/// <param name="Lines">What is taken back, line by line.</param>
/// <param name="EntryId">The ledger entry.</param>
/// <param name="BookedAt">When it counts.</param>
/// <param name="ExternalId">The payment service's id; null while a refund is being made, and where all of it is paid in advance again.</param>
/// <param name="ToPrepaid">What of a refund is paid in advance again, so that the payment service does not give it back; null for nothing.</param>
public sealed record BookedCredit(
    string Id,
    bool IsRefund,
    InvoiceId InvoiceId,
    OrganisationId Buyer,
    IReadOnlyList<BookedCreditLine> Lines,
    EntryId EntryId,
    Instant BookedAt,
    string? ExternalId,
    Money? ToPrepaid = null);

/// <summary>What is taken back of a charge.</summary>
/// <param name="UsageId">The charge's usage record.</param>
/// <param name="Provider">Who provided.</param>
/// <param name="Share">What the provider gives up.</param>
/// <param name="Fee">What the platform gives up.</param>
/// <param name="Tax">The tax in it.</param>
public sealed record BookedCreditLine(UsageId UsageId, OrganisationId Provider, Money Share, Money Fee, Money Tax);

/// <summary>Reads credit notes and refunds back, for reconciliation.</summary>
public interface ICreditRecords
{
    /// <summary>The credit notes and refunds booked in the period.</summary>
    IAsyncEnumerable<BookedCredit> ListAsync(BillingPeriod period, CancellationToken cancellationToken);
}

/// <summary>Reads billing's side and the payment service's side back, for reconciliation.</summary>
public interface IPaymentRecords
{
    /// <summary>
    /// Charges of usage that was metered in the period, however late they were rated, in the order of their usage records; and the
    /// corrections of earlier, closed months that were rated in it.
    /// </summary>
    IAsyncEnumerable<RatedCharge> ListChargesAsync(BillingPeriod period, CancellationToken cancellationToken);

    /// <summary>An invoice as we have it now, whichever month it is of, or null if there is none.</summary>
    Task<BookedInvoice?> FindInvoiceAsync(InvoiceId invoice, CancellationToken cancellationToken);

    /// <summary>Invoice lines that the service holds for invoices made in the period or after it, while charges of the period may be on them.</summary>
    IAsyncEnumerable<ExternalInvoiceLine> ListInvoiceLinesAsync(BillingPeriod period, CancellationToken cancellationToken);

    /// <summary>Payments that the service took in the period.</summary>
    IAsyncEnumerable<ExternalPayment> ListPaymentsAsync(BillingPeriod period, CancellationToken cancellationToken);

    /// <summary>Transfers that the service made in the period.</summary>
    IAsyncEnumerable<ExternalTransfer> ListTransfersAsync(BillingPeriod period, CancellationToken cancellationToken);
}
