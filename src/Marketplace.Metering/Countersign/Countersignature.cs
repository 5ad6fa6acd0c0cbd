using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Metering;

/// <summary>A buyer's signature over a batch's hash, kept with the batch, its key with it.</summary>
/// <param name="Batch">The batch's number.</param>
/// <param name="KeyId">The key that signed.</param>
/// <param name="PublicKey">The key as it was registered.</param>
/// <param name="Signature">Over <see cref="ReadingBatchFormat.ToCountersignedBytes"/>, base64.</param>
/// <param name="CountersignedAt">When it came.</param>
public sealed record Countersignature(long Batch, CountersigningKeyId KeyId, byte[] PublicKey, string Signature, Instant CountersignedAt)
{
    /// <summary>What evidence shows of it beside its batch.</summary>
    public EvidenceCountersignature Show(ReadingBatch batch) => new(
        KeyId,
        Signature,
        ReadingBatchFormat.IsHash(batch.Hash) && ReadingBatchFormat.Verify(ReadingBatchFormat.ToCountersignedBytes(batch.Hash), Signature, PublicKey),
        CountersignedAt);
}

/// <summary>Why a batch is not countersigned, the first that applies.</summary>
public enum CountersignRefusal
{
    /// <summary>The organisation is not the buyer of such a lease, or it has not become ready.</summary>
    LeaseUnknown,

    /// <summary>No batch of the lease that was taken has this hash.</summary>
    BatchUnknown,

    /// <summary>The key is not the buyer's, is for another lease, or is revoked.</summary>
    KeyUnknown,

    /// <summary>The signature is not the key's over the batch's hash.</summary>
    SignatureInvalid,

    /// <summary>The batch was countersigned with another key.</summary>
    AlreadyCountersigned,
}
