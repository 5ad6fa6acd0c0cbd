using System.Runtime.CompilerServices;
using Marketplace.Registry.Listings;
using Marketplace.Registry.Machines;
using Marketplace.Registry.RegisterMachine;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;

namespace Marketplace.Registry.ResolveResource;

/// <summary>What everybody may see of a registered machine.</summary>
/// <param name="Machine">The machine.</param>
/// <param name="ActiveListings">What is offered of it now.</param>
/// <param name="Tests">Its newest tests first, at most <see cref="ResourceReader.MaxTests"/>.</param>
public sealed record Resource(Machine Machine, IReadOnlyList<Listing> ActiveListings, IReadOnlyList<MachineTest> Tests);

/// <summary>
/// Resolves public identifiers. Everything is read where it is written: the hub's partition names the holder of the serial number, the
/// provider's partition has machine, listings and tests, so that a machine resolves from the moment it is registered.
/// </summary>
public sealed class ResourceReader(IPartitionStore store)
{
    /// <summary>The most tests of a resource.</summary>
    public const int MaxTests = 50;

    /// <summary>The machine of an identifier, or null if none is registered under it.</summary>
    public async Task<Resource?> FindAsync(ResourceIdentifier identifier, CancellationToken cancellationToken)
    {
        var holder = await store.ReadRowAsync<SerialHolder>(
            RegistryRows.Hub(identifier.HubCode), RegistryRows.Serial(identifier.Serial), cancellationToken);
        if (holder is null) return null;
        var partition = RegistryRows.Of(holder.Provider);
        var machine = await store.ReadRowAsync<Machine>(partition, RegistryRows.Machine(holder.MachineId), cancellationToken);
        if (machine is null) return null;

        var tests = new List<MachineTest>();
        await foreach (var test in TestsAsync(partition, machine.Id, cancellationToken))
        {
            tests.Add(test);
            if (tests.Count == MaxTests) break;
        }

        return new Resource(machine, await ActiveListingsAsync(partition, machine.Id, cancellationToken), tests);
    }

    private async Task<IReadOnlyList<Listing>> ActiveListingsAsync(PartitionId partition, MachineId machine, CancellationToken cancellationToken)
    {
        var schedule = await store.ReadRowAsync<MachineSchedule>(partition, RegistryRows.Schedule(machine), cancellationToken) ?? MachineSchedule.Empty;
        var listings = new List<Listing>();
        foreach (var hold in schedule.Holds)
        {
            var listing = await store.ReadRowAsync<Listing>(partition, RegistryRows.Listing(hold.ListingId), cancellationToken);
            if (listing is { Status: ListingStatus.Active }) listings.Add(listing);
        }

        return listings;
    }

    private async IAsyncEnumerable<MachineTest> TestsAsync(
        PartitionId partition, MachineId machine, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in store.ReadRangeAsync(partition, RegistryRows.Tests(machine), cancellationToken))
        {
            yield return MarketplaceJson.Deserialize<MachineTest>(row.Body);
        }
    }
}
