using NodaTime;

namespace Marketplace.Contracts;

/// <summary>What was set aside for the lease of a trade, as billing decided it. How much of it is left, the ledger knows.</summary>
/// <param name="HoldId">The hold: the ledger entry that makes it.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="TradeId">The trade: the reference of the entry.</param>
/// <param name="Buyer">Whose.</param>
/// <param name="Amount">The most that the lease can cost.</param>
/// <param name="PlacedAt">When it counts.</param>
/// <param name="IsReleased">Whether the rest was ordered to be released.</param>
public sealed record BookedHold(
    EntryId HoldId, LeaseId LeaseId, TradeId TradeId, OrganisationId Buyer, Money Amount, Instant PlacedAt, bool IsReleased);

/// <summary>A provider's share of a contested charge that was held, as billing decided it.</summary>
/// <param name="DisputeId">The dispute: the reference of the ledger entries.</param>
/// <param name="UsageId">The charge's usage record.</param>
/// <param name="Provider">Whose share.</param>
/// <param name="Amount">What was held of it; more than zero.</param>
/// <param name="HeldAt">When.</param>
/// <param name="ReleasedAt">When it was let go; null while it is held.</param>
public sealed record BookedDispute(DisputeId DisputeId, UsageId UsageId, OrganisationId Provider, Money Amount, Instant HeldAt, Instant? ReleasedAt);

/// <summary>An invoice that finance gave up, as billing decided it.</summary>
/// <param name="InvoiceId">The invoice: the reference of the ledger entry.</param>
/// <param name="Buyer">Who did not pay.</param>
/// <param name="Amount">What was still owed.</param>
/// <param name="EntryId">The ledger entry.</param>
/// <param name="At">When.</param>
/// <param name="RecoveredAt">When it turned out to be paid after all, so that the entry was taken back; null otherwise.</param>
public sealed record BookedWriteOff(InvoiceId InvoiceId, OrganisationId Buyer, Money Amount, EntryId EntryId, Instant At, Instant? RecoveredAt);

/// <summary>Reads back what billing set aside, held back and gave up, for reconciliation.</summary>
public interface IReserveRecords
{
    /// <summary>What was set aside for trades in the period.</summary>
    IAsyncEnumerable<BookedHold> ListHoldsAsync(BillingPeriod period, CancellationToken cancellationToken);

    /// <summary>The shares that were held or let go in the period because their charges are contested.</summary>
    IAsyncEnumerable<BookedDispute> ListDisputesAsync(BillingPeriod period, CancellationToken cancellationToken);

    /// <summary>The invoices given up in the period.</summary>
    IAsyncEnumerable<BookedWriteOff> ListWriteOffsAsync(BillingPeriod period, CancellationToken cancellationToken);
}
