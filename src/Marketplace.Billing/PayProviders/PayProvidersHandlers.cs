using Marketplace.Billing.Disputes;
using Marketplace.Billing.OpenAccount;
using Marketplace.Billing.Payments;
using Marketplace.Billing.RateUsage;
using Marketplace.Billing.Rows;
using Marketplace.Billing.Terms;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.PayProviders;

/// <summary>
/// Pays providers their shares of paid charges. A share is a row that becomes part of a payout in the commit that makes the
/// payout, so it is paid out exactly once; the transfer is repeated under the payout's id until it is known to be made.
/// </summary>
public sealed class PayProvidersHandlers(Workspace workspace, IPaymentGateway gateway, BillingTerms terms, TimeProvider time, IIdSource ids)
    : IMessageHandler<ChargesPaid>, IMessageHandler<PayProvider>, IMessageHandler<SendTransfer>, IMessageHandler<ChargesPaidOut>
{
    /// <inheritdoc/>
    public Task HandleAsync(ChargesPaid message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Of(message.Provider),
            context,
            async work =>
            {
                foreach (var share in message.Shares)
                {
                    var payable = new Payable(share.UsageId, share.Amount, message.Buyer, message.InvoiceId, message.ExternalPaymentId);
                    var held = BillingRows.HeldShare(share.UsageId);
                    if (await work.ReadAsync<HeldShare>(held, cancellationToken) is { } contested) work.Put(held, contested with { Payable = payable });
                    else work.Put(BillingRows.Payable(share.Amount.Currency, message.InvoiceId, share.UsageId), payable);
                }
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task HandleAsync(PayProvider message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(BillingRows.Of(message.Provider), context, work => Pay(work, message, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async Task HandleAsync(SendTransfer message, MessageContext context, CancellationToken cancellationToken)
    {
        var partition = BillingRows.Of(message.Provider);
        var key = BillingRows.Payout(message.PayoutId);
        var payout = await workspace.LoadPayoutAsync(message.Provider, message.PayoutId, cancellationToken);
        if (payout.State == PayoutState.Paid) return;
        var transfer = payout.Amount.IsZero ? null : await TransferAsync(payout, message.Attempt, context, cancellationToken);
        await workspace.HandleAsync(
            partition,
            context,
            async work =>
            {
                var pending = (await work.ReadAsync<Payout>(key, cancellationToken))!;
                if (pending.State == PayoutState.Paid) return;
                if (transfer is null && !pending.Amount.IsZero)
                {
                    work.Send(ProviderPayouts.TryAgain(message), time.Now() + ProviderPayouts.TransferAgainAfter);
                    return;
                }

                var paid = pending with { State = PayoutState.Paid, ExternalId = transfer, PaidAt = time.Now() };
                work.Put(key, paid);
                if (transfer is not null) work.Send(ProviderPayouts.Entry(paid, ids.Next<EntryKind>()));
                work.Send(new ChargesPaidOut(paid.Buyer, paid.PayoutId, [.. paid.Shares.Select(share => share.UsageId)]));
                foreach (var reversal in paid.Reversals.Where(reversal => reversal.State == ReversalState.Pending))
                    work.Send(new ReverseTransfer(paid.Provider, paid.PayoutId, reversal.Reference));
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task HandleAsync(ChargesPaidOut message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Of(message.Buyer),
            context,
            async work =>
            {
                foreach (var usage in message.Charges)
                {
                    var key = BillingRows.Charge(usage);
                    var charge = await work.ReadAsync<Charge>(key, cancellationToken)
                        ?? throw new InvariantException($"The charge of {usage} is gone.");
                    InvariantException.Require(
                        charge.PayoutId is null || charge.PayoutId == message.PayoutId, $"The charge of {usage} was paid out twice.");
                    work.Put(key, charge with { PayoutId = message.PayoutId });
                }
            },
            cancellationToken);

    private async Task Pay(PartitionWork work, PayProvider message, CancellationToken cancellationToken)
    {
        var own = message.ScheduledFor is null ? null : await work.ReadAsync<PayoutTerms>(BillingRows.PayoutTerms, cancellationToken) ?? terms.Payouts;
        if (own?.IsDue(message.ScheduledFor!.Value) == false) return;
        var all = await work.ReadRangeAsync<Payable>(RowRange.StartingWith(BillingRows.PayablePrefix), cancellationToken).ToListAsync(cancellationToken);
        foreach (var waiting in all.GroupBy(row => row.Value.Amount.Currency))
        {
            var debts = await work.ReadRangeAsync<Debt>(RowRange.StartingWith(BillingRows.Debts(waiting.Key)), cancellationToken).ToListAsync(cancellationToken);
            if (own is not null && waiting.Key != message.Granted)
            {
                var due = waiting.Aggregate(Money.Zero(waiting.Key), (sum, row) => sum + row.Value.Amount);
                due = debts.Aggregate(due, (sum, row) => sum - row.Value.Amount);
                // What is below the minimum waits, and with it what is owed.
                if (due < own.MinimumOf(waiting.Key)) continue;
            }

            var made = Make(work, message, [.. waiting], [.. debts.Take(ProviderPayouts.MaxDebts)]);
            var more = made.Shares.Count < waiting.Count();
            if (more || all.Count > made.Shares.Count) work.Send(message with { Granted = more ? waiting.Key : null });
            return;
        }
    }

    private Payout Make(
        PartitionWork work, PayProvider message, IReadOnlyList<(string Row, Payable Payable)> waiting, IReadOnlyList<(string Row, Debt Debt)> debts)
    {
        var (payout, left) = ProviderPayouts.Make(
            ids.Next<PayoutKind>(), message.Provider, [.. waiting.Select(w => w.Payable)], [.. debts.Select(d => d.Debt)], time.Now());
        foreach (var (row, payable) in waiting.Take(payout.Shares.Count))
        {
            work.Delete(row);
            work.Put(BillingRows.PaidShare(payable.UsageId), new PaidShare(payable.UsageId, payout.PayoutId, payable.Amount));
        }

        foreach (var ((row, _), debt) in debts.Zip(left))
        {
            if (debt.Amount.IsZero) work.Delete(row);
            else work.Put(row, debt);
        }

        var key = BillingRows.Payout(payout.PayoutId);
        work.Put(key, payout);
        work.Send(new IndexBillingRow(BillingIndex.Payouts, key, message.Provider));
        work.Send(new SendTransfer(message.Provider, payout.PayoutId));
        return payout;
    }

    private async Task<string?> TransferAsync(Payout payout, int attempt, MessageContext context, CancellationToken cancellationToken)
    {
        var account = await workspace.Store.ReadAsync(BillingRows.Of(payout.Provider), BillingRows.Account, cancellationToken);
        var destination = account is null ? null : MarketplaceJson.Deserialize<BillingAccount>(account.Body).ExternalAccountId;
        if (destination is null) throw new InvalidOperationException($"The provider {payout.Provider} has no account to be paid to yet.");
        var order = new TransferOrder(payout.PayoutId, payout.InvoiceId, destination, payout.ExternalPaymentId, payout.Amount, attempt);
        return await gateway.TransferAsync(order, context.OccurredAt, cancellationToken);
    }
}
