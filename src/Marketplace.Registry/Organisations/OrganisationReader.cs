using Marketplace.Contracts;
using Marketplace.Runtime.Store;

namespace Marketplace.Registry.Organisations;

/// <summary>Reads organisations.</summary>
public sealed class OrganisationReader(IPartitionStore store) : IOrganisationNames
{
    /// <summary>An organisation, or null.</summary>
    public Task<Organisation?> FindAsync(OrganisationId id, CancellationToken cancellationToken) =>
        store.ReadRowAsync<Organisation>(RegistryRows.Of(id), RegistryRows.Organisation, cancellationToken);

    /// <inheritdoc/>
    public async Task<string?> FindNameAsync(OrganisationId organisation, CancellationToken cancellationToken) =>
        (await FindAsync(organisation, cancellationToken))?.Name;
}
