using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Contests a charge, as its buyer or provider. Needs the scope <c>leases:write</c>.</summary>
    public Task<DisputeModel> OpenDisputeAsync(
        string invoiceId, string usageId, OpenDisputeRequest request, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/invoices/{invoiceId}/lines/{usageId}/disputes", request, DisputesJson.Default.OpenDisputeRequest, idempotencyKey,
            DisputesJson.Default.DisputeModel, cancellationToken);

    /// <summary>Decides a dispute. Needs the scope <c>finance:write</c>.</summary>
    public Task<DisputeModel> ResolveDisputeAsync(
        string disputeId, ResolveDisputeRequest request, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/disputes/{disputeId}/resolution", request, DisputesJson.Default.ResolveDisputeRequest, idempotencyKey,
            DisputesJson.Default.DisputeModel, cancellationToken);

    /// <summary>Reads a dispute.</summary>
    public Task<DisputeModel> GetDisputeAsync(string disputeId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/disputes/{disputeId}", DisputesJson.Default.DisputeModel, cancellationToken);

    /// <summary>Lists the organisation's disputes, as buyer and as provider, newest first; with the scope <c>finance:read</c> and no organisation, everyone's.</summary>
    /// <param name="limit">1 to 200.</param>
    /// <param name="cursor">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<Page<DisputeModel>> ListDisputesAsync(int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery("/v1/disputes", ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            DisputesJson.Default.PageDisputeModel,
            cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OpenDisputeRequest))]
[JsonSerializable(typeof(ResolveDisputeRequest))]
[JsonSerializable(typeof(Page<DisputeModel>))]
internal sealed partial class DisputesJson : JsonSerializerContext;
