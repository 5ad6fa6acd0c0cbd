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
/// <param name="Status"><c>draft</c>, <c>open</c>, <c>pastDue</c> or <c>paid</c>.</param>
/// <param name="Total">The sum of its lines.</param>
/// <param name="LineCount">How many lines it has.</param>
/// <param name="CreatedAt">When it was drafted.</param>
/// <param name="FinalizedAt">When it became final; null while a draft.</param>
/// <param name="PaidAt">When it was paid; null until then.</param>
/// <param name="ExternalId">The payment service's id; null until it is posted.</param>
/// <param name="Lines">Its lines; null in lists.</param>
public sealed record InvoiceModel(
    string InvoiceId,
    string Buyer,
    string Period,
    string Status,
    MoneyModel Total,
    int LineCount,
    string CreatedAt,
    string? FinalizedAt,
    string? PaidAt,
    string? ExternalId,
    IReadOnlyList<InvoiceLineModel>? Lines);

/// <summary>A line of an invoice: one metered record of use.</summary>
/// <param name="UsageId">The record.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="Provider">The organisation that provided.</param>
/// <param name="GpuSeconds">Billed time.</param>
/// <param name="Price">The agreed price.</param>
/// <param name="Amount">What it costs, tax included.</param>
/// <param name="Tax">The tax in it.</param>
/// <param name="TaxPlan">The plan that the tax comes from.</param>
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
    string From,
    string To);

/// <summary>A payout to a provider.</summary>
/// <param name="PayoutId">The payout.</param>
/// <param name="Provider">The organisation that is paid.</param>
/// <param name="InvoiceId">The paid invoice that it comes from.</param>
/// <param name="Status"><c>pending</c> or <c>paid</c>.</param>
/// <param name="Amount">The amount.</param>
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
    int ChargeCount,
    string CreatedAt,
    string? PaidAt,
    string? ExternalId);
