using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using Marketplace.Trading.CancelBid;
using Marketplace.Trading.ExplainBid;
using Marketplace.Trading.PlaceBid;
using Marketplace.Trading.ReadBids;
using Marketplace.Trading.RequestReplacement;
using Marketplace.Trading.UpdateBid;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Trading;

/// <summary>Bids of the caller's organisation.</summary>
internal static class BidEndpoints
{
    public static void MapBids(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/bids").WithTags("Bids");
        group.MapPost("", PlaceAsync).RequireScope(Scopes.BidsWrite)
            .Operates("placeBid", "Accepts a bid and answers 202 while it is on its way to the book; with Prefer: wait=N, 201 with its outcome.")
            .Answers<BidModel>(StatusCodes.Status201Created)
            .Answers<BidModel>(StatusCodes.Status202Accepted)
            .Refuses([.. Enum.GetValues<PlaceBidRefusal>().Select(BidProblems.TypeOf), ProblemTypes.IdempotencyKeyReused]);
        group.MapGet("", ListAsync).RequireToken()
            .Operates("listBids", "Lists the organisation's bids by status, model and hub, newest first, without their trades. A page may be short although there is more.")
            .Answers<Page<BidModel>>();
        group.MapGet("/{bidId}", ReadAsync).RequireToken()
            .Operates("getBid", "Reads a bid and what it bought. With Prefer: wait=N it waits while the bid is pending.")
            .Answers<BidModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapGet("/{bidId}/explanation", ExplainAsync).RequireToken()
            .Operates(
                "explainBid",
                "Says why a bid has not bought what it still wants: what of the order book's capacity each of its constraints excludes, what would be there were it lifted, and the nearest limit.")
            .Answers<BidExplanationModel>()
            .Refuses(ProblemTypes.NotFound, ProblemTypes.BidIsOver);
        group.MapPost("/{bidId}/replacement", ReplaceAsync).RequireScope(Scopes.BidsWrite)
            .Operates(
                "replaceBid",
                "Asks for a bid that waits to be changed; what is absent stays. Fewer GPUs, another minimum or another date keep its place in the book, more GPUs or another limit lose it. With Prefer: wait=N, the outcome.")
            .Answers<BidModel>()
            .Answers<BidModel>(StatusCodes.Status202Accepted)
            .Refuses([.. Enum.GetValues<RequestReplacementRefusal>().Select(BidProblems.TypeOf), ProblemTypes.IdempotencyKeyReused]);
        group.MapPost("/{bidId}/cancellation", CancelAsync).RequireScope(Scopes.BidsWrite)
            .Operates("cancelBid", "Asks for a bid to be cancelled; a fill may still be faster. Asking again gives the same, once it is over a refusal. With Prefer: wait=N, the outcome.")
            .Answers<BidModel>()
            .Answers<BidModel>(StatusCodes.Status202Accepted)
            .Refuses(ProblemTypes.NotFound, ProblemTypes.BidIsOver);
    }

    private static async Task<IResult> PlaceAsync(
        PlaceBidRequest body,
        OrganisationCaller caller,
        RequestKey key,
        PreferWait wait,
        PlaceBid placeBid,
        BidQueries bids,
        IPriceBands bands,
        CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var command = BidModels.Read(fields, body);
        if (!fields.AreValid) return fields.Problem;
        var attempt = await placeBid.ExecuteAsync(caller.OrganisationId, command, key.Value, cancellationToken);
        if (attempt.KeyReused) return ProblemTypes.IdempotencyKeyReused.With();
        if (!attempt.Result.TryGet(out var bid, out var refusal))
        {
            return refusal == PlaceBidRefusal.LimitOutsideBand
                ? await bands.ProblemAsync(ProblemTypes.LimitOutsideBand, command.Book, command.Terms.Limit.Currency, cancellationToken)
                : BidProblems.Of(refusal);
        }

        var read = await AwaitAsync(bids, bid, wait, b => b.Status != BidStatus.Pending, cancellationToken);
        var status = read.Bid.Status == BidStatus.Pending ? StatusCodes.Status202Accepted : StatusCodes.Status201Created;
        return Answer.Of(attempt, status, Location, _ => BidModels.ToModel(read), BidProblems.Of);
    }

