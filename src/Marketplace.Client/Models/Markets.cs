namespace Marketplace.Client.Models;

/// <summary>An order book in short.</summary>
/// <param name="ModelId">The GPU class.</param>
/// <param name="HubId">The hub.</param>
/// <param name="Sequence">The number of its last event.</param>
/// <param name="OpenListings">Listings offered that have hours to come, sold out or not.</param>
/// <param name="RestingBids">Bids that wait.</param>
/// <param name="IsHalted">Whether it takes cancellations only.</param>
public sealed record MarketModel(string ModelId, string HubId, long Sequence, int OpenListings, int RestingBids, bool IsHalted);

/// <summary>What is offered and wanted, by hour.</summary>
/// <param name="ModelId">The GPU class.</param>
/// <param name="HubId">The hub.</param>
/// <param name="Sequence">The number of the book's last event: what is shown is the state after it.</param>
/// <param name="Hours">The hours asked for, in order.</param>
public sealed record DepthModel(string ModelId, string HubId, long Sequence, IReadOnlyList<HourDepthModel> Hours);

/// <summary>What is offered and wanted in an hour.</summary>
/// <param name="Hour">Its first instant.</param>
/// <param name="Asks">Free GPUs by their listings' price in this hour, the lowest first.</param>
/// <param name="Bids">
/// Wanted GPUs by limit, the highest first. A bid for several hours is in each of them; one whose hours are not settled yet, or with
/// a limit per PFLOP-hour, is in none, and counts as unfilled demand only.
/// </param>
public sealed record HourDepthModel(string Hour, IReadOnlyList<DepthLevelModel> Asks, IReadOnlyList<DepthLevelModel> Bids);

/// <summary>GPUs at a price.</summary>
/// <param name="Price">The price.</param>
/// <param name="GpuCount">How many.</param>
public sealed record DepthLevelModel(UnitPriceModel Price, long GpuCount);

/// <summary>A trade as the public sees it.</summary>
/// <param name="TradeId">The trade; ids of a book rise with time.</param>
/// <param name="Sequence">Its number in the book.</param>
/// <param name="GpuCount">GPUs in every hour of the window.</param>
/// <param name="Window">The hours.</param>
/// <param name="Price">The price.</param>
/// <param name="ExecutedAt">When.</param>
public sealed record MarketTradeModel(string TradeId, long Sequence, int GpuCount, WindowModel Window, UnitPriceModel Price, string ExecutedAt);

/// <summary>How much of what is offered is sold, and what waiting bids want.</summary>
/// <param name="ModelId">The GPU class.</param>
/// <param name="HubId">The hub.</param>
/// <param name="Sequence">The number of the book's last event: what is shown is the state after it.</param>
/// <param name="Hours">The hours asked for, in order.</param>
/// <param name="OfferedGpuHours">GPU-hours offered in all of them.</param>
/// <param name="SoldGpuHours">GPU-hours sold in all of them.</param>
/// <param name="Utilisation">Sold by offered, 0 to 1, with four decimals; null where nothing is offered.</param>
/// <param name="UnfilledDemand">What waiting bids want, whatever their hours.</param>
public sealed record UtilisationModel(
    string ModelId,
    string HubId,
    long Sequence,
    IReadOnlyList<HourUtilisationModel> Hours,
    long OfferedGpuHours,
    long SoldGpuHours,
    decimal? Utilisation,
    UnfilledDemandModel UnfilledDemand);

/// <summary>How much of what is offered in an hour is sold. Hours of a lease that its buyer sells on are sold once.</summary>
/// <param name="Hour">Its first instant.</param>
/// <param name="OfferedGpuCount">GPUs that are free or sold.</param>
/// <param name="SoldGpuCount">GPUs that are sold.</param>
/// <param name="Utilisation">Sold by offered, 0 to 1, with four decimals; null where nothing is offered.</param>
public sealed record HourUtilisationModel(string Hour, long OfferedGpuCount, long SoldGpuCount, decimal? Utilisation);

/// <summary>GPU-hours that waiting bids want.</summary>
/// <param name="RestingBids">Bids that wait.</param>
/// <param name="GpuHours">GPU-hours in all.</param>
/// <param name="AtHoursGpuHours">Of them at known hours with a limit per GPU-hour: what the depth shows.</param>
/// <param name="FlexibleGpuHours">Of them with a limit per GPU-hour, in hours that are not settled yet.</param>
/// <param name="PerPflopHourGpuHours">Of them with a limit per proven PFLOP-hour.</param>
public sealed record UnfilledDemandModel(int RestingBids, long GpuHours, long AtHoursGpuHours, long FlexibleGpuHours, long PerPflopHourGpuHours);

/// <summary>Prices of a book in a currency, by hour.</summary>
/// <param name="ModelId">The GPU class.</param>
/// <param name="HubId">The hub.</param>
/// <param name="Currency">The currency.</param>
/// <param name="Candles">Up to the running hour, in order; none before the first trade.</param>
public sealed record CandlesModel(string ModelId, string HubId, string Currency, IReadOnlyList<CandleModel> Candles);

/// <summary>The trades that were made in an hour. One without trades repeats the last price, with nothing traded.</summary>
/// <param name="Hour">Its first instant.</param>
/// <param name="Open">The price of the first trade.</param>
/// <param name="High">The highest price.</param>
/// <param name="Low">The lowest price.</param>
/// <param name="Close">The price of the last trade.</param>
/// <param name="GpuHours">GPU-hours traded.</param>
/// <param name="Turnover">What they cost, exactly: up to six decimals.</param>
/// <param name="Trades">How many trades.</param>
public sealed record CandleModel(
    string Hour, UnitPriceModel Open, UnitPriceModel High, UnitPriceModel Low, UnitPriceModel Close, long GpuHours, MoneyModel Turnover, int Trades);

/// <summary>What a GPU-hour of a class costs.</summary>
/// <param name="ModelId">The GPU class.</param>
/// <param name="Indices">One for each currency that it was ever traded in.</param>
public sealed record PriceIndicesModel(string ModelId, IReadOnlyList<PriceIndexModel> Indices);

/// <summary>A price index in one currency.</summary>
/// <param name="Price">The mean price of the trades, weighted by GPU-hours.</param>
/// <param name="GpuHours">GPU-hours that it is made of.</param>
/// <param name="TradedIn">When its trades were made.</param>
/// <param name="IsLastKnown">Whether nothing was traded in the last 24 hours, so that it is the index of an earlier time.</param>
public sealed record PriceIndexModel(UnitPriceModel Price, long GpuHours, WindowModel TradedIn, bool IsLastKnown);
