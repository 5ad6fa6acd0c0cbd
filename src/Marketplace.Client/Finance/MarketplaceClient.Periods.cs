using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Closes a month, for good. Needs the scope <c>finance:write</c>.</summary>
    public Task<PeriodClosureModel> ClosePeriodAsync(string period, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync($"/v1/periods/{period}/closure", idempotencyKey, PeriodsJson.Default.PeriodClosureModel, cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PeriodClosureModel))]
internal sealed partial class PeriodsJson : JsonSerializerContext;
