using NodaTime;

namespace Marketplace.Registry.Enrolments;

/// <summary>How far an enrolment is.</summary>
public enum EnrolmentStatus
{
    /// <summary>Its code was not used yet and may be.</summary>
    Open,

    /// <summary>Its code was not used in time.</summary>
    Expired,

    /// <summary>A key is enrolled and signs for the machine.</summary>
    Enrolled,

    /// <summary>The provider took it back; its code and its key are void.</summary>
    Revoked,
}

/// <summary>The record of one enrolment: first a code, then the key that was posted with it. Codes are never kept, only their hashes.</summary>
/// <param name="Id">Its id, and the key id of the machine's tokens.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Provider">Whose machine.</param>
/// <param name="ExpiresAt">From then on its codes are void.</param>
/// <param name="SecretHashes">SHA-256 of the secrets of its codes; more than one where the request for a code was repeated.</param>
/// <param name="PublicKey">ECDSA P-256 SubjectPublicKeyInfo, DER; null before a code was used.</param>
/// <param name="EnrolledAt">When the key was posted.</param>
/// <param name="RevokedAt">When the provider took it back.</param>
public sealed record MachineEnrolment(
    EnrolmentId Id,
    MachineId MachineId,
    OrganisationId Provider,
    Instant ExpiresAt,
    IReadOnlyList<byte[]> SecretHashes,
    byte[]? PublicKey,
    Instant? EnrolledAt,
    Instant? RevokedAt)
{
    /// <summary>How far it is.</summary>
    public EnrolmentStatus StatusAt(Instant now) =>
        RevokedAt is not null ? EnrolmentStatus.Revoked
        : PublicKey is not null ? EnrolmentStatus.Enrolled
        : now >= ExpiresAt ? EnrolmentStatus.Expired
        : EnrolmentStatus.Open;
}

/// <summary>An enrolment as its provider's partition lists it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="ExpiresAt">From then on its codes are void.</param>
public sealed record EnrolmentEntry(EnrolmentId Id, MachineId MachineId, Instant ExpiresAt);
