using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Client.Models;

namespace Marketplace.Client;

public sealed partial class MarketplaceClient
{
    /// <summary>Sends a signed batch of readings. Needs the machine's token.</summary>
    public Task<ReadingBatchModel> SubmitReadingsAsync(
        string leaseId, SubmitReadingsRequest batch, string idempotencyKey, CancellationToken cancellationToken = default) =>
        CreateAsync(
            $"/v1/leases/{leaseId}/readings",
            batch,
            UsageJson.Default.SubmitReadingsRequest,
            idempotencyKey,
            UsageJson.Default.ReadingBatchModel,
            cancellationToken);

    /// <summary>Signs a batch of readings and sends it, under its own hash as the key, so that repeating it is harmless.</summary>
    public Task<ReadingBatchModel> SubmitReadingsAsync(
        LeaseId leaseId,
        EnrolmentId machineKeyId,
        ECDsa key,
        string previousBatchHash,
        IReadOnlyList<SignedReading> readings,
        CancellationToken cancellationToken = default)
    {
        var hash = ReadingBatchFormat.Hash(ReadingBatchFormat.ToBytes(leaseId, machineKeyId, previousBatchHash, readings));
        return SubmitReadingsAsync(
            leaseId.ToString(), SignedReadings.Create(leaseId, machineKeyId, key, previousBatchHash, readings), hash, cancellationToken);
    }

    /// <summary>Where a lease's chain of batches stands. Needs the machine's token.</summary>
    public Task<ReadingHeadModel> GetReadingHeadAsync(string leaseId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/leases/{leaseId}/readings", UsageJson.Default.ReadingHeadModel, cancellationToken);

    /// <summary>The use of a lease, for its buyer, its provider and finance.</summary>
    public Task<UsageModel> GetUsageAsync(string leaseId, CancellationToken cancellationToken = default) =>
        GetAsync($"/v1/leases/{leaseId}/usage", UsageJson.Default.UsageModel, cancellationToken);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SubmitReadingsRequest))]
[JsonSerializable(typeof(ReadingBatchModel))]
[JsonSerializable(typeof(ReadingHeadModel))]
[JsonSerializable(typeof(UsageModel))]
internal sealed partial class UsageJson : JsonSerializerContext;
