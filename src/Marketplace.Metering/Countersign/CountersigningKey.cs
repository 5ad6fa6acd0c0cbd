using NodaTime;

namespace Marketplace.Metering;

/// <summary>A key with which a buyer countersigns batches.</summary>
/// <param name="Id">The key's id.</param>
/// <param name="Buyer">Whose key.</param>
/// <param name="LeaseId">The one lease that it may countersign for; null for any of the buyer's.</param>
/// <param name="PublicKey">ECDSA P-256 SubjectPublicKeyInfo, DER.</param>
/// <param name="RegisteredAt">When it was registered.</param>
/// <param name="RevokedAt">When it was revoked; null while it may sign. What it signed before stands.</param>
public sealed record CountersigningKey(
    CountersigningKeyId Id, OrganisationId Buyer, LeaseId? LeaseId, byte[] PublicKey, Instant RegisteredAt, Instant? RevokedAt)
{
    internal bool MaySign(LeaseId lease) => RevokedAt is null && (LeaseId is null || LeaseId == lease);
}

/// <summary>Why a key is not registered, the first that applies.</summary>
public enum RegisterKeyRefusal
{
    /// <summary>The organisation is not the buyer of such a lease, or it has not become ready.</summary>
    LeaseUnknown,

    /// <summary>The key is not exactly a SubjectPublicKeyInfo of an ECDSA key on P-256.</summary>
    PublicKeyInvalid,
}

/// <summary>Why a key is not revoked.</summary>
public enum RevokeKeyRefusal
{
    /// <summary>The organisation has no such key.</summary>
    KeyUnknown,
}
