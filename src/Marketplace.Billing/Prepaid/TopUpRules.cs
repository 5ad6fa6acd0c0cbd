using Marketplace.Billing.Payments;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.Prepaid;

/// <summary>Why a top-up is refused. In order of precedence.</summary>
public enum StartTopUpRefusal
{
    /// <summary>There is no such buyer, or its registration has not arrived yet.</summary>
    BuyerUnknown,

    /// <summary>The amount is below the least that is taken in its currency.</summary>
    AmountTooSmall,

    /// <summary>The amount is more than one payment may be.</summary>
    AmountTooLarge,
}

/// <summary>Why unused credit is not given back. In order of precedence.</summary>
public enum RefundTopUpRefusal
{
    /// <summary>The organisation has no such top-up.</summary>
    TopUpUnknown,

    /// <summary>The top-up is not paid.</summary>
    TopUpNotPaid,

    /// <summary>The amount is in another currency than the top-up.</summary>
    CurrencyDiffers,

    /// <summary>The amount is zero or negative, or all of the top-up is used.</summary>
    NothingToRefund,

    /// <summary>The amount is more than is left of the top-up.</summary>
    ExceedsUnused,

    /// <summary>The buyer's credit would not cover what it owes and what is held for its trades.</summary>
    CreditCommitted,
}

/// <summary>Decides top-ups and what they mean for the ledger.</summary>
public static class TopUpRules
{
    /// <summary>The most that one payment may be, in minor units: eight digits, as cards are charged at Stripe.</summary>
    public const long MaxMinorUnits = 99_999_999;

    /// <summary>Whether an amount may be paid in advance; null if it may.</summary>
    public static StartTopUpRefusal? Refusal(Money amount, BillingTerms terms)
    {
        if (amount.MinorUnits <= 0 || amount < terms.MinimumTopUpOf(amount.Currency)) return StartTopUpRefusal.AmountTooSmall;
        return amount.MinorUnits > MaxMinorUnits ? StartTopUpRefusal.AmountTooLarge : null;
    }

    /// <summary>How much of a top-up is given back.</summary>
    /// <param name="topUp">The top-up.</param>
    /// <param name="unused">What is left of it.</param>
    /// <param name="wanted">What is wanted; null for all that is left.</param>
    /// <param name="available">What the buyer may still commit itself to; null where it has no limit.</param>
    public static Result<Money, RefundTopUpRefusal> Refund(TopUp topUp, Money unused, Money? wanted, Money? available)
    {
        if (topUp.State != TopUpState.Paid) return RefundTopUpRefusal.TopUpNotPaid;
        var amount = wanted ?? unused;
        if (amount.Currency != topUp.Amount.Currency) return RefundTopUpRefusal.CurrencyDiffers;
        if (amount.MinorUnits <= 0) return RefundTopUpRefusal.NothingToRefund;
        if (amount > unused) return RefundTopUpRefusal.ExceedsUnused;
        if (amount > available) return RefundTopUpRefusal.CreditCommitted;
        return amount;
    }

    /// <summary>A top-up after the payment service was asked how it stands. What is paid stays paid; what was given up may still turn out to be paid.</summary>
    /// <exception cref="InvariantException">The service took another amount, or does not say by which payment.</exception>
    public static TopUp Learn(TopUp topUp, ExternalTopUp external, Instant now)
    {
        if (topUp.State == TopUpState.Paid) return topUp;
        var known = topUp with { ExternalId = external.ExternalId };
        if (external.State == ExternalTopUpState.Paid)
        {
            InvariantException.Require(external.Paid == topUp.Amount, $"{topUp.TopUpId} is {topUp.Amount} here; the payment service took {external.Paid}.");
            InvariantException.Require(external.ExternalPaymentId is not null, $"{topUp.TopUpId} was paid, but by no payment.");
            return known with { State = TopUpState.Paid, ExternalPaymentId = external.ExternalPaymentId, EndedAt = now };
        }

        if (topUp.State != TopUpState.Pending) return known;
        return external.State switch
        {
            ExternalTopUpState.Declined => known with { State = TopUpState.Declined, EndedAt = now },
            ExternalTopUpState.Cancelled => known with { State = TopUpState.Abandoned, EndedAt = now },
            _ => known,
        };
    }

    /// <summary>The ledger entry of a paid top-up: the money is at the payment service, and the buyer's.</summary>
    public static RecordEntry Entry(TopUp paid) => new(
        paid.EntryId, paid.Amount.Currency, EntryReason.PrepaidToppedUp, paid.TopUpId.ToString(), paid.EndedAt!.Value,
        [
            new Posting(new Account(AccountKind.PaymentClearing, null), paid.Amount),
            new Posting(new Account(AccountKind.BuyerPrepaid, paid.Buyer), -paid.Amount),
        ]);

    /// <summary>The ledger entry of a refund that was asked for.</summary>
    public static RecordEntry Entry(TopUp topUp, TopUpRefund refund) => new(
        refund.EntryId, refund.Amount.Currency, EntryReason.PrepaidRefundOrdered, refund.RefundId.ToString(), refund.OrderedAt,
        [
            new Posting(new Account(AccountKind.BuyerPrepaid, topUp.Buyer), refund.Amount),
            new Posting(new Account(AccountKind.Refund, null), -refund.Amount),
        ]);
}
