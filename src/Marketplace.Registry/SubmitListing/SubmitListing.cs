namespace Marketplace.Registry.SubmitListing;

/// <summary>Command: have the claim of a listing proven, so that it can be offered.</summary>
/// <param name="Provider">Whose listing.</param>
/// <param name="ListingId">The listing.</param>
public sealed record SubmitListing(OrganisationId Provider, ListingId ListingId);

/// <summary>Why a listing is not submitted; the first that applies.</summary>
public enum SubmitListingRefusal
{
    /// <summary>The provider has no such listing.</summary>
    ListingUnknown,

    /// <summary>It is neither a draft nor rejected nor suspended.</summary>
    WrongState,

    /// <summary>Its window is over.</summary>
    WindowOver,

    /// <summary>No key is enrolled for the machine, or all are revoked: nothing could prove the claim.</summary>
    NoEnrolledKey,
}
