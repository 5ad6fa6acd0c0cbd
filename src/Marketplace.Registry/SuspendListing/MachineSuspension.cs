using Marketplace.Registry.Listings;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Registry.SuspendListing;

/// <summary>Suspends all that is offered of a machine.</summary>
internal static class MachineSuspension
{
    /// <summary>Each listing has up to three messages, and a commit has room for a hundred operations.</summary>
    private const int ListingsAtOnce = 20;

    /// <summary>Suspends active listings of a machine in its provider's partition. True if there are more, for another commit.</summary>
    public static async Task<bool> SuspendMachineAsync(
        this PartitionWork work, MachineId machine, string reason, Instant now, CancellationToken cancellationToken)
    {
        var changes = new List<ListingChange>();
        await foreach (var listing in work.ActiveListingsAsync(machine, cancellationToken))
        {
            if (SuspensionRules.Suspend(listing, reason, now) is { } change) changes.Add(change);
        }

        foreach (var change in changes.Take(ListingsAtOnce)) change.Put(work);
        return changes.Count > ListingsAtOnce;
    }

    /// <summary>What is offered of a machine now.</summary>
    public static async IAsyncEnumerable<Listing> ActiveListingsAsync(
        this PartitionWork work, MachineId machine, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var schedule = await work.ReadAsync<MachineSchedule>(RegistryRows.Schedule(machine), cancellationToken) ?? MachineSchedule.Empty;
        foreach (var hold in schedule.Holds)
        {
            if (await work.ReadAsync<Listing>(RegistryRows.Listing(hold.ListingId), cancellationToken) is { Status: ListingStatus.Active } listing) yield return listing;
        }
    }
}
