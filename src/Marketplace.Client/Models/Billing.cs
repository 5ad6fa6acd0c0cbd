namespace Marketplace.Client.Models;

/// <summary>A billing or payout run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Purpose"><c>billing</c> or <c>payout</c>.</param>
/// <param name="StartedAt">When it was started.</param>
public sealed record RunModel(string RunId, string Purpose, string StartedAt);

/// <summary>An invoice.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Buyer">The organisation that pays.</param>
/// <param name="Period">The month of its charges, such as <c>2026-11</c>.</param>
/// <param name="Status"><c>draft</c>, <c>open</c>, <c>pastDue</c>, <c>paid</c>, <c>uncollectible</c> or <c>void</c>.</param>
/// <param name="Total">The sum of its lines.</param>
/// <param name="Credited">What credit notes took off it before it was paid.</param>
/// <param name="Refunded">What was given back after it was paid.</param>
/// <param name="Due">What is paid: the total less credit notes.</param>
/// <param name="Prepaid">What of that is paid from what the buyer paid in advance; the rest is collected.</param>
/// <param name="LineCount">How many lines it has.</param>
/// <param name="CreatedAt">When it was drafted.</param>
/// <param name="FinalizedAt">When it became final; null while a draft.</param>
/// <param name="PaidAt">When it was paid; null until then.</param>
/// <param name="DeclinedPayments">Payments that were refused, oldest first.</param>
/// <param name="NextAttemptAt">When payment is tried again; null where it is not.</param>
/// <param name="WriteOffReason">Why finance gave it up; null where it did not.</param>
/// <param name="ExternalId">The payment service's id; null until it is posted.</param>
/// <param name="Lines">Its lines; null in lists.</param>
public sealed record InvoiceModel(
    string InvoiceId,
    string Buyer,
    string Period,
    string Status,
    MoneyModel Total,
    MoneyModel Credited,
    MoneyModel Refunded,
    MoneyModel Due,
    MoneyModel Prepaid,
    int LineCount,
    string CreatedAt,
    string? FinalizedAt,
    string? PaidAt,
    IReadOnlyList<DeclinedPaymentModel> DeclinedPayments,
    string? NextAttemptAt,
    string? WriteOffReason,
    string? ExternalId,
    IReadOnlyList<InvoiceLineModel>? Lines);

/// <summary>A payment that the buyer's bank or card refused.</summary>
/// <param name="Attempt">1 for the first.</param>
/// <param name="At">When.</param>
public sealed record DeclinedPaymentModel(int Attempt, string At);

/// <summary>Gives up an invoice.</summary>
/// <param name="Reason">1 to 500 characters.</param>
public sealed record WriteOffRequest(string? Reason);

/// <summary>A line of an invoice: one metered record of use.</summary>
/// <param name="UsageId">The record.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="Provider">The organisation that provided.</param>
/// <param name="GpuSeconds">Billed time.</param>
/// <param name="Price">The agreed price.</param>
/// <param name="Amount">What it costs, tax included.</param>
/// <param name="Tax">The tax in it.</param>
/// <param name="TaxPlan">The plan that the tax comes from.</param>
/// <param name="Credited">What credit notes and refunds took back of it.</param>
/// <param name="DisputeId">The open dispute of it; null where there is none.</param>
/// <param name="ChargePeriod">The month in which the use began, such as <c>2026-10</c>.</param>
/// <param name="IsCorrection">Whether it adds to a month that was closed before.</param>
/// <param name="From">The first billed instant.</param>
/// <param name="To">The instant after the last billed one.</param>
public sealed record InvoiceLineModel(
    string UsageId,
    string LeaseId,
    string Provider,
    long GpuSeconds,
    UnitPriceModel Price,
    MoneyModel Amount,
    MoneyModel Tax,
    string TaxPlan,
    MoneyModel Credited,
    string? DisputeId,
    string ChargePeriod,
    bool IsCorrection,
    string From,
    string To);

