using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.PayProviders;

/// <summary>Decides payouts and what they mean for the ledger.</summary>
public static class ProviderPayouts
{
    /// <summary>Shares in one payout: its commit deletes a row for each.</summary>
    public const int MaxShares = 90;

    /// <summary>A payout of the first shares that one transfer can carry: of one invoice, hence one payment and currency.</summary>
    /// <param name="payoutId">The new payout.</param>
    /// <param name="provider">Who is paid.</param>
    /// <param name="waiting">What waits, in order, one or more.</param>
    /// <param name="now">Now.</param>
    public static Payout Make(PayoutId payoutId, OrganisationId provider, IReadOnlyList<Payable> waiting, Instant now)
    {
        var first = waiting[0];
        PayableShare[] shares =
        [
            .. waiting.TakeWhile(payable => payable.InvoiceId == first.InvoiceId && payable.ExternalPaymentId == first.ExternalPaymentId)
                .Take(MaxShares).Select(payable => new PayableShare(payable.UsageId, payable.Amount)),
        ];
        var amount = shares.Aggregate(Money.Zero(first.Amount.Currency), (sum, share) => sum + share.Amount);
        return new Payout(
            payoutId, provider, first.Buyer, first.InvoiceId, first.ExternalPaymentId, amount, shares, PayoutState.Pending, now);
    }

    /// <summary>The ledger entry: what was owed to the provider has left the payment service's balance.</summary>
    public static RecordEntry Entry(Payout paid, EntryId entryId) => new(
        entryId,
        paid.Amount.Currency,
        EntryReason.ProviderPaid,
        paid.PayoutId.ToString(),
        paid.PaidAt!.Value,
        [
            new Posting(new Account(AccountKind.ProviderPayable, paid.Provider), paid.Amount),
            new Posting(new Account(AccountKind.PaymentClearing, null), -paid.Amount),
        ]);
}
