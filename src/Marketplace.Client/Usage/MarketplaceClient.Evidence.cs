using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Why a line of an invoice bills what it bills: for the invoice's buyer, the line's provider and finance.</summary>
    public Task<EvidenceModel> GetEvidenceAsync(string invoiceId, string usageId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/invoices/{invoiceId}/lines/{usageId}/evidence", EvidenceJson.Default.EvidenceModel, cancellationToken);

    /// <summary>The same as CSV: a row for each stretch of the lease, with its rule, reading and batch.</summary>
    public async Task<string> GetEvidenceCsvAsync(string invoiceId, string usageId, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(
            HttpMethod.Get, $"/v1/invoices/{invoiceId}/lines/{usageId}/evidence.csv", null, null, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(EvidenceModel))]
internal sealed partial class EvidenceJson : JsonSerializerContext;
