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
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PeriodClosureModel))]
[JsonSerializable(typeof(Page<PeriodClosureModel>))]
internal sealed partial class PeriodsJson : JsonSerializerContext;
