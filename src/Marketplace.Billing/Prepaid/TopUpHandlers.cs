using Marketplace.Billing.CollectInvoice;
using Marketplace.Billing.DraftInvoice;
using Marketplace.Billing.OpenAccount;
using Marketplace.Billing.Payments;
using Marketplace.Billing.Rows;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.Prepaid;

/// <summary>
/// Takes payments in advance and learns how they end: from the call itself, by webhook, or by asking. As with invoices, what the payment
/// service says when asked counts. What is not completed in time is given up there, so that it cannot be paid when nobody waits for it.
/// </summary>
public sealed class TopUpHandlers(Workspace workspace, IPaymentGateway gateway, TimeProvider time)
    : IMessageHandler<ChargeTopUp>, IMessageHandler<TopUpReported>, IMessageHandler<CheckTopUp>
{
    /// <summary>The most past-due invoices that one top-up is tried on: each is a message of its commit.</summary>
    private const int MaxCollected = 40;

    /// <inheritdoc/>
    public async Task HandleAsync(ChargeTopUp message, MessageContext context, CancellationToken cancellationToken)
    {
        var topUp = await workspace.LoadTopUpAsync(message.Buyer, message.TopUpId, cancellationToken);
        if (topUp.State != TopUpState.Pending) return;
        var account = await workspace.Store.ReadAsync(BillingRows.Of(message.Buyer), BillingRows.Account, cancellationToken);
        var customer = MarketplaceJson.Deserialize<BillingAccount>(account!.Body).ExternalCustomerId!;
        var external = await gateway.ChargeTopUpAsync(
            new TopUpOrder(topUp.TopUpId, topUp.Buyer, customer, topUp.Amount), context.OccurredAt, cancellationToken);
        await LearnAsync(message.Buyer, message.TopUpId, external, nextCheck: 1, context, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(TopUpReported message, MessageContext context, CancellationToken cancellationToken)
    {
        var topUp = await workspace.LoadTopUpAsync(message.Buyer, message.TopUpId, cancellationToken);
        if (topUp.State == TopUpState.Paid) return;
        // A report can overtake our own commit that the payment is made; then that commit learns the same.
        if (topUp.ExternalId is null) throw new InvalidOperationException($"{topUp.TopUpId} is not yet known to be at the payment service.");
        var external = await gateway.GetTopUpAsync(topUp.ExternalId, cancellationToken);
        await LearnAsync(message.Buyer, message.TopUpId, external, nextCheck: null, context, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task HandleAsync(CheckTopUp message, MessageContext context, CancellationToken cancellationToken)
    {
        var topUp = await workspace.LoadTopUpAsync(message.Buyer, message.TopUpId, cancellationToken);
        if (topUp.State != TopUpState.Pending) return;
        var isLast = message.Check == CollectInvoiceHandlers.CheckAfter.Count;
        var external = await gateway.GetTopUpAsync(topUp.ExternalId!, cancellationToken);
        if (isLast && external.State == ExternalTopUpState.Pending)
            external = await gateway.CancelTopUpAsync(topUp.TopUpId, topUp.ExternalId!, context.OccurredAt, cancellationToken);
        await LearnAsync(message.Buyer, message.TopUpId, external, isLast ? null : message.Check + 1, context, cancellationToken);
    }

    private Task<bool> LearnAsync(
        OrganisationId buyer, TopUpId topUpId, ExternalTopUp external, int? nextCheck, MessageContext context, CancellationToken cancellationToken) =>
        workspace.HandleAsync(
            BillingRows.Of(buyer),
            context,
            async work =>
            {
                var row = BillingRows.TopUp(topUpId);
                var before = (await work.ReadAsync<TopUp>(row, cancellationToken))!;
                var after = TopUpRules.Learn(before, external, time.Now());
                work.Put(row, after);
                if (after.State == TopUpState.Paid && before.State != TopUpState.Paid) await AddAsync(work, row, after, cancellationToken);
                if (after.State == TopUpState.Pending && nextCheck is { } check)
                    work.Send(new CheckTopUp(buyer, topUpId, check), time.Now() + CollectInvoiceHandlers.CheckAfter[check - 1]);
            },
            cancellationToken);

    private static async Task AddAsync(PartitionWork work, string row, TopUp paid, CancellationToken cancellationToken)
    {
        var funds = BillingRows.Prepaid(paid.Amount.Currency);
        var before = await work.ReadAsync<PrepaidFunds>(funds, cancellationToken) ?? PrepaidFunds.Empty;
        work.Put(funds, before.Plus(new TopUpPart(paid.TopUpId, paid.Amount)));
        work.Send(TopUpRules.Entry(paid));
        work.Send(new IndexBillingRow(BillingIndex.Prepaid(BillingPeriod.Containing(paid.EndedAt!.Value)), row, paid.Buyer));

        // What is past due is paid at once and waits for no next attempt: after the last there is none.
        var pastDue = new List<Invoice>();
        await foreach (var (_, invoice) in work.ReadRangeAsync<Invoice>(RowRange.StartingWith(BillingRows.InvoicePrefix), cancellationToken))
        {
            if (Dunning.IsCollectedBy(invoice, paid.Amount.Currency)) pastDue.Add(invoice);
        }

        foreach (var invoice in pastDue.TakeLast(MaxCollected).Reverse()) work.Send(new PayInvoice(invoice.Buyer, invoice.InvoiceId, Dunning.NextAttempt(invoice)));
    }
}

/// <summary>Reads one top-up.</summary>
internal static class TopUpReads
{
    public static async Task<TopUp> LoadTopUpAsync(
        this Workspace workspace, OrganisationId buyer, TopUpId topUpId, CancellationToken cancellationToken) =>
        await workspace.Store.ReadAsync(BillingRows.Of(buyer), BillingRows.TopUp(topUpId), cancellationToken) is { } row
            ? MarketplaceJson.Deserialize<TopUp>(row.Body)
            : throw new InvariantException($"The top-up {topUpId} is gone.");
}
