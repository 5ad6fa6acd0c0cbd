using NodaTime;

namespace Marketplace.Contracts;

/// <summary>An organisation may trade from now on.</summary>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="Name">Its name.</param>
/// <param name="Email">Where invoices and payout notices go.</param>
/// <param name="Provides">Whether it lists capacity.</param>
/// <param name="Buys">Whether it bids.</param>
/// <param name="CountryCode">ISO 3166-1 alpha-2, capitals; null in messages from before it was told.</param>
public sealed record OrganisationRegistered(
    OrganisationId OrganisationId, string Name, string Email, bool Provides, bool Buys, string? CountryCode = null) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "registry.organisation-registered.v1";
}

/// <summary>A listing's capacity is proven and may be sold.</summary>
/// <param name="ListingId">The listing.</param>
/// <param name="Provider">Who sells.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="ResourceIdentifier">The machine's public identifier.</param>
/// <param name="Book">The order book it is sold in.</param>
/// <param name="GpuCount">GPUs offered in every hour of the window.</param>
/// <param name="Window">The hours offered.</param>
/// <param name="Price">What the provider asks.</param>
/// <param name="MinimumHours">The shortest block that may be bought.</param>
/// <param name="Proven">What was proven, per GPU.</param>
/// <param name="CertificateId">The proof.</param>
/// <param name="Pue">Power usage effectiveness of the site, 1.0 or more; null where unstated.</param>
/// <param name="GridCarbonGramsPerKWh">Carbon of the site's power; null where unstated.</param>
/// <param name="ActivatedAt">When it became active.</param>
/// <param name="Claim">What its provider claims, per GPU; null in messages from before it was told.</param>
/// <param name="ProvenAt">When that was proven; null in messages from before it was told.</param>
public sealed record ListingActivated(
    ListingId ListingId,
    OrganisationId Provider,
    MachineId MachineId,
    string ResourceIdentifier,
    BookKey Book,
    int GpuCount,
    HourWindow Window,
    PriceSchedule Price,
    int MinimumHours,
    Capacity Proven,
    CertificateId CertificateId,
    decimal? Pue,
    int? GridCarbonGramsPerKWh,
    Instant ActivatedAt,
    Capacity? Claim = null,
    Instant? ProvenAt = null) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "registry.listing-activated.v1";
}

/// <summary>A listing is no longer offered: withdrawn, suspended or expired. Trades that were made stand.</summary>
/// <param name="ListingId">The listing.</param>
/// <param name="Book">The order book it was sold in.</param>
/// <param name="ClosedAt">When it ended.</param>
/// <param name="Provider">Who sold; null in messages from before it was told.</param>
public sealed record ListingClosed(ListingId ListingId, BookKey Book, Instant ClosedAt, OrganisationId? Provider = null) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "registry.listing-closed.v1";
}

/// <summary>Command: stop offering a listing because its machine failed a check or a lease.</summary>
/// <param name="Provider">Whose listing.</param>
/// <param name="ListingId">The listing.</param>
/// <param name="Reason">Why, for the provider.</param>
public sealed record SuspendListing(OrganisationId Provider, ListingId ListingId, string Reason) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "registry.suspend-listing.v1";
}
