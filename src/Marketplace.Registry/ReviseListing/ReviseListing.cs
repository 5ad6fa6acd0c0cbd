using Marketplace.Contracts;

namespace Marketplace.Registry.ReviseListing;

/// <summary>Command: correct a listing that is not offered. Its hours and GPUs stay; for others, make another listing.</summary>
/// <param name="Provider">Whose listing.</param>
/// <param name="ListingId">The listing.</param>
/// <param name="Version">The version that is corrected.</param>
/// <param name="Price">The new price; null to keep the old.</param>
/// <param name="MinimumHours">The new shortest block; null to keep the old.</param>
/// <param name="Claim">The new claim; null to keep the old.</param>
public sealed record ReviseListing(
    OrganisationId Provider, ListingId ListingId, int Version, PriceSchedule? Price, int? MinimumHours, Capacity? Claim);

/// <summary>Why a listing is not corrected; the first that applies.</summary>
public enum ReviseListingRefusal
{
    /// <summary>The provider has no such listing.</summary>
    ListingUnknown,

    /// <summary>It was changed since the version that is corrected.</summary>
    VersionStale,

    /// <summary>It is neither a draft nor rejected nor suspended.</summary>
    WrongState,

    /// <summary>A price is zero.</summary>
    PriceZero,

    /// <summary>The price is in another currency than the listing's.</summary>
    CurrencyChanged,

    /// <summary>A new price is too far from what was paid in the book lately.</summary>
    PriceOutsideBand,

    /// <summary>The shortest block is less than an hour or longer than the window.</summary>
    MinimumHoursOverWindow,

    /// <summary>The claim states no rate, or something below zero.</summary>
    ClaimEmpty,

    /// <summary>A machine of a CPU class is proven by its int8 rate: nothing else can be claimed for it.</summary>
    ClaimNotProvable,

    /// <summary>A rate is claimed that is about twice the dense one of the datasheet: probably the figure with sparsity.</summary>
    ClaimLooksSparse,

    /// <summary>More is claimed than the datasheet states.</summary>
    ClaimAboveDatasheet,
}
