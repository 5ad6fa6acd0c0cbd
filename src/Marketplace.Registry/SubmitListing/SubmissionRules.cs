using Marketplace.Contracts;
using Marketplace.Registry.Listings;
using NodaTime;

namespace Marketplace.Registry.SubmitListing;

/// <summary>Decides on submissions.</summary>
public static class SubmissionRules
{
    /// <summary>How long a machine has to prove a claim, from its submission.</summary>
    public static readonly Duration ProofTime = Duration.FromHours(1);

    /// <summary>The listing while its proof is awaited, and the request for the proof.</summary>
    public static Result<ListingChange, SubmitListingRefusal> Submit(Listing? listing, bool hasKey, VerificationId verification, Instant now)
    {
        if (listing is null) return SubmitListingRefusal.ListingUnknown;
        if (!listing.MayBeSubmitted) return SubmitListingRefusal.WrongState;
        if (now >= listing.Window.End) return SubmitListingRefusal.WindowOver;
        if (!hasKey) return SubmitListingRefusal.NoEnrolledKey;

        var pending = listing.Become(ListingStatus.PendingVerification) with
        {
            VerificationId = verification,
            Failure = null,
            SuspensionReason = null,
            Proven = null,
            CertificateId = null,
        };
        return new ListingChange(pending, new RequestVerification(
            verification,
            VerificationPurpose.Listing,
            listing.Id.ToString(),
            listing.Provider,
            listing.MachineId,
            listing.Book.Model,
            listing.GpuCount,
            listing.Claim,
            now + ProofTime));
    }
}
