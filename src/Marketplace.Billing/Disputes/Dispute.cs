using NodaTime;

namespace Marketplace.Billing.Disputes;

/// <summary>Where a dispute stands.</summary>
public enum DisputeState
{
    /// <summary>The provider's share is held back, unless it was paid out before.</summary>
    Open,

    /// <summary>Decided for the provider: the share may be paid out.</summary>
    Released,

    /// <summary>Decided for the buyer: a credit note or refund takes back the amount.</summary>
    Credited,
}

/// <summary>A charge that buyer or provider contests.</summary>
/// <param name="DisputeId">The dispute.</param>
/// <param name="InvoiceId">The invoice that the charge is on.</param>
/// <param name="UsageId">The charge's usage record.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="Provider">Who is paid.</param>
/// <param name="OpenedBy">Which of the two contests.</param>
/// <param name="Reason">Why.</param>
/// <param name="Amount">What was left of the line when it was contested, tax included.</param>
/// <param name="State">Where it stands.</param>
/// <param name="OpenedAt">When it was contested.</param>
/// <param name="Resolution">Why finance decided so; null while open.</param>
/// <param name="ResolvedAt">When finance decided.</param>
/// <param name="CreditId">The credit note or refund that follows from it.</param>
public sealed record Dispute(
    DisputeId DisputeId,
    InvoiceId InvoiceId,
    UsageId UsageId,
    OrganisationId Buyer,
    OrganisationId Provider,
    OrganisationId OpenedBy,
    string Reason,
    Money Amount,
    DisputeState State,
    Instant OpenedAt,
    string? Resolution = null,
    Instant? ResolvedAt = null,
    string? CreditId = null);
