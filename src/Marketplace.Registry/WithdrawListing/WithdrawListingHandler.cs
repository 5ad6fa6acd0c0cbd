using Marketplace.Registry.Listings;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.WithdrawListing;

/// <summary>Withdraws listings. One that was never offered gives its hours back.</summary>
public sealed class WithdrawListingHandler(Workspace workspace, TimeProvider time)
{
    /// <summary>Withdraws a listing.</summary>
    public Task<Attempt<Listing, WithdrawListingRefusal>> ExecuteAsync(WithdrawListing command, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<WithdrawListing, Listing, WithdrawListingRefusal>(
            RegistryRows.Of(command.Provider), key, command, work => WithdrawAsync(command, work, cancellationToken), cancellationToken);

    private async Task<Result<Listing, WithdrawListingRefusal>> WithdrawAsync(WithdrawListing command, PartitionWork work, CancellationToken cancellationToken)
    {
        var listing = await work.ReadAsync<Listing>(RegistryRows.Listing(command.ListingId), cancellationToken);
        if (!WithdrawalRules.Withdraw(listing, time.Now()).TryGet(out var change, out var refusal)) return refusal;
        change.Put(work);
        if (!change.Listing.WasActive) await ReleaseAsync(change.Listing, work, cancellationToken);
        return change.Listing;
    }

    private static async Task ReleaseAsync(Listing listing, PartitionWork work, CancellationToken cancellationToken)
    {
        var row = RegistryRows.Schedule(listing.MachineId);
        var schedule = await work.ReadAsync<MachineSchedule>(row, cancellationToken);
        if (schedule is not null) work.Put(row, schedule.Release(listing.Id));
    }
}