    private static async Task<IResult> ListAsync(
        PageQuery query, string[]? status, string[]? model, string[]? hub, OrganisationCaller caller, BidQueries bids, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var filter = new BidFilter(
            [.. (status ?? []).Select(text => fields.Enum<BidStatus>("?status", text))],
            [.. (model ?? []).Select(text => fields.GpuModel("?model", text))],
            [.. (hub ?? []).Select(text => fields.Hub("?hub", text))]);
        if (!fields.AreValid) return fields.Problem;
        BidId? after = null;
        if (query.After is { } text)
        {
            if (!BidId.TryParse(text, out var id)) return PageQuery.InvalidCursor;
            after = id;
        }

        var page = await bids.ListAsync(caller.OrganisationId, filter, after, query.Limit, cancellationToken);
        return Answer.Ok(PageQuery.Page([.. page.Items.Select(BidModels.ToModel)], page.Next?.ToString()));
    }

    private static async Task<IResult> ReadAsync(
        string bidId, OrganisationCaller caller, PreferWait wait, BidQueries bids, CancellationToken cancellationToken)
    {
        if (!BidId.TryParse(bidId, out var id)) return Answer.NotFound();
        var read = await wait.ReadUntilAsync(
            () => bids.FindAsync(caller.OrganisationId, id, cancellationToken), b => b?.Bid.Status != BidStatus.Pending, cancellationToken);
        return read is null ? Answer.NotFound() : Answer.OkOrNotFound(BidModels.ToModel(read), VersionOf(read.Bid));
    }

    private static async Task<IResult> ExplainAsync(string bidId, OrganisationCaller caller, ExplainBid explainBid, CancellationToken cancellationToken)
    {
        if (!BidId.TryParse(bidId, out var id)) return Answer.NotFound();
        var result = await explainBid.ExecuteAsync(caller.OrganisationId, id, cancellationToken);
        return result.Match(explained => Answer.Ok(BidModels.ToModel(explained)), BidProblems.Of);
    }

    private static async Task<IResult> ReplaceAsync(
        string bidId,
        ReplaceBidRequest body,
        OrganisationCaller caller,
        RequestKey key,
        PreferWait wait,
        RequestReplacement replace,
        BidQueries bids,
        IPriceBands bands,
        CancellationToken cancellationToken)
    {
        if (!BidId.TryParse(bidId, out var id)) return Answer.NotFound();
        var fields = new Fields();
        var command = BidModels.Read(fields, id, body);
        if (!fields.AreValid) return fields.Problem;
        var attempt = await replace.ExecuteAsync(caller.OrganisationId, command, key.Value, cancellationToken);
        if (attempt.KeyReused) return ProblemTypes.IdempotencyKeyReused.With();
        if (!attempt.Result.TryGet(out var bid, out var refusal))
        {
            return refusal == RequestReplacementRefusal.LimitOutsideBand && await bids.FindAsync(caller.OrganisationId, id, cancellationToken) is { } refused
                ? await bands.ProblemAsync(ProblemTypes.LimitOutsideBand, refused.Bid.Book, refused.Bid.Terms.Limit.Currency, cancellationToken)
                : BidProblems.Of(refusal);
        }

        var read = await AwaitAsync(bids, bid, wait, b => !IsPending(b), cancellationToken);
        return Answer.Of(attempt, IsPending(read.Bid) ? StatusCodes.Status202Accepted : StatusCodes.Status200OK, Location, _ => BidModels.ToModel(read), BidProblems.Of);

        static bool IsPending(Bid bid) => bid.Replacement is { Status: ReplacementStatus.Pending };
    }

    private static async Task<IResult> CancelAsync(
        string bidId, OrganisationCaller caller, PreferWait wait, CancelBid cancelBid, BidQueries bids, CancellationToken cancellationToken)
    {
        if (!BidId.TryParse(bidId, out var id)) return Answer.NotFound();
        var result = await cancelBid.ExecuteAsync(caller.OrganisationId, id, cancellationToken);
        if (!result.TryGet(out var bid, out var refusal)) return BidProblems.Of(refusal);
        var read = await AwaitAsync(bids, bid, wait, b => b.IsOver, cancellationToken);
        return Results.Json(BidModels.ToModel(read), statusCode: read.Bid.IsOver ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private static async Task<BidWithTrades> AwaitAsync(
        BidQueries bids, Bid bid, PreferWait wait, Func<Bid, bool> isOutcome, CancellationToken cancellationToken) =>
        (await wait.ReadUntilAsync(() => bids.FindAsync(bid.Buyer, bid.BidId, cancellationToken), b => b is null || isOutcome(b.Bid), cancellationToken))!;

    // Besides what the book says, a bid changes with what its buyer asks for and with the answer to that.
    private static string VersionOf(Bid bid) =>
        $"{bid.Sequence}{(bid.CancellationRequested ? "-cancelling" : "")}{(bid.Replacement is { } r ? $"-{r.RequestedAt.ToUnixTimeTicks():x}-{WireForms.Name(r.Status)}" : "")}";

    private static string Location(Bid bid) => $"/v1/bids/{bid.BidId}";
}
