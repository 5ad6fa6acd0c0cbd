using Marketplace.Contracts;

namespace Marketplace.Trading.PlaceBid;

/// <summary>The credit of buyers where nobody keeps one: without limit.</summary>
internal sealed class UnlimitedCredit : IBuyerCredit
{
    public Task<bool> CoversAsync(OrganisationId buyer, Money cost, CancellationToken cancellationToken) => Task.FromResult(true);
}
