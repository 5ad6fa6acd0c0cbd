using Marketplace.Billing.Payments;
using Marketplace.Billing.Rows;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Billing.Prepaid;

/// <summary>
/// With what a buyer completes a payment in advance on the payment service's own form: to enter a card where it has none there, or to
/// authenticate itself where its bank wants that. It is asked for each time and kept nowhere, as the service wants it.
/// </summary>
public sealed class ReadTopUpSecret(IPartitionStore store, IPaymentGateway gateway)
{
    /// <summary>The secret; null where the buyer has no such top-up, or nothing is left to be done for it.</summary>
    /// <exception cref="PaymentServiceException">The service could not be asked: try again.</exception>
    public async Task<string?> ExecuteAsync(OrganisationId buyer, TopUpId topUpId, CancellationToken cancellationToken)
    {
        if (await store.ReadAsync(BillingRows.Of(buyer), BillingRows.TopUp(topUpId), cancellationToken) is not { } row) return null;
        if (MarketplaceJson.Deserialize<TopUp>(row.Body) is not { State: TopUpState.Pending, ExternalId: { } external }) return null;
        return await gateway.GetTopUpAsync(external, cancellationToken) is { State: ExternalTopUpState.Pending, ClientSecret: { } secret } ? secret : null;
    }
}
