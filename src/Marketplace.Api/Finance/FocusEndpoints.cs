using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Finance.Focus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Finance;

/// <summary>Cost exports in the form of FOCUS 1.4.</summary>
internal static class FocusEndpoints
{
    private const string Csv = "text/csv";
    private const string Parquet = "application/vnd.apache.parquet";

    public static void MapFocus(this IEndpointRouteBuilder v1)
    {
        var group = v1.MapGroup("/periods/{period}/focus").WithTags("Finance");
        group.MapGet("/{dataset}", ExportAsync).RequireScope(Scopes.FinanceRead)
            .Operates("exportFocus", "Exports a month's costs as FOCUS 1.4: costAndUsage, billingPeriod or invoiceDetail, as csv (the default) or parquet.")
            .Produces<string>(StatusCodes.Status200OK, Csv, Parquet)
            .Refuses(ProblemTypes.NotFound, ProblemTypes.InvalidFields);
    }

    private static async Task<IResult> ExportAsync(string period, string dataset, string? format, ExportFocus export, CancellationToken cancellationToken)
    {
        if (!BillingPeriod.TryParse(period, out var month)) return Answer.NotFound();
        if (!Enum.GetValues<FocusDataset>().Any(d => WireForms.Name(d) == dataset)) return Answer.NotFound();
        var fields = new Fields();
        if (format is not (null or "csv" or "parquet")) fields.Add("?format", "Expected 'csv' or 'parquet'.");
        if (!fields.AreValid) return fields.Problem;
        var table = await export.ExportAsync(Enum.GetValues<FocusDataset>().Single(d => WireForms.Name(d) == dataset), month, cancellationToken);
        return format == "parquet"
            ? Results.Stream(async target => await WriteParquetAsync(table, target, cancellationToken), Parquet, $"{dataset}-{month}.parquet")
            : Results.Stream(async target => await WriteCsvAsync(table, target, cancellationToken), Csv, $"{dataset}-{month}.csv");
    }

    /// <summary>Both forms need a stream that can be written at once and sought in.</summary>
    private static async Task WriteParquetAsync(FocusTable table, Stream target, CancellationToken cancellationToken)
    {
        await using var file = new MemoryStream();
        await FocusParquet.WriteAsync(table, file, cancellationToken);
        file.Position = 0;
        await file.CopyToAsync(target, cancellationToken);
    }

    private static async Task WriteCsvAsync(FocusTable table, Stream target, CancellationToken cancellationToken)
    {
        await using var file = new MemoryStream();
        FocusCsv.Write(table, file);
        file.Position = 0;
        await file.CopyToAsync(target, cancellationToken);
    }
}
