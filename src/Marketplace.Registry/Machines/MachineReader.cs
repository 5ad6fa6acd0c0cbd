using System.Runtime.CompilerServices;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Registry.Machines;

/// <summary>Reads a provider's own machines.</summary>
public sealed class MachineReader(IPartitionStore store)
{
    /// <summary>A machine of the provider, or null.</summary>
    public Task<Machine?> FindAsync(OrganisationId provider, MachineId id, CancellationToken cancellationToken) =>
        store.ReadRowAsync<Machine>(RegistryRows.Of(provider), RegistryRows.Machine(id), cancellationToken);

    /// <summary>The provider's machines, newest first.</summary>
    /// <param name="provider">Whose.</param>
    /// <param name="after">The last machine that is not wanted any more; null to start with the newest.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async IAsyncEnumerable<Machine> ListAsync(
        OrganisationId provider, MachineId? after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var range = after is { } id ? RegistryRows.Machines.After(RegistryRows.Machine(id)) : RegistryRows.Machines;
        await foreach (var row in store.ReadRangeAsync(RegistryRows.Of(provider), range, cancellationToken))
        {
            yield return MarketplaceJson.Deserialize<Machine>(row.Body);
        }
    }
}
