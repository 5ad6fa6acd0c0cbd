using System.Runtime.CompilerServices;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Registry.Listings;

/// <summary>Reads a provider's own listings.</summary>
public sealed class ListingReader(IPartitionStore store)
{
    /// <summary>A listing of the provider, or null.</summary>
    public Task<Listing?> FindAsync(OrganisationId provider, ListingId id, CancellationToken cancellationToken) =>
        store.ReadRowAsync<Listing>(RegistryRows.Of(provider), RegistryRows.Listing(id), cancellationToken);

    /// <summary>The provider's listings, newest first.</summary>
    /// <param name="provider">Whose.</param>
    /// <param name="after">The last listing that is not wanted any more; null to start with the newest.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async IAsyncEnumerable<Listing> ListAsync(
        OrganisationId provider, ListingId? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var range = after is { } id ? RegistryRows.Listings.After(RegistryRows.Listing(id)) : RegistryRows.Listings;
        await foreach (var row in store.ReadRangeAsync(RegistryRows.Of(provider), range, cancellationToken))
        {
            yield return MarketplaceJson.Deserialize<Listing>(row.Body);
        }
    }
}
