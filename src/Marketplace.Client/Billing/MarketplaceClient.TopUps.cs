using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Pays in advance with the organisation's payment method. Needs the scope <c>bids:write</c>.</summary>
    public Task<TopUpModel> TopUpAsync(TopUpRequest request, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync("/v1/credit/top-ups", request, TopUpsJson.Default.TopUpRequest, idempotencyKey, TopUpsJson.Default.TopUpModel, cancellationToken);

    /// <summary>Lists the organisation's payments in advance, newest first; with the scope <c>finance:read</c> and no organisation, everyone's.</summary>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Page<TopUpModel>> ListTopUpsAsync(int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery("/v1/credit/top-ups", ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            TopUpsJson.Default.PageTopUpModel,
            cancellationToken);

    /// <summary>Reads a payment in advance.</summary>
    public Task<TopUpModel> GetTopUpAsync(string topUpId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/credit/top-ups/{topUpId}", TopUpsJson.Default.TopUpModel, cancellationToken);

    /// <summary>Reads with what the buyer completes a pending payment on a form of the payment service. Needs the scope <c>bids:write</c>.</summary>
    public Task<TopUpSecretModel> GetTopUpSecretAsync(string topUpId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/credit/top-ups/{topUpId}/client-secret", TopUpsJson.Default.TopUpSecretModel, cancellationToken);

    /// <summary>Has unused credit of a top-up given back to where it came from. Needs the scope <c>bids:write</c>.</summary>
    public Task<TopUpRefundModel> RefundTopUpAsync(
        string topUpId, TopUpRefundRequest request, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/credit/top-ups/{topUpId}/refunds", request, TopUpsJson.Default.TopUpRefundRequest, idempotencyKey, TopUpsJson.Default.TopUpRefundModel,
            cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TopUpRequest))]
[JsonSerializable(typeof(TopUpSecretModel))]
[JsonSerializable(typeof(TopUpRefundRequest))]
[JsonSerializable(typeof(Page<TopUpModel>))]
internal sealed partial class TopUpsJson : JsonSerializerContext;
