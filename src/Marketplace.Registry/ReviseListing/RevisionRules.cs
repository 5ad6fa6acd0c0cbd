using Marketplace.Contracts;
using Marketplace.Registry.CreateListing;
using Marketplace.Registry.Listings;

namespace Marketplace.Registry.ReviseListing;

/// <summary>Decides on corrections.</summary>
public static class RevisionRules
{
    /// <summary>The corrected listing, in the status it had.</summary>
    /// <param name="listing">The listing; null if the provider has no such.</param>
    /// <param name="command">The correction.</param>
    /// <param name="catalogue">The classes.</param>
    /// <param name="band">Which new prices its book takes; null for any. A price that stays is not looked at.</param>
    public static Result<Listing, ReviseListingRefusal> Revise(Listing? listing, ReviseListing command, ICatalogue catalogue, PriceRange? band)
    {
        if (listing is null) return ReviseListingRefusal.ListingUnknown;
        if (listing.Version != command.Version) return ReviseListingRefusal.VersionStale;
        if (!listing.MayBeSubmitted) return ReviseListingRefusal.WrongState;

        var revised = listing with
        {
            Price = command.Price ?? listing.Price,
            MinimumHours = command.MinimumHours ?? listing.MinimumHours,
            Claim = command.Claim ?? listing.Claim,
            Version = listing.Version + 1,
        };
        if (revised.Price.Lowest.MicrosPerGpuHour == 0) return ReviseListingRefusal.PriceZero;
        if (revised.Price.Currency != listing.Price.Currency) return ReviseListingRefusal.CurrencyChanged;
        if (command.Price is not null && band?.Contains(command.Price) == false) return ReviseListingRefusal.PriceOutsideBand;
        if (revised.MinimumHours < 1 || revised.MinimumHours > revised.Window.Hours) return ReviseListingRefusal.MinimumHoursOverWindow;
        var model = catalogue.FindModel(listing.Book.Model) ?? throw new InvariantException($"{listing.Id} is of no class.");
        return ClaimRules.Check(revised.Claim, model) is { } refusal ? Of(refusal) : revised;
    }

    private static ReviseListingRefusal Of(ClaimRefusal refusal) => refusal switch
    {
        ClaimRefusal.Empty => ReviseListingRefusal.ClaimEmpty,
        ClaimRefusal.NotProvable => ReviseListingRefusal.ClaimNotProvable,
        ClaimRefusal.LooksSparse => ReviseListingRefusal.ClaimLooksSparse,
        ClaimRefusal.AboveDatasheet => ReviseListingRefusal.ClaimAboveDatasheet,
        _ => throw new InvariantException($"A claim was refused as {refusal}."),
    };
}
