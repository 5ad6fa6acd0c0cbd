using NodaTime;

namespace Marketplace.Contracts;

/// <summary>A payment in advance that was made, as billing booked it.</summary>
/// <param name="TopUpId">The top-up: the reference of its ledger entry.</param>
/// <param name="Buyer">Who paid.</param>
/// <param name="Amount">How much.</param>
/// <param name="EntryId">The ledger entry.</param>
/// <param name="PaidAt">When it counts.</param>
/// <param name="ExternalPaymentId">The payment at the payment service.</param>
public sealed record BookedTopUp(TopUpId TopUpId, OrganisationId Buyer, Money Amount, EntryId EntryId, Instant PaidAt, string ExternalPaymentId);

/// <summary>A part of an invoice that is paid from what the buyer paid in advance, as billing booked it.</summary>
/// <param name="Reference">Our name of it, at the payment service too: the reference of its ledger entry.</param>
/// <param name="InvoiceId">The invoice.</param>
/// <param name="Buyer">Whose.</param>
/// <param name="Amount">How much.</param>
/// <param name="EntryId">The ledger entry.</param>
/// <param name="UsedAt">When it counts.</param>
/// <param name="ExternalId">The payment service's id; null until it was told.</param>
public sealed record BookedPrepaidUse(
    string Reference, InvoiceId InvoiceId, OrganisationId Buyer, Money Amount, EntryId EntryId, Instant UsedAt, string? ExternalId);

/// <summary>A refund of what was paid in advance and not used, as billing booked it.</summary>
/// <param name="RefundId">The refund: the reference of its ledger entries.</param>
/// <param name="TopUpId">The payment that is given back, all or in part.</param>
/// <param name="Buyer">Who gets it.</param>
/// <param name="Amount">How much.</param>
/// <param name="OrderedAt">When it counts.</param>
/// <param name="ExternalId">The payment service's id; null while it is being made.</param>
public sealed record BookedTopUpRefund(RefundId RefundId, TopUpId TopUpId, OrganisationId Buyer, Money Amount, Instant OrderedAt, string? ExternalId);

/// <summary>Reads payments in advance back, for reconciliation.</summary>
public interface IPrepaidRecords
{
    /// <summary>The top-ups that were paid in the period.</summary>
    IAsyncEnumerable<BookedTopUp> ListTopUpsAsync(BillingPeriod period, CancellationToken cancellationToken);

    /// <summary>What was used for invoices in the period.</summary>
    IAsyncEnumerable<BookedPrepaidUse> ListUsesAsync(BillingPeriod period, CancellationToken cancellationToken);

    /// <summary>The refunds of unused top-ups that were ordered in the period.</summary>
    IAsyncEnumerable<BookedTopUpRefund> ListRefundsAsync(BillingPeriod period, CancellationToken cancellationToken);
}
