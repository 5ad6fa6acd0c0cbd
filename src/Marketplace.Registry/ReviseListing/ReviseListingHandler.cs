using Marketplace.Contracts;
using Marketplace.Registry.Listings;
using Marketplace.Runtime.Work;

namespace Marketplace.Registry.ReviseListing;

/// <summary>Corrects listings. The version makes a repetition harmless: the same correction of the same version is answered again.</summary>
public sealed class ReviseListingHandler(Workspace workspace, ICatalogue catalogue, IPriceBands bands)
{
    /// <summary>Corrects a listing.</summary>
    public async Task<Result<Listing, ReviseListingRefusal>> ExecuteAsync(ReviseListing command, CancellationToken cancellationToken)
    {
        var attempt = await workspace.AttemptAsync<ReviseListing, Listing, ReviseListingRefusal>(
            RegistryRows.Of(command.Provider),
            IdempotencyKey.Of($"revise:{command.ListingId}:{command.Version}"),
            command,
            work => ReviseAsync(command, work, cancellationToken),
            cancellationToken);
        return attempt.KeyReused ? ReviseListingRefusal.VersionStale : attempt.Result;
    }

    private async Task<Result<Listing, ReviseListingRefusal>> ReviseAsync(ReviseListing command, PartitionWork work, CancellationToken cancellationToken)
    {
        var row = RegistryRows.Listing(command.ListingId);
        var listing = await work.ReadAsync<Listing>(row, cancellationToken);
        var band = listing is null || command.Price is null ? null : await bands.FindAsync(listing.Book, command.Price.Currency, cancellationToken);
        var decision = RevisionRules.Revise(listing, command, catalogue, band);
        if (decision.IsAccepted) work.Put(row, decision.Value);
        return decision;
    }
}
