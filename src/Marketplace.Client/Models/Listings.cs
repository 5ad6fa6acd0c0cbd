using System.Text.Json.Serialization;

namespace Marketplace.Client.Models;

/// <summary>What a listing asks: one price per GPU-hour or one for every hour of the week, never both.</summary>
/// <param name="PerGpuHour">Decimal text, at most six decimals, such as <c>2.10</c>; absent where prices are by the hour of the week.</param>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="PerGpuHourOfWeek">
/// 168 such texts: the price of every hour of the week in UTC, Monday 00:00 first. A block costs the mean of its hours, rounded up to
/// the sixth decimal. Absent otherwise.
/// </param>
public sealed record PriceScheduleModel(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PerGpuHour,
    string? Currency,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string?>? PerGpuHourOfWeek = null);

/// <summary>Drafts a listing.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="GpuCount">GPUs offered in every hour of the window.</param>
/// <param name="Window">The hours offered.</param>
/// <param name="Price">What is asked.</param>
/// <param name="MinimumHours">The shortest block that may be bought.</param>
/// <param name="Claim">What each GPU is claimed to do.</param>
public sealed record CreateListingRequest(
    string? MachineId, int? GpuCount, WindowModel? Window, PriceScheduleModel? Price, int? MinimumHours, CapacityModel? Claim);

/// <summary>Corrects a listing that is not offered; what is absent stays.</summary>
/// <param name="Price">What is asked.</param>
/// <param name="MinimumHours">The shortest block that may be bought.</param>
/// <param name="Claim">What each GPU is claimed to do; replaces the whole claim.</param>
public sealed record ReviseListingRequest(PriceScheduleModel? Price = null, int? MinimumHours = null, CapacityModel? Claim = null);

/// <summary>A listing, for its provider.</summary>
/// <param name="ListingId">Its id.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="ResourceIdentifier">The machine's public identifier.</param>
/// <param name="HubId">The hub it is sold in.</param>
/// <param name="ModelId">The class it is sold as.</param>
/// <param name="GpuCount">GPUs offered in every hour of the window.</param>
/// <param name="Window">The hours offered.</param>
/// <param name="Price">What is asked.</param>
/// <param name="MinimumHours">The shortest block that may be bought.</param>
/// <param name="Claim">What each GPU is claimed to do.</param>
/// <param name="Status"><c>draft</c>, <c>pendingVerification</c>, <c>active</c>, <c>suspended</c>, <c>rejected</c>, <c>withdrawn</c> or <c>expired</c>.</param>
/// <param name="Failure">Why the last proof failed: <c>notCompleted</c>, <c>proofInvalid</c> or <c>belowClaim</c>; null otherwise.</param>
/// <param name="Reason">Why it is rejected or suspended, for people; null otherwise.</param>
/// <param name="Proven">What the last proof showed, per GPU; null where it showed nothing.</param>
/// <param name="VerificationId">The last verification; null before the first.</param>
/// <param name="CertificateId">The last certificate; null before the first.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Version">Counts changes; the ETag.</param>
public sealed record ListingModel(
    string ListingId,
    string MachineId,
    string ResourceIdentifier,
    string HubId,
    string ModelId,
    int GpuCount,
    WindowModel Window,
    PriceScheduleModel Price,
    int MinimumHours,
    CapacityModel Claim,
    string Status,
    string? Failure,
    string? Reason,
    CapacityModel? Proven,
    string? VerificationId,
    string? CertificateId,
    string CreatedAt,
    int Version);

/// <summary>An active listing, as everybody may see it.</summary>
/// <param name="ListingId">The listing.</param>
/// <param name="ResourceIdentifier">The machine's public identifier.</param>
/// <param name="HubId">The hub it is sold in.</param>
/// <param name="ModelId">The class it is sold as.</param>
/// <param name="GpuCount">GPUs offered in every hour of the window, sold ones included.</param>
/// <param name="Window">The hours offered.</param>
/// <param name="Price">What is asked.</param>
/// <param name="MinimumHours">The shortest block that may be bought.</param>
/// <param name="Proven">What was proven, per GPU.</param>
/// <param name="CertificateId">The proof.</param>
/// <param name="Pue">Power usage effectiveness of the site, as stated by the provider.</param>
/// <param name="GridCarbonGramsPerKWh">Carbon of the site's power, as stated by the provider.</param>
public sealed record OfferModel(
    string ListingId,
    string ResourceIdentifier,
    string HubId,
    string ModelId,
    int GpuCount,
    WindowModel Window,
    PriceScheduleModel Price,
    int MinimumHours,
    CapacityModel Proven,
    string CertificateId,
    decimal? Pue,
    int? GridCarbonGramsPerKWh);
