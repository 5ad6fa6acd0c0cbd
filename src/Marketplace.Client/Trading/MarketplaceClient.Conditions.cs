using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Whether and at which prices an order book trades. Public.</summary>
    public Task<MarketConditionModel> GetMarketAsync(string modelId, string hubId, CancellationToken cancellationToken = default) =>
        GetAsync(MarketPath(modelId, hubId), ConditionsJson.Default.MarketConditionModel, cancellationToken);

    /// <summary>Halts an order book. Needs the scope <c>operator</c>.</summary>
    /// <param name="modelId">The GPU class.</param>
    /// <param name="hubId">The hub.</param>
    /// <param name="idempotencyKey">Names the intent.</param>
    /// <param name="waitSeconds">How long to wait until it is halted, at most 30.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<MarketConditionModel> HaltMarketAsync(
        string modelId, string hubId, string idempotencyKey, int waitSeconds = 0, CancellationToken cancellationToken = default) => SendAsync(
            HttpMethod.Post, MarketPath(modelId, hubId) + "/halt", null, KeyedAndWaiting(idempotencyKey, waitSeconds),
            ConditionsJson.Default.MarketConditionModel, cancellationToken);

    /// <summary>Lets an order book trade again. Needs the scope <c>operator</c>.</summary>
    /// <param name="modelId">The GPU class.</param>
    /// <param name="hubId">The hub.</param>
    /// <param name="idempotencyKey">Names the intent.</param>
    /// <param name="waitSeconds">How long to wait until it trades, at most 30.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<MarketConditionModel> ResumeMarketAsync(
        string modelId, string hubId, string idempotencyKey, int waitSeconds = 0, CancellationToken cancellationToken = default) => SendAsync(
            HttpMethod.Post, MarketPath(modelId, hubId) + "/resumption", null, KeyedAndWaiting(idempotencyKey, waitSeconds),
            ConditionsJson.Default.MarketConditionModel, cancellationToken);

    /// <summary>Sets or removes an order book's price band. Needs the scope <c>operator</c>.</summary>
    /// <param name="modelId">The GPU class.</param>
    /// <param name="hubId">The hub.</param>
    /// <param name="was">The ratio that is changed, as it was read; null for none.</param>
    /// <param name="ratio">The new one; null to take any price.</param>
    /// <param name="waitSeconds">How long to wait until it is so, at most 30.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<MarketConditionModel> SetPriceBandAsync(
        string modelId, string hubId, decimal? was, decimal? ratio, int waitSeconds = 0, CancellationToken cancellationToken = default) => SendAsync(
            ratio is null ? HttpMethod.Delete : HttpMethod.Put,
            MarketPath(modelId, hubId) + "/band",
            ratio is null ? null : () => JsonContent.Create(new SetPriceBandRequest(ratio), ConditionsJson.Default.SetPriceBandRequest),
            headers =>
            {
                headers.Add("If-Match", $"\"{was?.ToString("0.############################", CultureInfo.InvariantCulture) ?? "none"}\"");
                Waiting(waitSeconds)(headers);
            },
            ConditionsJson.Default.MarketConditionModel,
            cancellationToken);

    private static string MarketPath(string modelId, string hubId) => $"/v1/markets/{modelId}/{hubId}";
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MarketConditionModel))]
[JsonSerializable(typeof(SetPriceBandRequest))]
internal sealed partial class ConditionsJson : JsonSerializerContext;
