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

    /// <summary>The machine has gone over to another key; this one still signs for a short while.</summary>
    Rotating,

    /// <summary>The machine has gone over to another key, and this one signs nothing any more.</summary>
    Retired,

    /// <summary>Its provider or an operator took it back; its code and its key are void.</summary>
    Revoked,
}

/// <summary>That a machine goes over to another key: the old one signed it. Evidence for ever.</summary>
/// <param name="SuccessorId">The enrolment of the new key.</param>
/// <param name="PublicKey">The new key, ECDSA P-256 SubjectPublicKeyInfo, DER.</param>
/// <param name="Signature">The old key's over <see cref="KeyRotationFormat"/>, 64 bytes.</param>
/// <param name="RotatedAt">From when the new key signs.</param>
/// <param name="RetiresAt">From when the old key does not sign any more.</param>
public sealed record KeyRotation(EnrolmentId SuccessorId, byte[] PublicKey, byte[] Signature, Instant RotatedAt, Instant RetiresAt);

/// <summary>Why a key is not trusted any more.</summary>
/// <param name="Reason">As it was given, 1 to 500 characters.</param>
/// <param name="IsByOperator">Whether an operator revoked it, and not its provider.</param>
public sealed record Revocation(string Reason, bool IsByOperator);

/// <summary>The record of one enrolment: first a code, then the key that was posted with it. Codes are never kept, only their hashes.</summary>
/// <param name="Id">Its id, and the key id of the machine's tokens.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Provider">Whose machine.</param>
/// <param name="ExpiresAt">From then on its codes are void.</param>
/// <param name="SecretHashes">SHA-256 of the secrets of its codes; more than one where the request for a code was repeated.</param>
/// <param name="PublicKey">ECDSA P-256 SubjectPublicKeyInfo, DER; null before a code was used.</param>
/// <param name="EnrolledAt">When the key was posted.</param>
/// <param name="RevokedAt">When it was taken back; null while it is not.</param>
/// <param name="Revocation">Why; null while it is not.</param>
/// <param name="PredecessorId">The enrolment whose key signed this one; null where a code enrolled it.</param>
/// <param name="Rotation">How the machine went over to another key; null while it has not.</param>
public sealed record MachineEnrolment(
    EnrolmentId Id,
    MachineId MachineId,
    OrganisationId Provider,
    Instant ExpiresAt,
    IReadOnlyList<byte[]> SecretHashes,
    byte[]? PublicKey,
    Instant? EnrolledAt,
    Instant? RevokedAt,
    Revocation? Revocation = null,
    EnrolmentId? PredecessorId = null,
    KeyRotation? Rotation = null)
{
    /// <summary>How far it is.</summary>
    public EnrolmentStatus StatusAt(Instant now) =>
        RevokedAt is not null ? EnrolmentStatus.Revoked
        : Rotation is { } rotation ? now < rotation.RetiresAt ? EnrolmentStatus.Rotating : EnrolmentStatus.Retired
        : PublicKey is not null ? EnrolmentStatus.Enrolled
        : now >= ExpiresAt ? EnrolmentStatus.Expired
        : EnrolmentStatus.Open;

    /// <summary>Whether its key signs for the machine.</summary>
    public bool SignsAt(Instant now) => StatusAt(now) is EnrolmentStatus.Enrolled or EnrolmentStatus.Rotating;
}

/// <summary>An enrolment as its provider's partition lists it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="ExpiresAt">From then on its codes are void.</param>
public sealed record EnrolmentEntry(EnrolmentId Id, MachineId MachineId, Instant ExpiresAt);
