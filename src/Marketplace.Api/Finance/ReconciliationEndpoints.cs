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

/// <summary>Reconciliations for finance.</summary>
internal static class ReconciliationEndpoints
{
    private const string Csv = "text/csv";

    public static void MapReconciliations(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/reconciliations").WithTags("Finance");
        group.MapPost("", RunAsync).RequireScope(Scopes.FinanceWrite)
            .Operates("runReconciliation", "Compares usage, charges, ledger and payment service for a month, to the minor unit, and keeps the report.")
            .Answers<ReconciliationModel>(StatusCodes.Status201Created)
            .Refuses(ProblemTypes.InvalidFields, ProblemTypes.PeriodNotBegun, ProblemTypes.IdempotencyKeyReused);
        group.MapGet("", ListAsync).RequireScope(Scopes.FinanceRead)
            .Operates("listReconciliations", "Lists reconciliations, newest first, without their differences.")
            .Answers<Page<ReconciliationModel>>();
        group.MapGet("/{reconciliationId}", ReadAsync).RequireScope(Scopes.FinanceRead)
            .Operates("getReconciliation", "Reads a reconciliation with all its differences; with 'Accept: text/csv' the differences as CSV.")
            .Answers<ReconciliationModel>()
            .Refuses(ProblemTypes.NotFound);
        group.MapGet("/{reconciliationId}/differences.csv", ReadCsvAsync).RequireScope(Scopes.FinanceRead)
            .Operates("getReconciliationDifferencesCsv", "Reads the differences of a reconciliation as CSV.")
            .Produces<string>(StatusCodes.Status200OK, Csv)
            .Refuses(ProblemTypes.NotFound);
        group.MapPost("/{reconciliationId}/differences/{differenceId}/resolution", ResolveAsync).RequireScope(Scopes.FinanceWrite)
            .Operates("resolveDifference", "Resolves a difference with a reason and, where one settles it, a ledger entry; later reconciliations list it as resolved.")
            .Answers<DifferenceModel>()
            .Refuses(
                ProblemTypes.InvalidFields, ProblemTypes.NotFound, ProblemTypes.DifferenceUnknown, ProblemTypes.DifferenceResolvedAlready,
                ProblemTypes.EntryUnknown, ProblemTypes.IdempotencyKeyReused);
    }

    private static async Task<IResult> ResolveAsync(
        string reconciliationId, string differenceId, ResolveDifferenceRequest body, Caller caller, RequestKey key, ResolveDifference resolve,
        CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var reason = body.Reason?.Trim();
        if (reason is not { Length: >= 1 and <= 1000 }) fields.Add("/reason", "Expected a reason of 1 to 1,000 characters.");
        EntryId? entry = null;
        if (body.EntryId is { } text)
        {
            if (EntryId.TryParse(text, out var id)) entry = id;
            else fields.Add("/entryId", "Expected a ledger entry's id.");
        }

        if (!fields.AreValid) return fields.Problem;
        if (!ReconciliationId.TryParse(reconciliationId, out var reconciliation)) return Answer.NotFound();
        return Answer.Done(
            await resolve.ResolveAsync(reconciliation, differenceId, reason!, entry, caller.Subject, key.Value, cancellationToken), ToModel, Problem);
    }

    private static async Task<IResult> RunAsync(
        RunReconciliationRequest body, Caller caller, RequestKey key, RunReconciliation run, ReadReconciliations read, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        if (!BillingPeriod.TryParse(body.Period, out var period)) fields.Add("/period", "Expected a month such as '2026-11'.");
        if (!fields.AreValid) return fields.Problem;
        var attempt = await run.RunAsync(period, caller.Subject, key.Value, cancellationToken);
        if (attempt.KeyReused || !attempt.Result.TryGet(out var made, out _)) return Answer.Done(attempt, _ => 0, Problem);
        var report = await read.FindAsync(made.Id, cancellationToken);
        var differences = await read.ListDifferencesAsync(made.Id, cancellationToken);
        return Answer.Created(attempt, m => $"/v1/reconciliations/{m.Id}", _ => ToModel(report!, differences), Problem);
    }

