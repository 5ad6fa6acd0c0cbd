using Marketplace.Billing.OpenAccount;
using Marketplace.Billing.Rows;
using Marketplace.Billing.Terms;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.Credit;

/// <summary>
/// Sets aside what a trade can cost where the buyer has a limit, and releases what is left once its usage is final: some time after the lease
/// stopped, or after its window where it never ran, so that late readings are still captured.
/// </summary>
public sealed class TradeHoldHandlers(Workspace workspace, BillingTerms terms, TimeProvider time, IIdSource ids)
    : IMessageHandler<TradeExecuted>, IMessageHandler<LeaseStopped>, IMessageHandler<ReleaseTradeHold>
{
    /// <inheritdoc/>
    public Task HandleAsync(TradeExecuted message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Of(message.Buyer),
            context,
            async work =>
            {
                var limits = await work.ReadAsync<CreditTerms>(BillingRows.CreditTerms, cancellationToken) ?? CreditTerms.None;
                var currency = message.Price.Currency;
                var row = BillingRows.TradeHold(message.LeaseId);
                if (limits.In(currency) is null || await work.ReadAsync<TradeHold>(row, cancellationToken) is not null) return;
                var country = await KnownParty.ReadCountryAsync(workspace.Store, message.Buyer, cancellationToken);
                var amount = TradeHold.MostOf(message, terms.Taxes.At(country, message.ExecutedAt));
                if (amount.IsZero) return;
                var hold = new TradeHold(message.LeaseId, message.TradeId, ids.Next<EntryKind>(), amount, message.Buyer, message.ExecutedAt);
                work.Put(row, hold);
                work.Send(new IndexBillingRow(BillingIndex.Reserves(BillingPeriod.Containing(hold.PlacedAt)), row, message.Buyer));
                work.Send(new HoldEntry(
                    hold.HoldId, currency, message.TradeId.ToString(), message.ExecutedAt, new Account(AccountKind.BuyerReceivable, message.Buyer), amount));
                work.Send(new ReleaseTradeHold(message.Buyer, message.LeaseId), message.Window.End + terms.HoldsReleasedAfter);
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task HandleAsync(LeaseStopped message, MessageContext context, CancellationToken cancellationToken) =>
        message.Buyer is not { } buyer ? Task.CompletedTask : workspace.HandleAsync(
            BillingRows.Of(buyer),
            context,
            async work =>
            {
                if (await work.ReadAsync<TradeHold>(BillingRows.TradeHold(message.LeaseId), cancellationToken) is { IsReleased: false })
                    work.Send(new ReleaseTradeHold(buyer, message.LeaseId), message.StoppedAt + terms.HoldsReleasedAfter);
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task HandleAsync(ReleaseTradeHold message, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Of(message.Buyer),
            context,
            async work =>
            {
                var row = BillingRows.TradeHold(message.LeaseId);
                if (await work.ReadAsync<TradeHold>(row, cancellationToken) is not { IsReleased: false } held) return;
                work.Put(row, held with { IsReleased = true });
                work.Send(held.Release(ids.Next<EntryKind>(), time.Now()));
            },
            cancellationToken);
}
