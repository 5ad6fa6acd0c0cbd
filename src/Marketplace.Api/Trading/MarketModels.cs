using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Trading.ReadMarket;
using Marketplace.Trading.ReadMarket.Depth;
using Marketplace.Trading.ReadMarket.Prices;

namespace Marketplace.Api.Trading;

/// <summary>Market data on the wire.</summary>
internal static class MarketModels
{
    public static MarketModel ToModel(MarketSummary market) => new(
        market.Book.Model.ToString(), market.Book.Hub.ToString(), market.Sequence, market.OpenListings, market.RestingBids, market.IsHalted);

    public static DepthModel ToModel(MarketDepth depth) => new(
        depth.Book.Model.ToString(),
        depth.Book.Hub.ToString(),
        depth.Sequence,
        [.. depth.Hours.Select(hour => new HourDepthModel(hour.Hour.ToString(), ToModels(hour.Asks), ToModels(hour.Bids)))]);

    public static MarketTradeModel ToModel(TapeTrade trade) => new(
        trade.TradeId.ToString(), trade.Sequence, trade.GpuCount, trade.Window.ToModel(), trade.Price.ToModel(), trade.ExecutedAt.ToWire());

    public static UtilisationModel ToModel(MarketUse use)
    {
        var (offered, sold) = (use.Hours.Sum(hour => hour.OfferedGpuCount), use.Hours.Sum(hour => hour.SoldGpuCount));
        var demand = use.Demand;
        return new UtilisationModel(
            use.Book.Model.ToString(),
            use.Book.Hub.ToString(),
            use.Sequence,
            [.. use.Hours.Select(ToModel)],
            offered,
            sold,
            Ratio(sold, offered),
            new UnfilledDemandModel(demand.Bids, demand.GpuHours, demand.AtHoursGpuHours, demand.FlexibleGpuHours, demand.PerPflopHourGpuHours));
    }

    public static CandlesModel ToModel(BookKey book, Currency currency, IReadOnlyList<Candle> candles) =>
        new(book.Model.ToString(), book.Hub.ToString(), currency.Code, [.. candles.Select(ToModel)]);

    public static PriceIndicesModel ToModel(GpuModelId model, IReadOnlyList<PriceIndex> indices) => new(
        model.ToString(),
        [.. indices.Select(index => new PriceIndexModel(index.Price.ToModel(), index.GpuHours, index.Window.ToModel(), index.IsLastKnown))]);

    private static HourUtilisationModel ToModel(HourUse use) =>
        new(use.Hour.ToString(), use.OfferedGpuCount, use.SoldGpuCount, Ratio(use.SoldGpuCount, use.OfferedGpuCount));

    private static CandleModel ToModel(Candle candle) => new(
        candle.Hour.ToString(),
        candle.Open.ToModel(),
        candle.High.ToModel(),
        candle.Low.ToModel(),
        candle.Close.ToModel(),
        candle.GpuHours,
        new MoneyModel(
            DecimalText.Format(candle.TurnoverMicros, UnitPrice.Decimals, candle.Close.Currency.Decimals), candle.Close.Currency.Code),
        candle.Trades);

    private static DepthLevelModel[] ToModels(IEnumerable<DepthLevel> levels) => [.. levels.Select(l => new DepthLevelModel(l.Price.ToModel(), l.GpuCount))];

    private static decimal? Ratio(long sold, long offered) => offered == 0 ? null : Math.Round((decimal)sold / offered, 4);
}
