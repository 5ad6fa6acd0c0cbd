using Marketplace.Api.Answers;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Trading.ReadMarket;
using Marketplace.Trading.ReadMarket.Follow;
using Marketplace.Trading.ReadMarket.Prices;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Marketplace.Api.Trading;

/// <summary>Market data. Public: no token, no party names.</summary>
internal static class MarketEndpoints
{
    private const int DefaultHours = 24;
    private const int MaxHours = 7 * 24;
    private const int MaxCandles = 31 * 24;

    public static void MapMarkets(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/markets").WithTags("Markets");
        group.MapGet("", ListAsync)
            .Operates("listMarkets", "Lists the order books, by GPU class and hub.")
            .Answers<Page<MarketModel>>();
        group.MapGet("/{modelId}/{hubId}/depth", DepthAsync)
            .Operates("getDepth", "Shows what is offered and wanted in a book, hour by hour: from and to, at most 168 hours, the next 24 unless said.")
            .WithDescription(
                """
                Asks are free GPUs, at the price of their listing in that hour. Bids are GPUs that waiting bids still want, at their limit, in
                every hour of the bid. Bids whose hours are not settled yet (flexible ones that have bought nothing) and bids with a limit
                per PFLOP-hour are not in the depth: they count as unfilled demand, see getUtilisation. Hours that are over are empty.
                """)
            .Answers<DepthModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapGet("/{modelId}/{hubId}/trades", TradesAsync)
            .Operates("listTrades", "Lists a book's trades, newest first.")
            .Answers<Page<MarketTradeModel>>()
            .Refuses(ProblemTypes.NotFound);
        group.MapGet("/{modelId}/{hubId}/candles", CandlesAsync)
            .Operates("getCandles", "Shows a book's prices in a currency by the hour that trades were made in: from and to, at most 744 hours, the last 24 unless said.")
            .WithDescription(
                """
                An hour without trades repeats the last price, with nothing traded. There are no candles before the first trade, nor after the
                running hour, whose candle still changes. A trade is in its candle moments after it was made.
                """)
            .Answers<CandlesModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapGet("/{modelId}/{hubId}/utilisation", UtilisationAsync)
            .Operates("getUtilisation", "Shows how much of what a book offers is sold, hour by hour, and what waiting bids want: from and to, at most 168 hours, the next 24 unless said.")
            .WithDescription(
                """
                Offered are GPUs that are free and GPUs that are sold, whether their listing is still open or not. Hours of a lease that its
                buyer sells on are sold once. Unfilled demand is of all waiting bids, whatever their hours.
                """)
            .Answers<UtilisationModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapGet("/{modelId}/{hubId}/events", Events)
            .Operates("followBook", "Follows a book by server-sent events: a snapshot of its depth, then every change and trade.")
            .WithDescription(
                """
                - `snapshot` (BookSnapshotModel) comes first: the whole depth after event `sequence` of the book.
                - `depth` (DepthChangeModel): what events `fromSequence` to `toSequence` changed. Quantities are absolute; 0 takes a price
                  away. If `fromSequence` is more than one above what you know, you missed something: connect anew without Last-Event-ID.
                - `trade` (MarketTradeModel): a trade; its depth follows.
                - `resync`: what you know is void, because you asked for what is not kept any more or read too slowly. A snapshot follows.
                - A comment every 15 seconds when nothing happens.

                The id of `snapshot` and `depth` is the number of the book's last event: reconnect with it in Last-Event-ID and you miss
                nothing, though trades may be told twice. Hours before the hour of `at` have left the depth without being told.
                """)
            .Produces<string>(StatusCodes.Status200OK, "text/event-stream")
            .Refuses(ProblemTypes.NotFound, ProblemTypes.TooManyRequests);
        group.MapGet("/{modelId}/index", IndexAsync)
            .Operates("getPriceIndices", "Shows what a GPU-hour of a class costs, in each currency that it was ever traded in.")
            .WithDescription(
                """
                The index is the mean price of all trades of the class in all hubs, weighted by GPU-hours, over the running hour and the 23
                before it, by when the trades were made; it is rounded to the nearest millionth. While nothing was traded in that time it
                stays what it was last: the mean of the last hour that had a trade. Currencies are never converted.
                """)
            .Answers<PriceIndicesModel>()
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
        return Answer.Ok(PageQuery.Page([.. page.Select(MarketModels.ToModel)], found.Count > page.Count ? page[^1].Book.ToString() : null));
    }

