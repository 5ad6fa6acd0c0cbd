namespace Marketplace.Client.Models;

/// <summary>Asks where a job could run.</summary>
/// <param name="GpuCount">GPUs in every hour.</param>
/// <param name="Hours">Consecutive hours.</param>
/// <param name="Window">From the earliest start to the latest end, at most 744 hours.</param>
/// <param name="Currency">ISO 4217 code of the prices that are looked at; may be left out with a budget.</param>
/// <param name="ModelIds">Any of these GPU classes; absent for every class.</param>
/// <param name="HubIds">Any of these hubs; absent for every hub.</param>
/// <param name="Requirements">What listings must have, proven; absent for nothing.</param>
/// <param name="Placement"><c>any</c> unless said, <c>sameMachine</c> or <c>sameProvider</c>.</param>
/// <param name="Budget">The most to pay in all; absent for any.</param>
/// <param name="RankBy"><c>cost</c> unless said, <c>start</c> or <c>carbon</c>.</param>
/// <param name="MaxPlacements">1 to 100, 10 unless said.</param>
public sealed record QuoteJobRequest(
    int? GpuCount,
    int? Hours,
    WindowModel? Window,
    string? Currency,
    IReadOnlyList<string?>? ModelIds = null,
    IReadOnlyList<string?>? HubIds = null,
    BidRequirementsModel? Requirements = null,
    string? Placement = null,
    MoneyModel? Budget = null,
    string? RankBy = null,
    int? MaxPlacements = null);

/// <summary>Where a job could run now. Nothing is reserved: place a bid to get it.</summary>
/// <param name="Placements">The best of each order book, ranked.</param>
/// <param name="SearchedBooks">Order books that were looked at.</param>
public sealed record JobQuoteModel(IReadOnlyList<JobPlacementModel> Placements, int SearchedBooks);

/// <summary>A place and a time for a job.</summary>
/// <param name="ModelId">The GPU class.</param>
/// <param name="HubId">The hub.</param>
/// <param name="Sequence">The number of the order book's last event: this is so after it.</param>
/// <param name="Window">The hours.</param>
/// <param name="TotalCost">What it costs.</param>
/// <param name="AveragePrice">What it costs on average: a bid for these hours with this limit would get it.</param>
/// <param name="GridCarbonGramsPerKWh">Carbon of the sites' power, the mean over the GPUs; null where one does not state it.</param>
/// <param name="CarbonGrams">An estimate: boards at full power times PUE times carbon; null where one of them is not stated.</param>
/// <param name="Listings">From which listings, the best first.</param>
public sealed record JobPlacementModel(
    string ModelId,
    string HubId,
    long Sequence,
    WindowModel Window,
    MoneyModel TotalCost,
    UnitPriceModel AveragePrice,
    decimal? GridCarbonGramsPerKWh,
    long? CarbonGrams,
    IReadOnlyList<QuotedListingModel> Listings);

/// <summary>GPUs of a listing.</summary>
/// <param name="ListingId">The listing, as in listOffers.</param>
/// <param name="GpuCount">How many GPUs, in every hour.</param>
/// <param name="Price">What they cost.</param>
/// <param name="Proven">What was proven, per GPU.</param>
/// <param name="Pue">Power usage effectiveness of the site, as stated by the provider.</param>
/// <param name="GridCarbonGramsPerKWh">Carbon of the site's power, as stated by the provider.</param>
public sealed record QuotedListingModel(
    string ListingId, int GpuCount, UnitPriceModel Price, CapacityModel Proven, decimal? Pue, int? GridCarbonGramsPerKWh);
