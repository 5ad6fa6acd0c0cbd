using NodaTime;

namespace Marketplace.Billing.PayProviders;

/// <summary>Where a payout stands.</summary>
public enum PayoutState
{
    /// <summary>Its transfer is being made.</summary>
    Pending,

    /// <summary>The transfer was made.</summary>
    Paid,
}

/// <summary>A provider's part of one charge.</summary>
/// <param name="UsageId">The charge's usage record.</param>
/// <param name="Amount">What the provider gets; more than zero.</param>
public sealed record PayableShare(UsageId UsageId, Money Amount);

/// <summary>A share that waits to be paid out.</summary>
/// <param name="UsageId">The charge's usage record.</param>
/// <param name="Amount">What the provider gets.</param>
/// <param name="Buyer">Who paid.</param>
/// <param name="InvoiceId">The paid invoice.</param>
/// <param name="ExternalPaymentId">The payment that the transfer draws on.</param>
public sealed record Payable(UsageId UsageId, Money Amount, OrganisationId Buyer, InvoiceId InvoiceId, string ExternalPaymentId);

/// <summary>A payout to a provider: one transfer of its shares of one paid invoice.</summary>
/// <param name="PayoutId">The payout.</param>
/// <param name="Provider">Who is paid.</param>
/// <param name="Buyer">Whose payment it comes from.</param>
/// <param name="InvoiceId">The invoice it comes from.</param>
/// <param name="ExternalPaymentId">The payment that the transfer draws on.</param>
/// <param name="Amount">The sum of its shares.</param>
/// <param name="Shares">What it pays.</param>
/// <param name="State">Where it stands.</param>
/// <param name="CreatedAt">When it was decided.</param>
/// <param name="ExternalId">The transfer at the payment service; null until it is made.</param>
/// <param name="PaidAt">When it was made.</param>
public sealed record Payout(
    PayoutId PayoutId,
    OrganisationId Provider,
    OrganisationId Buyer,
    InvoiceId InvoiceId,
    string ExternalPaymentId,
    Money Amount,
    IReadOnlyList<PayableShare> Shares,
    PayoutState State,
    Instant CreatedAt,
    string? ExternalId = null,
    Instant? PaidAt = null);