    private static async Task<IResult> ListAsync(PageQuery query, ReadReconciliations read, CancellationToken cancellationToken)
    {
        ReconciliationId? after = null;
        if (query.After is { } text)
        {
            if (!ReconciliationId.TryParse(text, out var id)) return PageQuery.InvalidCursor;
            after = id;
        }

        var reports = await read.ListAsync(after, query.Limit, cancellationToken);
        return Answer.Ok(PageQuery.Page(
            [.. reports.Select(r => ToModel(r, null))], reports.Count == query.Limit ? reports[^1].Id.ToString() : null));
    }

    private static async Task<IResult> ReadAsync(
        string reconciliationId, HttpRequest request, ReadReconciliations read, CancellationToken cancellationToken)
    {
        var accepts = request.GetTypedHeaders().Accept;
        if (accepts.Any(a => a.MediaType == Csv)) return await ReadCsvAsync(reconciliationId, read, cancellationToken);
        if (!ReconciliationId.TryParse(reconciliationId, out var id)) return Answer.NotFound();
        if (await read.FindAsync(id, cancellationToken) is not { } report) return Answer.NotFound();
        return Answer.Ok(ToModel(report, await read.ListDifferencesAsync(id, cancellationToken)));
    }

    private static async Task<IResult> ReadCsvAsync(string reconciliationId, ReadReconciliations read, CancellationToken cancellationToken)
    {
        if (!ReconciliationId.TryParse(reconciliationId, out var id) || await read.FindAsync(id, cancellationToken) is null) return Answer.NotFound();
        return Results.Text(DifferenceCsv.Write(await read.ListDifferencesAsync(id, cancellationToken)), Csv, System.Text.Encoding.UTF8);
    }

    private static ApiProblem Problem(RunReconciliationRefusal refusal) => refusal switch
    {
        RunReconciliationRefusal.PeriodNotBegun => ProblemTypes.PeriodNotBegun.With(),
    };

    private static ApiProblem Problem(ResolveDifferenceRefusal refusal) => refusal switch
    {
        ResolveDifferenceRefusal.ReconciliationUnknown => ProblemTypes.NotFound.With(),
        ResolveDifferenceRefusal.DifferenceUnknown => ProblemTypes.DifferenceUnknown.With(),
        ResolveDifferenceRefusal.DifferenceResolvedAlready => ProblemTypes.DifferenceResolvedAlready.With(),
        ResolveDifferenceRefusal.EntryUnknown => ProblemTypes.EntryUnknown.With(),
    };

    private static ReconciliationModel ToModel(ReconciliationReport report, IReadOnlyList<Difference>? differences) => new(
        report.Id.ToString(),
        report.Period.ToString(),
        report.RunAt.ToWire(),
        report.RunBy,
        report.IsPeriodOver,
        report.DifferenceCount,
        report.OpenCount,
        report.CountsByKind.ToDictionary(c => WireForms.Name(c.Key), c => c.Value),
        [.. report.Totals.Select(t => new StageTotalModel(WireForms.Name(t.Figure), t.Count, t.Amount.ToModel(), t.GpuSeconds))],
        differences is null ? null : [.. differences.Select(ToModel)]);

    private static DifferenceModel ToModel(Difference difference) => new(
        WireForms.Name(difference.Kind), difference.Subject, ToModel(difference.Expected), ToModel(difference.Found), difference.SuggestedAction, difference.DifferenceId,
        difference.Resolution is { } r ? new ResolutionModel(r.Reason, r.ResolvedBy, r.ResolvedAt.ToWire(), r.EntryId?.ToString()) : null);

    private static DifferenceSideModel? ToModel(DifferenceSide? side) =>
        side is null ? null : new(WireForms.Name(side.Stage), side.Id, side.Amount.ToModel());
}
