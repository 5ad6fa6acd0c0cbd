using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Registry.Listings;

/// <summary>Where a listing is in its life.</summary>
public enum ListingStatus
{
    /// <summary>Made, not submitted.</summary>
    Draft,

    /// <summary>Submitted: the machine must prove the claim.</summary>
    PendingVerification,

    /// <summary>Proven and offered.</summary>
    Active,

    /// <summary>Not offered since its machine failed; may be submitted again.</summary>
    Suspended,

    /// <summary>The proof failed or did not show the claim; may be corrected and submitted again.</summary>
    Rejected,

    /// <summary>Taken back by its provider. The end.</summary>
    Withdrawn,

    /// <summary>Its window is over. The end.</summary>
    Expired,
}

/// <summary>GPU-hours of a machine that a provider offers.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Provider">Who sells.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Identifier">The machine's public identifier.</param>
/// <param name="Book">The order book it is sold in.</param>
/// <param name="GpuCount">GPUs offered in every hour of the window.</param>
/// <param name="Window">The hours offered.</param>
/// <param name="Price">What the provider asks.</param>
/// <param name="MinimumHours">The shortest block that may be bought, at most the window.</param>
/// <param name="Claim">What each GPU is claimed to do.</param>
/// <param name="Pue">The site's, as registered with the machine.</param>
/// <param name="GridCarbonGramsPerKWh">The site's, as registered with the machine.</param>
/// <param name="Status">Where it is in its life.</param>
/// <param name="Failure">Why the last proof failed; null where it passed or is open.</param>
/// <param name="SuspensionReason">Why it was suspended; null unless it is.</param>
/// <param name="Proven">What the last proof showed, per GPU; null where it showed nothing.</param>
/// <param name="VerificationId">The last verification; null before the first.</param>
/// <param name="CertificateId">The last certificate; null before the first.</param>
/// <param name="WasActive">Whether it was ever offered: then trades may stand whatever became of it.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Version">Counts changes from 1.</param>
public sealed record Listing(
    ListingId Id,
    OrganisationId Provider,
    MachineId MachineId,
    ResourceIdentifier Identifier,
    BookKey Book,
    int GpuCount,
    HourWindow Window,
    PriceSchedule Price,
    int MinimumHours,
    Capacity Claim,
    decimal? Pue,
    int? GridCarbonGramsPerKWh,
    ListingStatus Status,
    VerificationFailure? Failure,
    string? SuspensionReason,
    Capacity? Proven,
    VerificationId? VerificationId,
    CertificateId? CertificateId,
    bool WasActive,
    Instant CreatedAt,
    int Version)
{
    /// <summary>Whether nothing can happen to it any more.</summary>
    public bool HasEnded => Status is ListingStatus.Withdrawn or ListingStatus.Expired;

    /// <summary>Whether it may be corrected and submitted.</summary>
    public bool MayBeSubmitted => Status is ListingStatus.Draft or ListingStatus.Rejected or ListingStatus.Suspended;

    /// <summary>The listing with the status, one version on.</summary>
    public Listing Become(ListingStatus status) => this with { Status = status, Version = Version + 1 };
}
