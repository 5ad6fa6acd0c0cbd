using Marketplace.Api.Answers;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Trading.ReadMarket;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Trading;

/// <summary>Market data. Public: no token, no party names.</summary>
internal static class MarketEndpoints
{
    private const int DefaultHours = 24;
    private const int MaxHours = 7 * 24;

    public static void MapMarkets(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/markets").WithTags("Markets");
        group.MapGet("", ListAsync)
            .Operates("listMarkets", "Lists the order books, by GPU class and hub.")
            .Answers<Page<MarketModel>>();
        group.MapGet("/{modelId}/{hubId}/depth", DepthAsync)
            .Operates("getDepth", "Shows what is offered and wanted in a book, hour by hour: from and to, at most 168 hours, the next 24 unless said.")
            .Answers<DepthModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapGet("/{modelId}/{hubId}/trades", TradesAsync)
            .Operates("listTrades", "Lists a book's trades, newest first.")
            .Answers<Page<MarketTradeModel>>()
            .Refuses(ProblemTypes.NotFound);
    }

    private static async Task<IResult> ListAsync(PageQuery query, MarketQueries markets, CancellationToken cancellationToken)
    {
        BookKey? after = null;
        if (query.After is { } text)
        {
            if (text.Split('@') is not [var model, var hub] || !GpuModelId.TryParse(model, out var modelId) || !HubId.TryParse(hub, out var hubId))
            {
                return PageQuery.InvalidCursor;
            }

            after = new BookKey(modelId, hubId);
        }

        var found = await markets.ListAsync(after, query.Limit + 1, cancellationToken);
        var page = found.Take(query.Limit).ToList();
        return Answer.Ok(PageQuery.Page([.. page.Select(ToModel)], found.Count > page.Count ? page[^1].Book.ToString() : null));
    }

    private static async Task<IResult> DepthAsync(
        string modelId, string hubId, string? from, string? to, ICatalogue catalogue, MarketQueries markets, TimeProvider time, CancellationToken cancellationToken)
    {
        if (BookOf(catalogue, modelId, hubId) is not { } book) return Answer.NotFound();
        var window = HourWindow.Starting(HourSlot.Containing(time.Now()), DefaultHours);
        if (from is not null || to is not null)
        {
            var fields = new Fields();
            window = fields.Window("?", new WindowModel(from, to));
            if (fields.AreValid && window.Hours > MaxHours) fields.Add("?/to", $"Expected at most {MaxHours} hours.");
            if (!fields.AreValid) return fields.Problem;
        }

        return Answer.Ok(ToModel(await markets.DepthAsync(book, window, cancellationToken)));
    }

    private static async Task<IResult> TradesAsync(
        string modelId, string hubId, PageQuery query, ICatalogue catalogue, MarketQueries markets, CancellationToken cancellationToken)
    {
        if (BookOf(catalogue, modelId, hubId) is not { } book) return Answer.NotFound();
        TradeId? after = null;
        if (query.After is { } text)
        {
            if (!TradeId.TryParse(text, out var id)) return PageQuery.InvalidCursor;
            after = id;
        }

        var found = await markets.TradesAsync(book, after, query.Limit + 1, cancellationToken);
        var page = found.Take(query.Limit).ToList();
        return Answer.Ok(PageQuery.Page([.. page.Select(ToModel)], found.Count > page.Count ? page[^1].TradeId.ToString() : null));
    }

    private static BookKey? BookOf(ICatalogue catalogue, string modelId, string hubId) =>
        GpuModelId.TryParse(modelId, out var model) && HubId.TryParse(hubId, out var hub)
        && catalogue.FindModel(model) is not null && catalogue.FindHub(hub) is not null
            ? new BookKey(model, hub)
            : null;

    private static MarketModel ToModel(MarketSummary market) =>
        new(market.Book.Model.ToString(), market.Book.Hub.ToString(), market.Sequence, market.OpenListings, market.RestingBids);

    private static DepthModel ToModel(MarketDepth depth) => new(
        depth.Book.Model.ToString(),
        depth.Book.Hub.ToString(),
        depth.Sequence,
        [.. depth.Hours.Select(hour => new HourDepthModel(hour.Hour.ToString(), ToModels(hour.Asks), ToModels(hour.Bids)))]);

    private static DepthLevelModel[] ToModels(IEnumerable<DepthLevel> levels) => [.. levels.Select(l => new DepthLevelModel(l.Price.ToModel(), l.GpuCount))];

    private static MarketTradeModel ToModel(TapeTrade trade) => new(
        trade.TradeId.ToString(), trade.Sequence, trade.GpuCount, trade.Window.ToModel(), trade.Price.ToModel(), trade.ExecutedAt.ToWire());
}
