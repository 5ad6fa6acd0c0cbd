using Marketplace.Billing.Rows;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Billing.OpenAccount;

/// <summary>Looks at the accounts that were opened.</summary>
internal sealed class PayoutAccounts(IPartitionStore store) : IPayoutAccounts
{
    public async Task<bool> HasOneAsync(OrganisationId organisation, CancellationToken cancellationToken) =>
        await store.ReadAsync(BillingRows.Of(organisation), BillingRows.Account, cancellationToken) is { } row
        && MarketplaceJson.Deserialize<BillingAccount>(row.Body).ExternalAccountId is not null;
}
