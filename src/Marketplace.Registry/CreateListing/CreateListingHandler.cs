using Marketplace.Contracts;
using Marketplace.Registry.Listings;
using Marketplace.Registry.Machines;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.CreateListing;

/// <summary>Drafts listings. The machine's schedule is one row, so that two listings made at once cannot both take the same hours.</summary>
public sealed class CreateListingHandler(Workspace workspace, ICatalogue catalogue, IPriceBands bands, IIdSource ids, TimeProvider time)
{
    /// <summary>Drafts a listing.</summary>
    public Task<Attempt<Listing, CreateListingRefusal>> ExecuteAsync(CreateListing command, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<CreateListing, Listing, CreateListingRefusal>(
            RegistryRows.Of(command.Provider), key, command, work => CreateAsync(command, work, cancellationToken), cancellationToken);

    private async Task<Result<Listing, CreateListingRefusal>> CreateAsync(CreateListing command, PartitionWork work, CancellationToken cancellationToken)
    {
        var now = time.Now();
        var machine = await work.ReadAsync<Machine>(RegistryRows.Machine(command.MachineId), cancellationToken);
        var model = machine is null ? null : catalogue.FindModel(machine.Model);
        var band = machine is null ? null : await bands.FindAsync(machine.Book, command.Price.Currency, cancellationToken);
        var scheduleRow = RegistryRows.Schedule(command.MachineId);
        var held = await work.ReadAsync<MachineSchedule>(scheduleRow, cancellationToken) ?? MachineSchedule.Empty;
        var schedule = held.From(HourSlot.Containing(now));

        var decision = ListingRules.Create(command, ids.Next<ListingKind>(), machine, model, schedule, band, now);
        if (!decision.IsAccepted) return decision;
        var listing = decision.Value;
        work.Put(scheduleRow, schedule.Hold(new HeldHours(listing.Id, listing.GpuCount, listing.Window)));
        work.Put(RegistryRows.Listing(listing.Id), listing);
        work.Send(new ExpireListing.ExpireListing(listing.Provider, listing.Id), listing.Window.End);
        return listing;
    }
}
