using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Reads the organisation's own credit as a buyer.</summary>
    public Task<BuyerCreditModel> GetCreditAsync(CancellationToken cancellationToken = default) =>
        GetAsync("/v1/credit", BuyerCreditJson.Default.BuyerCreditModel, cancellationToken);

    /// <summary>Reads a buyer's credit. Needs the scope <c>finance:read</c>.</summary>
    public Task<BuyerCreditModel> GetCreditAsync(string organisationId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/credit/{organisationId}", BuyerCreditJson.Default.BuyerCreditModel, cancellationToken);

    /// <summary>Replaces a buyer's credit limits. Needs the scope <c>finance:write</c>.</summary>
    public Task<BuyerCreditModel> SetCreditLimitsAsync(
        string organisationId, SetCreditLimitsRequest request, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/credit/{organisationId}/limits", request, BuyerCreditJson.Default.SetCreditLimitsRequest, idempotencyKey,
            BuyerCreditJson.Default.BuyerCreditModel, cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BuyerCreditModel))]
[JsonSerializable(typeof(SetCreditLimitsRequest))]
internal sealed partial class BuyerCreditJson : JsonSerializerContext;
