namespace Marketplace.Client.Models;

/// <summary>A key with which a buyer will countersign readings.</summary>
/// <param name="PublicKey">ECDSA P-256 SubjectPublicKeyInfo, DER, as base64.</param>
/// <param name="LeaseId">The one lease that it may countersign for; null for any of the organisation's.</param>
public sealed record RegisterCountersigningKeyRequest(string? PublicKey, string? LeaseId);

/// <summary>A registered key.</summary>
/// <param name="KeyId">Its id.</param>
/// <param name="LeaseId">The one lease that it may countersign for; null for any of the organisation's.</param>
/// <param name="PublicKey">ECDSA P-256 SubjectPublicKeyInfo, DER, as base64.</param>
/// <param name="RegisteredAt">When it was registered.</param>
/// <param name="RevokedAt">When it was revoked; null while it may sign.</param>
public sealed record CountersigningKeyModel(string KeyId, string? LeaseId, string PublicKey, string RegisteredAt, string? RevokedAt);

/// <summary>A countersignature of a batch.</summary>
/// <param name="KeyId">A registered key.</param>
/// <param name="Signature">
/// ECDSA P-256 with SHA-256, r and s, base64, over <see cref="ReadingBatchFormat.ToCountersignedBytes"/> of the batch's hash.
/// </param>
public sealed record CountersignRequest(string? KeyId, string? Signature);

/// <summary>A countersignature as it is kept.</summary>
/// <param name="KeyId">The key that signed.</param>
/// <param name="Signature">The signature, base64.</param>
/// <param name="SignatureValid">Whether it verifies over the batch's hash as it is kept now.</param>
/// <param name="CountersignedAt">When it came.</param>
public sealed record CountersignatureModel(string KeyId, string Signature, bool SignatureValid, string CountersignedAt);

/// <summary>A batch as it was signed, and what became of its readings.</summary>
/// <param name="Batch">Its number within the lease.</param>
/// <param name="BatchHash">The hash of its canonical bytes.</param>
/// <param name="PreviousBatchHash">The hash of the batch before it.</param>
/// <param name="MachineKeyId">The enrolled key that signed it.</param>
/// <param name="Signature">The signature, base64.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Readings">Its readings, in the order signed.</param>
/// <param name="Countersignature">The buyer's; null for none.</param>
public sealed record SignedBatchModel(
    long Batch,
    string BatchHash,
    string PreviousBatchHash,
    string MachineKeyId,
    string Signature,
    string ReceivedAt,
    IReadOnlyList<EvidenceReadingModel> Readings,
    CountersignatureModel? Countersignature);
