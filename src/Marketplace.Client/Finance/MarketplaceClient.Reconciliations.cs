using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Reconciles a month. Needs the scope <c>finance:write</c>.</summary>
    public Task<ReconciliationModel> RunReconciliationAsync(string period, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync(
            "/v1/reconciliations",
            new RunReconciliationRequest(period),
            ReconciliationsJson.Default.RunReconciliationRequest,
            idempotencyKey,
            ReconciliationsJson.Default.ReconciliationModel,
            cancellationToken);

    /// <summary>Reads a reconciliation. Needs the scope <c>finance:read</c>.</summary>
    public Task<ReconciliationModel> GetReconciliationAsync(string reconciliationId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/reconciliations/{reconciliationId}", ReconciliationsJson.Default.ReconciliationModel, cancellationToken);

    /// <summary>Lists reconciliations, newest first, without their differences. Needs the scope <c>finance:read</c>.</summary>
    public Task<Page<ReconciliationModel>> ListReconciliationsAsync(int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery("/v1/reconciliations", ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            ReconciliationsJson.Default.PageReconciliationModel,
            cancellationToken);

    /// <summary>Resolves a difference with a reason. Needs the scope <c>finance:write</c>.</summary>
    public Task<DifferenceModel> ResolveDifferenceAsync(
        string reconciliationId, string differenceId, ResolveDifferenceRequest request, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/reconciliations/{reconciliationId}/differences/{differenceId}/resolution",
            request,
            ReconciliationsJson.Default.ResolveDifferenceRequest,
            idempotencyKey,
            ReconciliationsJson.Default.DifferenceModel,
            cancellationToken);

    /// <summary>Reads the differences of a reconciliation as CSV. Needs the scope <c>finance:read</c>.</summary>
    public async Task<string> GetDifferencesCsvAsync(string reconciliationId, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/v1/reconciliations/{reconciliationId}/differences.csv", null, null, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RunReconciliationRequest))]
[JsonSerializable(typeof(ReconciliationModel))]
[JsonSerializable(typeof(ResolveDifferenceRequest))]
[JsonSerializable(typeof(DifferenceModel))]
[JsonSerializable(typeof(Page<ReconciliationModel>))]
internal sealed partial class ReconciliationsJson : JsonSerializerContext;
