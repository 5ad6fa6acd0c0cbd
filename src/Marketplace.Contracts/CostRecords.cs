using NodaTime;

namespace Marketplace.Contracts;

/// <summary>The part of a charge that falls into one hour.</summary>
/// <param name="Hour">The hour.</param>
/// <param name="Used">GPU-seconds billed in it.</param>
/// <param name="Amount">Its part of the charge, before tax.</param>
public sealed record HourCost(HourSlot Hour, GpuTime Used, Money Amount);

/// <summary>A rated charge by the hour, for cost exports.</summary>
/// <param name="UsageId">The usage record; one charge each.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="Provider">Who provides.</param>
/// <param name="Price">The agreed price.</param>
/// <param name="Tax">Tax on top of the hours.</param>
/// <param name="Hours">The amount before tax by hour; empty where nothing was used.</param>
/// <param name="From">The first billed instant.</param>
/// <param name="To">The instant after the last billed one.</param>
/// <param name="Period">The month in whose books and on whose invoice it is.</param>
/// <param name="IsCorrection">Whether it adds to a month that was closed before.</param>
/// <param name="InvoiceId">The invoice it is on; null while unbilled.</param>
public sealed record CostRecord(
    UsageId UsageId,
    LeaseId LeaseId,
    OrganisationId Buyer,
    OrganisationId Provider,
    UnitPrice Price,
    Money Tax,
    IReadOnlyList<HourCost> Hours,
    Instant From,
    Instant To,
    BillingPeriod Period,
    bool IsCorrection,
    InvoiceId? InvoiceId);

/// <summary>A line of our invoice.</summary>
/// <param name="UsageId">The charge's usage record.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="Amount">What the buyer pays for it, tax included.</param>
/// <param name="Tax">The tax in it.</param>
public sealed record InvoiceRecordLine(UsageId UsageId, LeaseId LeaseId, Money Amount, Money Tax);

/// <summary>An invoice of ours.</summary>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="Period">The month of its charges.</param>
/// <param name="Total">The sum of its lines.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="CreatedAt">When it was drafted.</param>
/// <param name="IssuedAt">When it became final; null while it is a draft.</param>
public sealed record InvoiceRecord(
    InvoiceId InvoiceId,
    OrganisationId Buyer,
    BillingPeriod Period,
    Money Total,
    IReadOnlyList<InvoiceRecordLine> Lines,
    Instant CreatedAt,
    Instant? IssuedAt);

/// <summary>Reads charges and invoices back, for cost exports.</summary>
public interface ICostRecords
{
    /// <summary>The charges in the books of a month, in the order of their usage records.</summary>
    IAsyncEnumerable<CostRecord> ListAsync(BillingPeriod period, CancellationToken cancellationToken);

    /// <summary>The charge of a usage record, or null if there is none.</summary>
    Task<CostRecord?> FindAsync(OrganisationId buyer, UsageId usage, CancellationToken cancellationToken);

    /// <summary>The invoices of a month, newest first.</summary>
    IAsyncEnumerable<InvoiceRecord> ListInvoicesAsync(BillingPeriod period, CancellationToken cancellationToken);
}
