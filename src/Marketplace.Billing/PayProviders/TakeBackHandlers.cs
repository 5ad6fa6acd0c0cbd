using Marketplace.Billing.Disputes;
using Marketplace.Billing.Payments;
using Marketplace.Billing.Rows;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.PayProviders;

/// <summary>
/// Takes shares back from a provider after a refund: what waits is lowered, what was transferred is reversed, and what cannot be
/// reversed is owed and kept from the next payouts.
/// </summary>
public sealed class TakeBackHandlers(Workspace workspace, IPaymentGateway gateway, TimeProvider time, IIdSource ids)
    : IMessageHandler<TakeBackShares>, IMessageHandler<ReverseTransfer>
{
    /// <inheritdoc/>
    public Task HandleAsync(TakeBackShares message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Of(message.Provider),
            context,
            async work =>
            {
                var paidOut = new List<(PayoutId PayoutId, PayableShare Share)>();
                foreach (var share in message.Shares)
                {
                    if (await Lower(work, message.InvoiceId, share, cancellationToken) is { } payout) paidOut.Add((payout, share));
                }

                foreach (var payout in paidOut.GroupBy(taken => taken.PayoutId))
                    await Reverse(work, message, payout.Key, [.. payout.Select(taken => taken.Share)], cancellationToken);
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task HandleAsync(ReverseTransfer message, MessageContext context, CancellationToken cancellationToken)
    {
        var payout = await workspace.LoadPayoutAsync(message.Provider, message.PayoutId, cancellationToken);
        var reversal = payout.Reversals.Single(one => one.Reference == message.Reference);
        if (reversal.State != ReversalState.Pending) return;
        var external = await gateway.ReverseTransferAsync(
            payout.ExternalId!, reversal.Amount, reversal.Reference, context.OccurredAt, cancellationToken);
        var key = BillingRows.Payout(message.PayoutId);
        await workspace.HandleAsync(
            BillingRows.Of(message.Provider),
            context,
            async work =>
            {
                var now = (await work.ReadAsync<Payout>(key, cancellationToken))!;
                if (now.Reversals.Single(one => one.Reference == message.Reference).State != ReversalState.Pending) return;
                var done = external is null
                    ? reversal with { State = ReversalState.Owed }
                    : reversal with { State = ReversalState.Made, ExternalId = external, MadeAt = time.Now() };
                work.Put(key, now with { Reversals = [.. now.Reversals.Select(one => one.Reference == done.Reference ? done : one)] });
                if (done.MadeAt is not { } madeAt)
                {
                    work.Put(BillingRows.Debt(done.Amount.Currency, done.Reference), new Debt(done.Reference, done.Amount));
                    return;
                }

                work.Send(ProviderPayouts.Entry(now, done, ids.Next<EntryKind>(), madeAt));
                work.Send(new IndexBillingRow(BillingIndex.Reversals(BillingPeriod.Containing(madeAt)), key, now.Provider));
            },
            cancellationToken);
    }

    /// <summary>Lowers what waits; gives the payout where nothing waits any more.</summary>
    private static async Task<PayoutId?> Lower(PartitionWork work, InvoiceId invoice, PayableShare share, CancellationToken cancellationToken)
    {
        var waiting = BillingRows.Payable(share.Amount.Currency, invoice, share.UsageId);
        if (await work.ReadAsync<Payable>(waiting, cancellationToken) is { } payable)
        {
            var left = Lower(payable, share);
            if (left.Amount.IsZero) work.Delete(waiting);
            else work.Put(waiting, left);
            return null;
        }

        var contested = BillingRows.HeldShare(share.UsageId);
        if (await work.ReadAsync<HeldShare>(contested, cancellationToken) is { Payable: { } held } hold)
        {
            work.Put(contested, hold with { Payable = Lower(held, share) });
            return null;
        }

        var key = BillingRows.PaidShare(share.UsageId);
        // That the buyer paid may still be on its way here.
        var paid = await work.ReadAsync<PaidShare>(key, cancellationToken)
            ?? throw new InvalidOperationException($"The share of {share.UsageId} is not known here yet.");
        InvariantException.Require(share.Amount <= paid.Amount, $"More of {share.UsageId} is taken back than was paid out.");
        work.Put(key, paid with { Amount = paid.Amount - share.Amount });
        return paid.PayoutId;
    }

    private static Payable Lower(Payable payable, PayableShare share)
    {
        var left = payable.Amount - share.Amount;
        InvariantException.Require(!left.IsNegative, $"More of {share.UsageId} is taken back than waits to be paid out.");
        return payable with { Amount = left };
    }

    /// <summary>The transfer gives what it carried; what an offset had kept back of it is owed at once.</summary>
    private static async Task Reverse(
        PartitionWork work, TakeBackShares message, PayoutId payoutId, PayableShare[] shares, CancellationToken cancellationToken)
    {
        var key = BillingRows.Payout(payoutId);
        var payout = (await work.ReadAsync<Payout>(key, cancellationToken))!;
        var wanted = shares.Aggregate(Money.Zero(payout.Amount.Currency), (sum, share) => sum + share.Amount);
        var reversed = wanted < payout.Reversible() ? wanted : payout.Reversible();
        var reference = $"{message.RefundId}:{shares[0].UsageId}";
        if (!reversed.IsZero)
        {
            work.Put(key, payout with { Reversals = [.. payout.Reversals, new Reversal(reference, reversed, ReversalState.Pending)] });
            if (payout.State == PayoutState.Paid) work.Send(new ReverseTransfer(message.Provider, payoutId, reference));
        }

        if (reversed == wanted) return;
        var owed = reference + ":owed";
        work.Put(BillingRows.Debt(wanted.Currency, owed), new Debt(owed, wanted - reversed));
    }
}

/// <summary>Reads one payout.</summary>
internal static class PayoutReads
{
    public static async Task<Payout> LoadPayoutAsync(
        this Workspace workspace, OrganisationId provider, PayoutId payoutId, CancellationToken cancellationToken) =>
        await workspace.Store.ReadAsync(BillingRows.Of(provider), BillingRows.Payout(payoutId), cancellationToken) is { } row
            ? MarketplaceJson.Deserialize<Payout>(row.Body)
            : throw new InvariantException($"The payout {payoutId} is gone.");
}