/// <summary>A payout to a provider.</summary>
/// <param name="PayoutId">The payout.</param>
/// <param name="Provider">The organisation that is paid.</param>
/// <param name="InvoiceId">The paid invoice that it comes from.</param>
/// <param name="Status"><c>pending</c> or <c>paid</c>.</param>
/// <param name="Amount">What is transferred.</param>
/// <param name="Offset">What the provider owed and this payout kept back.</param>
/// <param name="TakenBack">What refunds took back of the transfer.</param>
/// <param name="ChargeCount">How many charges it pays.</param>
/// <param name="CreatedAt">When it was decided.</param>
/// <param name="PaidAt">When it was made; null until then.</param>
/// <param name="ExternalId">The payment service's id of the transfer; null until it is made.</param>
public sealed record PayoutModel(
    string PayoutId,
    string Provider,
    string InvoiceId,
    string Status,
    MoneyModel Amount,
    MoneyModel Offset,
    MoneyModel TakenBack,
    int ChargeCount,
    string CreatedAt,
    string? PaidAt,
    string? ExternalId);

/// <summary>Takes back a part of an invoice.</summary>
/// <param name="Reason">1 to 500 characters; the buyer reads it.</param>
/// <param name="Lines">Which lines, and how much of each; absent for all that is left.</param>
public sealed record CreditRequest(string? Reason, IReadOnlyList<LineCreditRequest>? Lines = null);

/// <summary>How much of a line is taken back.</summary>
/// <param name="UsageId">The line's usage record.</param>
/// <param name="Amount">Tax included; absent for all that is left of it.</param>
public sealed record LineCreditRequest(string? UsageId, MoneyModel? Amount = null);

/// <summary>A credit note or a refund.</summary>
/// <param name="Id">Of the credit note, <c>crn_…</c>, or of the refund, <c>rfd_…</c>.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Status">Of a credit note <c>pending</c>, <c>issued</c>, or <c>refunded</c> where the invoice was paid first; of a refund <c>pending</c> or <c>made</c>.</param>
/// <param name="Reason">Why.</param>
/// <param name="Amount">The sum of its lines, tax included.</param>
/// <param name="Lines">What is taken back, line by line.</param>
/// <param name="CreatedAt">When it was decided.</param>
/// <param name="DoneAt">When it was issued or made; null until then.</param>
/// <param name="EntryId">Its ledger entry.</param>
/// <param name="ExternalId">The payment service's id; null until it is issued or made.</param>
/// <param name="RefundId">The refund that a credit note became; null otherwise.</param>
/// <param name="ToPrepaid">What of a refund is the buyer's credit again; the rest goes back to its card. Null for a credit note.</param>
public sealed record CreditModel(
    string Id,
    string InvoiceId,
    string Status,
    string Reason,
    MoneyModel Amount,
    IReadOnlyList<CreditLineModel> Lines,
    string CreatedAt,
    string? DoneAt,
    string EntryId,
    string? ExternalId,
    string? RefundId,
    MoneyModel? ToPrepaid);

/// <summary>What is taken back of a line.</summary>
/// <param name="UsageId">The line's usage record.</param>
/// <param name="Provider">Who provided.</param>
/// <param name="Amount">The sum of the three parts.</param>
/// <param name="ProviderShare">What the provider gives up.</param>
/// <param name="Fee">What the platform gives up.</param>
/// <param name="Tax">The tax in it.</param>
public sealed record CreditLineModel(
    string UsageId, string Provider, MoneyModel Amount, MoneyModel ProviderShare, MoneyModel Fee, MoneyModel Tax);

/// <summary>Invoices a buyer at once.</summary>
/// <param name="Buyer">The organisation.</param>
public sealed record InvoiceNowRequest(string? Buyer);

/// <summary>When a provider is paid.</summary>
/// <param name="Schedule"><c>daily</c>, <c>weekly</c> (Mondays) or <c>monthly</c> (the first), UTC.</param>
/// <param name="Minimum">The least per currency; what is below waits.</param>
public sealed record PayoutTermsModel(string? Schedule, IReadOnlyList<MoneyModel>? Minimum);
