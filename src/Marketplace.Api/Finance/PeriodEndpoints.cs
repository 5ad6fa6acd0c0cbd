using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Finance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Finance;

/// <summary>Closing months.</summary>
internal static class PeriodEndpoints
{
    public static void MapPeriods(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/periods").WithTags("Finance");
        group.MapPost("/{period}/closure", CloseAsync).RequireScope(Scopes.FinanceWrite)
            .Operates("closePeriod", "Closes a month, for good: what comes late for it goes to the open month as a correction.")
            .Answers<PeriodClosureModel>(StatusCodes.Status201Created)
            .Refuses(ProblemTypes.NotFound, ProblemTypes.PeriodNotOver, ProblemTypes.PeriodClosedAlready, ProblemTypes.IdempotencyKeyReused);
    }

    private static async Task<IResult> CloseAsync(string period, Caller caller, RequestKey key, ClosePeriod close, CancellationToken cancellationToken)
    {
        if (!BillingPeriod.TryParse(period, out var month)) return Answer.NotFound();
        var attempt = await close.CloseAsync(month, caller.Subject, key.Value, cancellationToken);
        return Answer.Created(attempt, c => $"/v1/periods/{c.Period}/closure", ToModel, Problem);
    }

    private static ApiProblem Problem(ClosePeriodRefusal refusal) => refusal switch
    {
        ClosePeriodRefusal.PeriodNotOver => ProblemTypes.PeriodNotOver.With(),
        ClosePeriodRefusal.PeriodClosedAlready => ProblemTypes.PeriodClosedAlready.With(),
    };

    private static PeriodClosureModel ToModel(ClosedPeriod closed) => new(closed.Period.ToString(), closed.ClosedAt.ToWire(), closed.ClosedBy);
}
