using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Registry;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Trading.Book;
using Marketplace.Trading.QuoteJob;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Trading;

/// <summary>The dispatch service: where a job could run, over all order books.</summary>
internal static class QuoteEndpoints
{
    private const int DefaultPlacements = 10;
    private const int MaxPlacements = 100;

    public static void MapQuotes(this IEndpointRouteBuilder v1) => v1.MapPost("/quotes", QuoteAsync).WithTags("Quotes").RequireToken()
        .Operates(
            "quoteJob",
            "Says where and when a job could run and what it would cost: the best placement of each order book, ranked by cost, start or carbon. Reserves nothing; own listings are passed over.")
        .Answers<JobQuoteModel>()
        .Refuses([.. Enum.GetValues<QuoteJobRefusal>().Select(TypeOf)]);

    private static async Task<IResult> QuoteAsync(QuoteJobRequest body, Caller caller, QuoteJob quoteJob, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var needs = Read(fields, body);
        if (!fields.AreValid) return fields.Problem;
        var result = await quoteJob.ExecuteAsync(needs, caller.OrganisationId, cancellationToken);
        return result.Match(
            quote => Answer.Ok(new JobQuoteModel([.. quote.Placements.Select(ToModel)], quote.SearchedBooks)), refusal => TypeOf(refusal).With());
    }

    private static JobNeeds Read(Fields fields, QuoteJobRequest body)
    {
        Money? budget = body.Budget is null ? null : fields.Money("/budget", body.Budget);
        var currency = body.Currency is null && budget is { } money ? money.Currency : fields.Currency("/currency", body.Currency);
        if (budget is { Currency.IsUnset: false } && currency != budget.Value.Currency) fields.Add("/budget/currency", "Expected the currency of the prices.");
        return new JobNeeds(
            [.. (body.ModelIds ?? []).Select((id, i) => fields.GpuModel($"/modelIds/{i}", id))],
            [.. (body.HubIds ?? []).Select((id, i) => fields.Hub($"/hubIds/{i}", id))],
            fields.Int("/gpuCount", body.GpuCount, 1, BidTerms.MaxGpuCount),
            fields.Int("/hours", body.Hours, 1, HourWindow.MaxHours),
            fields.Window("/window", body.Window),
            currency,
            BidModels.Read(fields, body.Requirements),
            fields.Enum("/placement", body.Placement, Placement.Any),
            budget,
            fields.Enum("/rankBy", body.RankBy, QuoteRanking.Cost),
            body.MaxPlacements is null ? DefaultPlacements : fields.Int("/maxPlacements", body.MaxPlacements, 1, MaxPlacements));
    }

    private static JobPlacementModel ToModel(JobPlacement placement) => new(
        placement.Book.Model.ToString(),
        placement.Book.Hub.ToString(),
        placement.Sequence,
        placement.Window.ToModel(),
        placement.Total.ToModel(),
        placement.AveragePrice.ToModel(),
        placement.GridCarbonGramsPerKWh,
        placement.CarbonGrams,
        [.. placement.Fills.Select(ToModel)]);

    private static QuotedListingModel ToModel(QuotedFill fill) => new(
        fill.Ask.ListingId.ToString(), fill.GpuCount, fill.Price.ToModel(), fill.Ask.Proven.ToModel(), fill.Ask.Pue, fill.Ask.GridCarbonGramsPerKWh);

    private static ProblemType TypeOf(QuoteJobRefusal refusal) => refusal switch
    {
        QuoteJobRefusal.UnknownModel => ProblemTypes.ModelUnknown,
        QuoteJobRefusal.UnknownHub => ProblemTypes.HubUnknown,
        QuoteJobRefusal.WindowInPast => ProblemTypes.WindowInPast,
        QuoteJobRefusal.WindowTooFarAhead => ProblemTypes.WindowTooFarAhead,
        QuoteJobRefusal.HoursOutOfRange => ProblemTypes.FlexibleHoursOutOfRange,
        QuoteJobRefusal.WindowTooLong => ProblemTypes.FlexibleWindowTooLong,
        QuoteJobRefusal.RequirementOutOfRange => ProblemTypes.RequirementOutOfRange,
    };
}
