using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Reconciles a month and closes it, for good. Needs the scope <c>finance:write</c>.</summary>
    public Task<PeriodClosureModel> ClosePeriodAsync(string period, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync($"/v1/periods/{period}/closure", idempotencyKey, PeriodsJson.Default.PeriodClosureModel, cancellationToken);

    /// <summary>Reads how a month was closed. Needs the scope <c>finance:read</c>.</summary>
    public Task<PeriodClosureModel> GetPeriodClosureAsync(string period, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/periods/{period}/closure", PeriodsJson.Default.PeriodClosureModel, cancellationToken);

    /// <summary>Lists the months that are closed, the latest first. Needs the scope <c>finance:read</c>.</summary>
    public Task<Page<PeriodClosureModel>> ListPeriodClosuresAsync(CancellationToken cancellationToken = default) =>
        GetAsync("/v1/periods", PeriodsJson.Default.PagePeriodClosureModel, cancellationToken);

    /// <summary>Exports a month's costs in the form of FOCUS 1.4 into a stream. Needs the scope <c>finance:read</c>.</summary>
    /// <param name="period">The month, such as <c>2026-11</c>.</param>
    /// <param name="dataset"><c>costAndUsage</c>, <c>billingPeriod</c> or <c>invoiceDetail</c>.</param>
    /// <param name="format"><c>csv</c> or <c>parquet</c>.</param>
    /// <param name="target">Where it is written.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task ExportFocusAsync(string period, string dataset, string format, Stream target, CancellationToken cancellationToken = default)
    {
        var path = WithQuery($"/v1/periods/{period}/focus/{dataset}", ("format", format));
        using var response = await SendAsync(HttpMethod.Get, path, null, null, cancellationToken, HttpCompletionOption.ResponseHeadersRead);
        await response.Content.CopyToAsync(target, cancellationToken);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PeriodClosureModel))]
[JsonSerializable(typeof(Page<PeriodClosureModel>))]
internal sealed partial class PeriodsJson : JsonSerializerContext;
