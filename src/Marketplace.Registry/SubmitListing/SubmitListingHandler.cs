using Marketplace.Registry.Enrolments;
using Marketplace.Registry.Listings;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.SubmitListing;

/// <summary>Submits listings.</summary>
public sealed class SubmitListingHandler(Workspace workspace, EnrolmentReader enrolments, IIdSource ids, TimeProvider time)
{
    /// <summary>Submits a listing.</summary>
    public Task<Attempt<Listing, SubmitListingRefusal>> ExecuteAsync(SubmitListing command, IdempotencyKey key, CancellationToken cancellationToken) =>
        workspace.AttemptAsync<SubmitListing, Listing, SubmitListingRefusal>(
            RegistryRows.Of(command.Provider), key, command, work => SubmitAsync(command, work, cancellationToken), cancellationToken);

    private async Task<Result<Listing, SubmitListingRefusal>> SubmitAsync(SubmitListing command, PartitionWork work, CancellationToken cancellationToken)
    {
        var listing = await work.ReadAsync<Listing>(RegistryRows.Listing(command.ListingId), cancellationToken);

        // A key may be revoked a moment later; then the proof fails, since revoked keys sign nothing.
        var hasKey = listing is not null && await enrolments.HasKeyAsync(command.Provider, listing.MachineId, cancellationToken);
        if (!SubmissionRules.Submit(listing, hasKey, ids.Next<Kernel.VerificationKind>(), time.Now()).TryGet(out var change, out var refusal)) return refusal;
        change.Put(work);
        return change.Listing;
    }
}
