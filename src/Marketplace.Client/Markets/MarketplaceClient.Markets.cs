using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

/// <content>Market data. Public: no token is needed.</content>
public sealed partial class MarketplaceClient
{
    /// <summary>Lists the order books.</summary>
    public Task<Page<MarketModel>> ListMarketsAsync(int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) => GetAsync(
        WithQuery("/v1/markets", ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
        MarketsJson.Default.PageMarketModel,
        cancellationToken);

    /// <summary>What is offered and wanted in a book, by hour.</summary>
    /// <param name="modelId">The GPU class.</param>
    /// <param name="hubId">The hub.</param>
    /// <param name="window">At most 168 hours; null for the next 24.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<DepthModel> GetDepthAsync(string modelId, string hubId, WindowModel? window = null, CancellationToken cancellationToken = default) => GetAsync(
        WithQuery($"/v1/markets/{modelId}/{hubId}/depth", ("from", window?.From), ("to", window?.To)),
        MarketsJson.Default.DepthModel,
        cancellationToken);

    /// <summary>Lists a book's trades, newest first.</summary>
    public Task<Page<MarketTradeModel>> ListTradesAsync(
        string modelId, string hubId, int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) => GetAsync(
            WithQuery($"/v1/markets/{modelId}/{hubId}/trades", ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            MarketsJson.Default.PageMarketTradeModel,
            cancellationToken);

    /// <summary>How much of what a book offers is sold, by hour, and what waiting bids want.</summary>
    /// <param name="modelId">The GPU class.</param>
    /// <param name="hubId">The hub.</param>
    /// <param name="window">At most 168 hours; null for the next 24.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<UtilisationModel> GetUtilisationAsync(
        string modelId, string hubId, WindowModel? window = null, CancellationToken cancellationToken = default) => GetAsync(
            WithQuery($"/v1/markets/{modelId}/{hubId}/utilisation", ("from", window?.From), ("to", window?.To)),
            MarketsJson.Default.UtilisationModel,
            cancellationToken);

    /// <summary>Prices of a book by the hour in which trades were made.</summary>
    /// <param name="modelId">The GPU class.</param>
    /// <param name="hubId">The hub.</param>
    /// <param name="currency">The currency.</param>
    /// <param name="window">At most 744 hours; null for the last 24.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<CandlesModel> GetCandlesAsync(
        string modelId, string hubId, string currency, WindowModel? window = null, CancellationToken cancellationToken = default) => GetAsync(
            WithQuery($"/v1/markets/{modelId}/{hubId}/candles", ("currency", currency), ("from", window?.From), ("to", window?.To)),
            MarketsJson.Default.CandlesModel,
            cancellationToken);

    /// <summary>What a GPU-hour of a class costs, over all hubs.</summary>
    public Task<PriceIndicesModel> GetPriceIndicesAsync(string modelId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/markets/{modelId}/index", MarketsJson.Default.PriceIndicesModel, cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Page<MarketModel>))]
[JsonSerializable(typeof(DepthModel))]
[JsonSerializable(typeof(Page<MarketTradeModel>))]
[JsonSerializable(typeof(UtilisationModel))]
[JsonSerializable(typeof(CandlesModel))]
[JsonSerializable(typeof(PriceIndicesModel))]
[JsonSerializable(typeof(BookSnapshotModel))]
[JsonSerializable(typeof(DepthChangeModel))]
internal sealed partial class MarketsJson : JsonSerializerContext;
