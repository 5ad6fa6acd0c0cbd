using Marketplace.Billing.CreditInvoice;
using NodaTime;

namespace Marketplace.Billing.Prepaid;

/// <summary>Where a top-up stands.</summary>
public enum TopUpState
{
    /// <summary>The payment is being made, or waits for the buyer or its bank.</summary>
    Pending,

    /// <summary>Paid: it is the buyer's credit.</summary>
    Paid,

    /// <summary>The bank or card refused. Paid all the same, it becomes paid.</summary>
    Declined,

    /// <summary>It was not completed in time and given up.</summary>
    Abandoned,
}

/// <summary>A part of a top-up that goes back to where it came from, because it is not used.</summary>
/// <param name="RefundId">The refund.</param>
/// <param name="Amount">More than zero.</param>
/// <param name="State">Where it stands.</param>
/// <param name="OrderedAt">When the buyer asked for it.</param>
/// <param name="EntryId">The ledger entry of that.</param>
/// <param name="ExternalId">The payment service's id; null until it is made.</param>
/// <param name="MadeAt">When it was made.</param>
public sealed record TopUpRefund(
    RefundId RefundId, Money Amount, RefundState State, Instant OrderedAt, EntryId EntryId, string? ExternalId = null, Instant? MadeAt = null);

/// <summary>A payment in advance. What is left of it is in the buyer's <see cref="PrepaidFunds"/>.</summary>
/// <param name="TopUpId">The top-up.</param>
/// <param name="Buyer">Who pays.</param>
/// <param name="Amount">How much.</param>
/// <param name="State">Where it stands.</param>
/// <param name="CreatedAt">When the buyer asked for it.</param>
/// <param name="EntryId">Its ledger entry, recorded when it is paid.</param>
/// <param name="Refunds">What went back of it, oldest first.</param>
/// <param name="ExternalId">The payment at the payment service; null until it was made there.</param>
/// <param name="ExternalPaymentId">The charge; null until it is paid.</param>
/// <param name="EndedAt">When we learnt that it is paid, declined or abandoned.</param>
public sealed record TopUp(
    TopUpId TopUpId,
    OrganisationId Buyer,
    Money Amount,
    TopUpState State,
    Instant CreatedAt,
    EntryId EntryId,
    IReadOnlyList<TopUpRefund> Refunds,
    string? ExternalId = null,
    string? ExternalPaymentId = null,
    Instant? EndedAt = null)
{
    /// <summary>What went back of it, or is on its way back.</summary>
    public Money Refunded() => Refunds.Aggregate(Money.Zero(Amount.Currency), (sum, refund) => sum + refund.Amount);
}
