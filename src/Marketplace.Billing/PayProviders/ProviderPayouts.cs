using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Billing.PayProviders;

/// <summary>Decides payouts and what they mean for the ledger.</summary>
public static class ProviderPayouts
{
    /// <summary>Shares in one payout: its commit moves a row for each.</summary>
    public const int MaxShares = 40;

    /// <summary>Debts that one payout keeps back at most.</summary>
    public const int MaxDebts = 10;

    /// <summary>How often a transfer is tried on a balance that has not enough, which is a month.</summary>
    public const int MaxTransferAttempts = 60;

    /// <summary>How long a transfer waits that the balance does not cover: payments are available some days after they are taken.</summary>
    public static Duration TransferAgainAfter { get; } = Duration.FromHours(12);

    /// <summary>The next attempt of a transfer that the balance did not cover.</summary>
    /// <exception cref="InvalidOperationException">It was the last: somebody has to look.</exception>
    public static SendTransfer TryAgain(SendTransfer refused) => refused.Attempt < MaxTransferAttempts
        ? refused with { Attempt = refused.Attempt + 1 }
        : throw new InvalidOperationException($"The balance never covered the transfer of {refused.PayoutId}.");

    /// <summary>
    /// A payout of the first shares that one transfer can carry: of one invoice, hence one payment and currency. What the provider owes
    /// is kept back, the oldest debt first.
    /// </summary>
    /// <param name="payoutId">The new payout.</param>
    /// <param name="provider">Who is paid.</param>
    /// <param name="waiting">What waits, in order, one or more.</param>
    /// <param name="debts">What the provider owes in the currency of the first.</param>
    /// <param name="now">Now.</param>
    /// <returns>The payout, and what is left of each debt, in their order.</returns>
    public static (Payout Payout, IReadOnlyList<Debt> Debts) Make(
        PayoutId payoutId, OrganisationId provider, IReadOnlyList<Payable> waiting, IReadOnlyList<Debt> debts, Instant now)
    {
        var first = waiting[0];
        PayableShare[] shares =
        [
            .. waiting.TakeWhile(payable => payable.InvoiceId == first.InvoiceId && payable.ExternalPaymentId == first.ExternalPaymentId)
                .Take(MaxShares).Select(payable => new PayableShare(payable.UsageId, payable.Amount)),
        ];
        var nothing = Money.Zero(first.Amount.Currency);
        var sum = shares.Aggregate(nothing, (total, share) => total + share.Amount);
        var offset = nothing;
        var left = new List<Debt>();
        foreach (var debt in debts)
        {
            var kept = debt.Amount < sum - offset ? debt.Amount : sum - offset;
            offset += kept;
            left.Add(debt with { Amount = debt.Amount - kept });
        }

        var payout = new Payout(
            payoutId, provider, first.Buyer, first.InvoiceId, first.ExternalPaymentId, sum - offset, shares, offset, [], PayoutState.Pending, now);
        return (payout, left);
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

    /// <summary>The ledger entry of a reversal: the money is back at the payment service, and owed no longer.</summary>
    public static RecordEntry Entry(Payout payout, Reversal reversal, EntryId entryId, Instant bookedAt) => new(
        entryId,
        reversal.Amount.Currency,
        EntryReason.TransferReversed,
        reversal.Reference,
        bookedAt,
        [
            new Posting(new Account(AccountKind.PaymentClearing, null), reversal.Amount),
            new Posting(new Account(AccountKind.ProviderPayable, payout.Provider), -reversal.Amount),
        ]);
}
