using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Registers a key with which the organisation countersigns its leases' readings. Needs the scope <c>leases:write</c>.</summary>
    public Task<CountersigningKeyModel> RegisterCountersigningKeyAsync(
        RegisterCountersigningKeyRequest key, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync(
            "/v1/countersigning-keys",
            key,
            CountersigningJson.Default.RegisterCountersigningKeyRequest,
            idempotencyKey,
            CountersigningJson.Default.CountersigningKeyModel,
            cancellationToken);

    /// <summary>Lists the organisation's keys, oldest first, revoked ones too.</summary>
    public Task<Page<CountersigningKeyModel>> ListCountersigningKeysAsync(
        int limit = 50, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery("/v1/countersigning-keys", ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("cursor", cursor)),
            CountersigningJson.Default.PageCountersigningKeyModel,
            cancellationToken);

    /// <summary>Revokes a key. Again, it changes nothing. Needs the scope <c>leases:write</c>.</summary>
    public Task<CountersigningKeyModel> RevokeCountersigningKeyAsync(string keyId, CancellationToken cancellationToken = default) => SendAsync(
        HttpMethod.Delete, $"/v1/countersigning-keys/{keyId}", null, null, CountersigningJson.Default.CountersigningKeyModel, cancellationToken);

    /// <summary>Lists a lease's batches as they were signed, for its buyer, its provider and finance; at most 10 a page.</summary>
    public Task<Page<SignedBatchModel>> ListReadingBatchesAsync(string leaseId, string? cursor = null, CancellationToken cancellationToken = default) =>
        GetAsync(
            WithQuery($"/v1/leases/{leaseId}/reading-batches", ("cursor", cursor)), CountersigningJson.Default.PageSignedBatchModel, cancellationToken);

    /// <summary>Countersigns a batch for its buyer, under a name of its own for each signature. Needs the scope <c>leases:write</c>.</summary>
    public Task<CountersignatureModel> CountersignAsync(
        string leaseId, string batchHash, string keyId, ECDsa key, CancellationToken cancellationToken = default)
    {
        var signature = ReadingBatchFormat.Sign(ReadingBatchFormat.ToCountersignedBytes(batchHash), key);
        // Signing anew gives another signature, so the signature is part of the request's name.
        var name = Convert.ToHexStringLower(SHA256.HashData(Convert.FromBase64String(signature)));
        return CountersignAsync(leaseId, batchHash, new CountersignRequest(keyId, signature), name, cancellationToken);
    }

    /// <summary>Countersigns a batch for its buyer. Needs the scope <c>leases:write</c>.</summary>
    public Task<CountersignatureModel> CountersignAsync(
        string leaseId, string batchHash, CountersignRequest countersignature, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/leases/{leaseId}/reading-batches/{batchHash}/countersignature",
            countersignature,
            CountersigningJson.Default.CountersignRequest,
            idempotencyKey,
            CountersigningJson.Default.CountersignatureModel,
            cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RegisterCountersigningKeyRequest))]
[JsonSerializable(typeof(CountersigningKeyModel))]
[JsonSerializable(typeof(Page<CountersigningKeyModel>))]
[JsonSerializable(typeof(CountersignRequest))]
[JsonSerializable(typeof(CountersignatureModel))]
[JsonSerializable(typeof(Page<SignedBatchModel>))]
internal sealed partial class CountersigningJson : JsonSerializerContext;
