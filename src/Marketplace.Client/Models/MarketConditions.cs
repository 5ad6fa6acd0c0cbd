namespace Marketplace.Client.Models;

/// <summary>Whether and at which prices an order book trades.</summary>
/// <param name="ModelId">The GPU class.</param>
/// <param name="HubId">The hub.</param>
/// <param name="Sequence">The number of its last event.</param>
/// <param name="OpenListings">Listings offered.</param>
/// <param name="RestingBids">Bids that wait.</param>
/// <param name="IsHalted">Whether it takes cancellations only.</param>
/// <param name="BandRatio">How far prices may be from the reference price; null for any.</param>
/// <param name="Prices">One for each currency that was traded in.</param>
public sealed record MarketConditionModel(
    string ModelId,
    string HubId,
    long Sequence,
    int OpenListings,
    int RestingBids,
    bool IsHalted,
    decimal? BandRatio,
    IReadOnlyList<MarketPriceModel> Prices);

/// <summary>What was paid lately in a currency, and which prices are taken.</summary>
/// <param name="Reference">The mean of the trades in the 24 hours up to the hour of the last one, weighted by GPU-hours.</param>
/// <param name="Lowest">The lowest price taken; null for any.</param>
/// <param name="Highest">The highest price taken; null for any.</param>
public sealed record MarketPriceModel(UnitPriceModel Reference, UnitPriceModel? Lowest, UnitPriceModel? Highest);

/// <summary>Sets an order book's price band.</summary>
/// <param name="Ratio">Above 1, at most 1,000: prices are taken from reference / ratio to reference * ratio.</param>
public sealed record SetPriceBandRequest(decimal? Ratio);