    private static async Task<IResult> DepthAsync(
        string modelId, string hubId, string? from, string? to, ICatalogue catalogue, MarketQueries markets, TimeProvider time, CancellationToken cancellationToken)
    {
        if (BookOf(catalogue, modelId, hubId) is not { } book) return Answer.NotFound();
        var fields = new Fields();
        var window = WindowOf(fields, from, to, Next24Hours(time), MaxHours);
        return fields.AreValid ? Answer.Ok(MarketModels.ToModel(await markets.DepthAsync(book, window, cancellationToken))) : fields.Problem;
    }

    private static async Task<IResult> UtilisationAsync(
        string modelId, string hubId, string? from, string? to, ICatalogue catalogue, MarketQueries markets, TimeProvider time, CancellationToken cancellationToken)
    {
        if (BookOf(catalogue, modelId, hubId) is not { } book) return Answer.NotFound();
        var fields = new Fields();
        var window = WindowOf(fields, from, to, Next24Hours(time), MaxHours);
        return fields.AreValid ? Answer.Ok(MarketModels.ToModel(await markets.UseAsync(book, window, cancellationToken))) : fields.Problem;
    }

    private static async Task<IResult> CandlesAsync(
        string modelId,
        string hubId,
        string? currency,
        string? from,
        string? to,
        ICatalogue catalogue,
        PriceQueries prices,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (BookOf(catalogue, modelId, hubId) is not { } book) return Answer.NotFound();
        var fields = new Fields();
        var known = fields.Currency("?/currency", currency);
        var last = HourWindow.Starting(HourSlot.Containing(time.Now()) + (1 - DefaultHours), DefaultHours);
        var window = WindowOf(fields, from, to, last, MaxCandles);
        if (!fields.AreValid) return fields.Problem;
        return Answer.Ok(MarketModels.ToModel(book, known, await prices.CandlesAsync(book, known, window, cancellationToken)));
    }

    private static async Task<IResult> IndexAsync(string modelId, ICatalogue catalogue, PriceQueries prices, CancellationToken cancellationToken) =>
        GpuModelId.TryParse(modelId, out var model) && catalogue.FindModel(model) is not null
            ? Answer.Ok(MarketModels.ToModel(model, await prices.IndexAsync(model, cancellationToken)))
            : Answer.NotFound();

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
        return Answer.Ok(PageQuery.Page([.. page.Select(MarketModels.ToModel)], found.Count > page.Count ? page[^1].TradeId.ToString() : null));
    }

    private static BookKey? BookOf(ICatalogue catalogue, string modelId, string hubId) =>
        GpuModelId.TryParse(modelId, out var model) && HubId.TryParse(hubId, out var hub)
        && catalogue.FindModel(model) is not null && catalogue.FindHub(hub) is not null
            ? new BookKey(model, hub)
            : null;

    private static IResult Events(
        string modelId, string hubId, LastEventId lastEvent, ICatalogue catalogue, MarketFeed feed, TimeProvider time, IHostApplicationLifetime lifetime) =>
        BookOf(catalogue, modelId, hubId) is { } book
            ? new MarketStream(feed, book, lastEvent.Value, time, lifetime.ApplicationStopping)
            : Answer.NotFound();

    private static HourWindow Next24Hours(TimeProvider time) => HourWindow.Starting(HourSlot.Containing(time.Now()), DefaultHours);

    private static HourWindow WindowOf(Fields fields, string? from, string? to, HourWindow unlessSaid, int maxHours)
    {
        if (from is null && to is null) return unlessSaid;
        var window = fields.Window("?", new WindowModel(from, to));
        if (fields.AreValid && window.Hours > maxHours) fields.Add("?/to", $"Expected at most {maxHours} hours.");
        return window;
    }
}
