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
/// <param name="ExternalPaymentId">The payment that the transfer draws on; null for the balance.</param>
public sealed record Payable(UsageId UsageId, Money Amount, OrganisationId Buyer, InvoiceId InvoiceId, string? ExternalPaymentId);

/// <summary>A share that is in a payout.</summary>
/// <param name="UsageId">The charge's usage record.</param>
/// <param name="PayoutId">The payout.</param>
/// <param name="Amount">What of it was not taken back.</param>
public sealed record PaidShare(UsageId UsageId, PayoutId PayoutId, Money Amount);

/// <summary>What a provider owes, because a transfer could not be taken back: it is kept from the next payouts.</summary>
/// <param name="Reference">The reversal that it stands for.</param>
/// <param name="Amount">What is still owed; more than zero.</param>
public sealed record Debt(string Reference, Money Amount);

/// <summary>Where a reversal stands.</summary>
public enum ReversalState
{
    /// <summary>It is being made, or waits for the transfer.</summary>
    Pending,

    /// <summary>It was made.</summary>
    Made,

    /// <summary>The provider's account had not enough: the provider owes it.</summary>
    Owed,
}

/// <summary>A part of a transfer that is taken back.</summary>
/// <param name="Reference">Our name of it.</param>
/// <param name="Amount">More than zero.</param>
/// <param name="State">Where it stands.</param>
/// <param name="ExternalId">The payment service's id; null until it is made.</param>
/// <param name="MadeAt">When it was made; null where it was not.</param>
public sealed record Reversal(string Reference, Money Amount, ReversalState State, string? ExternalId = null, Instant? MadeAt = null);

/// <summary>A payout to a provider: one transfer of its shares of one paid invoice.</summary>
/// <param name="PayoutId">The payout.</param>
/// <param name="Provider">Who is paid.</param>
/// <param name="Buyer">Whose payment it comes from.</param>
/// <param name="InvoiceId">The invoice it comes from.</param>
/// <param name="ExternalPaymentId">The payment that the transfer draws on; null for the balance.</param>
/// <param name="Amount">The transfer: the sum of its shares less what the provider owed. Of nothing, there is no transfer.</param>
/// <param name="Shares">What it pays.</param>
/// <param name="Offset">What the provider owed and this payout kept back.</param>
/// <param name="Reversals">What was taken back of the transfer.</param>
/// <param name="State">Where it stands.</param>
/// <param name="CreatedAt">When it was decided.</param>
/// <param name="ExternalId">The transfer at the payment service; null until it is made.</param>
/// <param name="PaidAt">When it was made.</param>
public sealed record Payout(
    PayoutId PayoutId,
    OrganisationId Provider,
    OrganisationId Buyer,
    InvoiceId InvoiceId,
    string? ExternalPaymentId,
    Money Amount,
    IReadOnlyList<PayableShare> Shares,
    Money Offset,
    IReadOnlyList<Reversal> Reversals,
    PayoutState State,
    Instant CreatedAt,
    string? ExternalId = null,
    Instant? PaidAt = null)
{
    /// <summary>What of the transfer is not taken back, nor on its way back.</summary>
    public Money Reversible() =>
        Reversals.Where(reversal => reversal.State != ReversalState.Owed).Aggregate(Amount, (left, reversal) => left - reversal.Amount);
}
