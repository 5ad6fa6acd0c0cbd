using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Verification.Reverification;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Verification;

/// <summary>Windows in which machines are verified again.</summary>
internal static class RecheckEndpoints
{
    public static void MapRechecks(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/recheck-windows").WithTags("Verification").RequireToken();
        group.MapGet("", ListAsync)
            .Operates("listRecheckWindows", "Lists the windows in which the organisation's machines were verified again, newest first.")
            .Answers<Page<RecheckWindowModel>>();
        group.MapGet("/{windowId}", ReadAsync)
            .Operates("getRecheckWindow", "Reads such a window.")
            .Answers<RecheckWindowModel>()
            .Refuses(ProblemTypes.NotFound);
        v1.MapPost("/organisations/{organisationId}/recheck", OrderAsync).WithTags("Operations").RequireScope(Scopes.Operator)
            .Operates("orderRecheck", "Has everything that a provider offers verified again, in a window that opens in a minute.")
            .Answers<RecheckWindowModel>(StatusCodes.Status201Created)
            .Refuses(ProblemTypes.NotFound, ProblemTypes.NothingOffered, ProblemTypes.RecheckWindowOpen, ProblemTypes.IdempotencyKeyReused);
    }

    private static async Task<IResult> ListAsync(PageQuery query, OrganisationCaller caller, RecheckReader windows, CancellationToken cancellationToken)
    {
        RecheckWindowId? after = null;
        if (query.After is { } text)
        {
            if (!RecheckWindowId.TryParse(text, out var id)) return PageQuery.InvalidCursor;
            after = id;
        }

        var found = await windows.ListAsync(caller.OrganisationId, after, query.Limit + 1, cancellationToken);
        var page = found.Take(query.Limit).ToList();
        return Answer.Ok(PageQuery.Page([.. page.Select(VerificationModels.ToModel)], found.Count > page.Count ? page[^1].Id.ToString() : null));
    }

    private static async Task<IResult> ReadAsync(string windowId, OrganisationCaller caller, RecheckReader windows, CancellationToken cancellationToken) =>
        RecheckWindowId.TryParse(windowId, out var id)
            ? Answer.OkOrNotFound((await windows.FindAsync(caller.OrganisationId, id, cancellationToken))?.ToModel())
            : Answer.NotFound();

    private static async Task<IResult> OrderAsync(string organisationId, RequestKey key, OrderRecheck order, CancellationToken cancellationToken) =>
        OrganisationId.TryParse(organisationId, out var provider)
            ? Answer.Created(
                await order.ExecuteAsync(provider, key.Value, cancellationToken),
                window => $"/v1/recheck-windows/{window.Id}",
                window => window.ToModel(),
                Problem)
            : Answer.NotFound();

    private static ApiProblem Problem(OrderRecheckRefusal refusal) => refusal switch
    {
        OrderRecheckRefusal.NothingOffered => ProblemTypes.NothingOffered.With(),
        OrderRecheckRefusal.WindowOpen => ProblemTypes.RecheckWindowOpen.With(),
    };
}
