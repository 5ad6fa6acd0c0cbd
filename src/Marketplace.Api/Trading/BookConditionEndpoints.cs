using System.Globalization;
using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Trading.OperateBook;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Trading;

/// <summary>Whether and at which prices a book trades: for everybody to read, for operators to change.</summary>
internal static class BookConditionEndpoints
{
    public static void MapBookConditions(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/markets/{modelId}/{hubId}").WithTags("Markets");
        group.MapGet("", ReadAsync)
            .Operates("getMarket", "Shows whether an order book trades, what was paid lately, and which prices it takes. The ETag is the price band's.")
            .Answers<MarketConditionModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapPost("/halt", HaltAsync).RequireScope(Scopes.Operator)
            .Operates("haltMarket", "Halts an order book: bids and replacements are refused, nothing is traded, cancellations are taken. With Prefer: wait=N, the outcome.")
            .Answers<MarketConditionModel>()
            .Answers<MarketConditionModel>(StatusCodes.Status202Accepted)
            .Refuses(ProblemTypes.NotFound, ProblemTypes.IdempotencyKeyReused);
        group.MapPost("/resumption", ResumeAsync).RequireScope(Scopes.Operator)
            .Operates("resumeMarket", "Ends a halt: waiting bids are tried, by limit and age. With Prefer: wait=N, the outcome.")
            .Answers<MarketConditionModel>()
            .Answers<MarketConditionModel>(StatusCodes.Status202Accepted)
            .Refuses(ProblemTypes.NotFound, ProblemTypes.IdempotencyKeyReused);
        group.MapPut("/band", SetBandAsync).RequireScope(Scopes.Operator)
            .Operates("setPriceBand", "Sets how far prices may be from what was paid lately: from reference / ratio to reference * ratio. With Prefer: wait=N, the outcome.")
            .Answers<MarketConditionModel>()
            .Answers<MarketConditionModel>(StatusCodes.Status202Accepted)
            .Refuses([ProblemTypes.NotFound, ProblemTypes.Stale, .. Enum.GetValues<OperateBookRefusal>().Select(TypeOf)]);
        group.MapDelete("/band", RemoveBandAsync).RequireScope(Scopes.Operator)
            .Operates("removePriceBand", "Lets an order book take any price. With Prefer: wait=N, the outcome.")
            .Answers<MarketConditionModel>()
            .Answers<MarketConditionModel>(StatusCodes.Status202Accepted)
            .Refuses(ProblemTypes.NotFound, ProblemTypes.Stale);
    }

    private static async Task<IResult> ReadAsync(BookPath path, CancellationToken cancellationToken)
    {
        var condition = await path.ReadAsync(cancellationToken);
        return Answer.OkOrNotFound(ToModel(condition), VersionOf(condition));
    }

    private static async Task<IResult> HaltAsync(BookPath path, OperateBook operate, RequestKey key, PreferWait wait, CancellationToken cancellationToken) =>
        await OutcomeAsync(await operate.HaltAsync(path.Book, key.Value, cancellationToken), path, wait, c => c.IsHalted, cancellationToken);

    private static async Task<IResult> ResumeAsync(BookPath path, OperateBook operate, RequestKey key, PreferWait wait, CancellationToken cancellationToken) =>
        await OutcomeAsync(await operate.ResumeAsync(path.Book, key.Value, cancellationToken), path, wait, c => !c.IsHalted, cancellationToken);

    private static async Task<IResult> SetBandAsync(
        BookPath path, SetPriceBandRequest body, OperateBook operate, IIdSource ids, IfMatch match, PreferWait wait, CancellationToken cancellationToken)
    {
        if (body.Ratio is { } ratio) return await ChangeBandAsync(path, ratio, operate, ids, match, wait, cancellationToken);
        var fields = new Fields();
        fields.Add("/ratio", "This is required; to take any price, delete the band.");
        return fields.Problem;
    }

    private static Task<IResult> RemoveBandAsync(
        BookPath path, OperateBook operate, IIdSource ids, IfMatch match, PreferWait wait, CancellationToken cancellationToken) =>
        ChangeBandAsync(path, ratio: null, operate, ids, match, wait, cancellationToken);

    private static async Task<IResult> ChangeBandAsync(
        BookPath path, decimal? ratio, OperateBook operate, IIdSource ids, IfMatch match, PreferWait wait, CancellationToken cancellationToken)
    {
        if (VersionOf(await path.ReadAsync(cancellationToken)) != match.ETag) return ProblemTypes.Stale.With();

        // The ETag says which change is meant: a repetition finds it made.
        var attempt = await operate.SetBandAsync(path.Book, ratio, IdempotencyKey.Of(ids.Next().ToString()), cancellationToken);
        return await OutcomeAsync(attempt, path, wait, c => c.BandRatio == ratio, cancellationToken);
    }

    private static async Task<IResult> OutcomeAsync(
        Attempt<BookKey, OperateBookRefusal> attempt, BookPath path, PreferWait wait, Func<BookCondition, bool> isDone, CancellationToken cancellationToken)
    {
        if (attempt.KeyReused) return ProblemTypes.IdempotencyKeyReused.With();
        if (!attempt.Result.TryGet(out _, out var refusal)) return TypeOf(refusal).With();
        var condition = await wait.ReadUntilAsync(() => path.ReadAsync(cancellationToken), isDone, cancellationToken);
        return Answer.Of(
            attempt, isDone(condition) ? StatusCodes.Status200OK : StatusCodes.Status202Accepted, null, _ => ToModel(condition), refused => TypeOf(refused).With());
    }

    private static string VersionOf(BookCondition condition) => condition.BandRatio?.ToString("0.############################", CultureInfo.InvariantCulture) ?? "none";

    private static MarketConditionModel ToModel(BookCondition condition) => new(
        condition.Book.Model.ToString(),
        condition.Book.Hub.ToString(),
        condition.Sequence,
        condition.OpenListings,
        condition.WaitingBids,
        condition.IsHalted,
        condition.BandRatio,
        [.. condition.Prices.Select(price => new MarketPriceModel(price.Reference.ToModel(), price.Band?.Lowest.ToModel(), price.Band?.Highest.ToModel()))]);

    private static ProblemType TypeOf(OperateBookRefusal refusal) => refusal switch
    {
        OperateBookRefusal.RatioOutOfRange => ProblemTypes.BandRatioOutOfRange,
    };
}
