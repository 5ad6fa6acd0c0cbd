using Marketplace.Contracts;
using Marketplace.Registry.Listings;

namespace Marketplace.Registry.Directory;

/// <summary>An active listing as everybody may see it.</summary>
/// <param name="Id">The listing.</param>
/// <param name="Provider">Who sells.</param>
/// <param name="Identifier">The machine's public identifier.</param>
/// <param name="Book">The order book.</param>
/// <param name="GpuCount">GPUs offered in every hour of the window, sold ones included.</param>
/// <param name="Window">The hours offered.</param>
/// <param name="Price">What the provider asks.</param>
/// <param name="MinimumHours">The shortest block that may be bought.</param>
/// <param name="Proven">What was proven, per GPU.</param>
/// <param name="CertificateId">The proof.</param>
/// <param name="Pue">Power usage effectiveness of the site; null where unstated.</param>
/// <param name="GridCarbonGramsPerKWh">Carbon of the site's power; null where unstated.</param>
public sealed record DirectoryEntry(
    ListingId Id,
    OrganisationId Provider,
    string Identifier,
    BookKey Book,
    int GpuCount,
    HourWindow Window,
    PriceSchedule Price,
    int MinimumHours,
    Capacity Proven,
    CertificateId CertificateId,
    decimal? Pue,
    int? GridCarbonGramsPerKWh)
{
    internal static DirectoryEntry Of(Listing listing) => new(
        listing.Id,
        listing.Provider,
        listing.Identifier.ToString(),
        listing.Book,
        listing.GpuCount,
        listing.Window,
        listing.Price,
        listing.MinimumHours,
        listing.Proven ?? throw new InvariantException($"{listing.Id} is active and nothing is proven."),
        listing.CertificateId ?? throw new InvariantException($"{listing.Id} is active without a certificate."),
        listing.Pue,
        listing.GridCarbonGramsPerKWh);
}

/// <summary>What a search of the directory asks for; what is null or empty is not asked for.</summary>
/// <param name="Hubs">Any of these hubs.</param>
/// <param name="Models">Any of these classes.</param>
/// <param name="MinInt8Gops">Proven int8 rate per GPU, 10^9 operations per second.</param>
/// <param name="MinBf16Gflops">Proven bf16 rate per GPU, 10^9 operations per second.</param>
/// <param name="MinGpuCount">GPUs offered.</param>
/// <param name="MaxPrice">The highest price, in its currency only; where prices are by the hour, the lowest of them counts.</param>
public sealed record DirectoryFilter(
    IReadOnlyList<HubId> Hubs, IReadOnlyList<GpuModelId> Models, long? MinInt8Gops, long? MinBf16Gflops, int? MinGpuCount, UnitPrice? MaxPrice)
{
    internal bool Matches(DirectoryEntry entry) =>
        (MinInt8Gops is not { } int8 || entry.Proven.Int8Gops >= int8)
        && (MinBf16Gflops is not { } bf16 || entry.Proven.Bf16Gflops >= bf16)
        && (MinGpuCount is not { } gpus || entry.GpuCount >= gpus)
        && (MaxPrice is not { } price || (entry.Price.Currency == price.Currency && entry.Price.Lowest <= price));
}
