using Marketplace.Billing.Credit;
using Marketplace.Billing.CreditInvoice;
using Marketplace.Billing.Payments;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.Prepaid;

/// <summary>
/// Gives back to a buyer what it paid in advance and did not use, to where it came from. The decision takes it out of the funds, so that
/// no invoice is paid with it meanwhile; the money is sent by message.
/// </summary>
public sealed class RefundTopUp(Workspace workspace, BuyerCredit credit, IPaymentGateway gateway, TimeProvider time, IIdSource ids)
    : IMessageHandler<MakeTopUpRefund>
{
    /// <summary>Orders a refund of what is left of a top-up, or of a part of that.</summary>
    /// <param name="buyer">Whose.</param>
    /// <param name="topUpId">The top-up.</param>
    /// <param name="amount">How much; null for all that is left of it.</param>
    /// <param name="key">Names the intent.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Attempt<TopUpRefund, RefundTopUpRefusal>> ExecuteAsync(
        OrganisationId buyer, TopUpId topUpId, Money? amount, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<Request, TopUpRefund, RefundTopUpRefusal>(
            BillingRows.Of(buyer),
            key,
            new Request(topUpId, amount),
            async work =>
            {
                var row = BillingRows.TopUp(topUpId);
                if (await work.ReadAsync<TopUp>(row, cancellationToken) is not { } topUp) return RefundTopUpRefusal.TopUpUnknown;
                var currency = topUp.Amount.Currency;
                var fundsRow = BillingRows.Prepaid(currency);
                var funds = await work.ReadAsync<PrepaidFunds>(fundsRow, cancellationToken) ?? PrepaidFunds.Empty;
                var available = (await credit.ReadAsync(buyer, currency, cancellationToken)).Available();
                if (!TopUpRules.Refund(topUp, funds.Of(topUpId, currency), amount, available).TryGet(out var given, out var refusal)) return refusal;
                var refund = new TopUpRefund(ids.Next<RefundKind>(), given, RefundState.Pending, time.Now(), ids.Next<EntryKind>());
                work.Put(fundsRow, funds.Less(new TopUpPart(topUpId, given)));
                work.Put(row, topUp with { Refunds = [.. topUp.Refunds, refund] });
                work.Send(TopUpRules.Entry(topUp, refund));
                work.Send(new IndexBillingRow(BillingIndex.Prepaid(BillingPeriod.Containing(refund.OrderedAt)), row, buyer));
                work.Send(new MakeTopUpRefund(buyer, topUpId, refund.RefundId));
                return refund;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async Task HandleAsync(MakeTopUpRefund message, MessageContext context, CancellationToken cancellationToken)
    {
        var topUp = await workspace.LoadTopUpAsync(message.Buyer, message.TopUpId, cancellationToken);
        var refund = topUp.Refunds.Single(one => one.RefundId == message.RefundId);
        if (refund.State == RefundState.Made) return;
        var external = await gateway.RefundAsync(
            topUp.ExternalPaymentId!, refund.Amount, refund.RefundId.ToString(), context.OccurredAt, cancellationToken);
        await workspace.HandleAsync(
            BillingRows.Of(message.Buyer),
            context,
            async work =>
            {
                var row = BillingRows.TopUp(message.TopUpId);
                var now = (await work.ReadAsync<TopUp>(row, cancellationToken))!;
                if (now.Refunds.Single(one => one.RefundId == message.RefundId).State == RefundState.Made) return;
                var made = refund with { State = RefundState.Made, ExternalId = external, MadeAt = time.Now() };
                work.Put(row, now with { Refunds = [.. now.Refunds.Select(one => one.RefundId == made.RefundId ? made : one)] });
                work.Send(new RecordEntry(
                    ids.Next<EntryKind>(), made.Amount.Currency, EntryReason.RefundPaid, made.RefundId.ToString(), made.MadeAt.Value,
                    [new Posting(new Account(AccountKind.Refund, null), made.Amount), new Posting(new Account(AccountKind.PaymentClearing, null), -made.Amount)]));
            },
            cancellationToken);
    }

    private sealed record Request(TopUpId TopUpId, Money? Amount);
}
