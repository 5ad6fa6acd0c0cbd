using Marketplace.Billing.MonthlyRun;
using Marketplace.Billing.Payments;
using Marketplace.Billing.PayProviders;
using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;

namespace Marketplace.Billing.OpenAccount;

/// <summary>Makes an organisation known to the payment service, as customer, as connected account, or both.</summary>
public sealed class OpenAccountHandler(Workspace workspace, IPaymentGateway gateway) : IMessageHandler<OrganisationRegistered>
{
    /// <inheritdoc/>
    public async Task HandleAsync(OrganisationRegistered message, MessageContext context, CancellationToken cancellationToken)
    {
        var party = new PaymentParty(message.OrganisationId, message.Name, message.Email);
        var customer = message.Buys ? await gateway.EnsureCustomerAsync(party, context.OccurredAt, cancellationToken) : null;
        var account = message.Provides ? await gateway.EnsureConnectedAccountAsync(party, context.OccurredAt, cancellationToken) : null;
        await workspace.HandleAsync(
            BillingRows.Of(message.OrganisationId),
            context,
            async work =>
            {
                var known = await work.ReadAsync<BillingAccount>(BillingRows.Account, cancellationToken);
                work.Put(
                    BillingRows.Account,
                    new BillingAccount(party, customer ?? known?.ExternalCustomerId, account ?? known?.ExternalAccountId));
                work.Send(new IndexBillingRow(BillingIndex.Accounts, message.OrganisationId.ToString(), message.OrganisationId));
                work.Send(new PlanPayouts(context.OccurredAt.InUtc().Date));
                work.Send(new PlanMonthlyRun(BillingPeriod.Containing(context.OccurredAt)));
            },
            cancellationToken);
    }
}
