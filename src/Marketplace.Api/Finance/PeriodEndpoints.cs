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
            .Operates("closePeriod", "Reconciles a month and closes it, for good: what is on no invoice is accrued, and what comes late goes to the open month as a correction.")
            .Answers<PeriodClosureModel>(StatusCodes.Status201Created)
            .Refuses(ProblemTypes.NotFound, ProblemTypes.PeriodNotOver, ProblemTypes.PeriodClosedAlready, ProblemTypes.DifferencesOpen, ProblemTypes.IdempotencyKeyReused);
        group.MapGet("/{period}/closure", ReadAsync).RequireScope(Scopes.FinanceRead)
            .Operates("getPeriodClosure", "Reads how a month was closed: by whom, on which reconciliation, with what accrued and what unused credit.")
            .Answers<PeriodClosureModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapGet("", ListAsync).RequireScope(Scopes.FinanceRead)
            .Operates("listPeriodClosures", "Lists the months that are closed, the latest first.")
            .Answers<Page<PeriodClosureModel>>();
    }

    private static async Task<IResult> ReadAsync(string period, ReadPeriods read, CancellationToken cancellationToken) =>
        BillingPeriod.TryParse(period, out var month) && await read.FindAsync(month, cancellationToken) is { } closed
            ? Answer.Ok(ToModel(closed))
            : Answer.NotFound();

    /// <summary>A month each: all of them are one page.</summary>
    private static async Task<IResult> ListAsync(ReadPeriods read, CancellationToken cancellationToken) =>
        Answer.Ok(new Page<PeriodClosureModel>([.. (await read.ListAsync(cancellationToken)).Select(ToModel)], null));

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
        ClosePeriodRefusal.DifferencesOpen => ProblemTypes.DifferencesOpen.With(),
    };

    private static PeriodClosureModel ToModel(ClosedPeriod closed) => new(
        closed.Period.ToString(), closed.ClosedAt.ToWire(), closed.ClosedBy, closed.Reconciliation.ToString(), closed.ResolvedCount,
        [.. closed.Accrued.Select(a => new AccruedTotalModel(a.Amount.ToModel(), a.BuyerCount, a.ChargeCount))],
        [.. closed.UnusedCredit.Select(u => new UnusedCreditTotalModel(u.Amount.ToModel(), u.BuyerCount))]);
}
