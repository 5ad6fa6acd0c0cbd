using Marketplace.Registry.Enrolments;
using NodaTime;

namespace Marketplace.Registry.RotateKey;

/// <summary>Command: a machine goes over to another key, which its present one signs.</summary>
/// <param name="OldKey">The enrolment of the present key.</param>
/// <param name="PublicKey">The new key, ECDSA P-256 SubjectPublicKeyInfo, DER.</param>
/// <param name="Signature">The present key's over <see cref="KeyRotationFormat"/>.</param>
public sealed record RotateKey(EnrolmentId OldKey, byte[] PublicKey, byte[] Signature);

/// <summary>Why a machine does not go over to a key; the first that applies.</summary>
public enum RotateKeyRefusal
{
    /// <summary>The new key is not exactly a SubjectPublicKeyInfo of an ECDSA key on P-256.</summary>
    PublicKeyInvalid,

    /// <summary>The present key is not enrolled, retired or revoked.</summary>
    KeyMayNotSign,

    /// <summary>The new key is the present one.</summary>
    PublicKeyUnchanged,

    /// <summary>The signature is not the present key's over the new key.</summary>
    SignatureInvalid,

    /// <summary>The present key signed another new key before: a key has one successor.</summary>
    RotatedToAnotherKey,
}

/// <summary>Decides on rotations.</summary>
public static class RotationRules
{
    /// <summary>How long the old key signs beside the new one: what was signed before the machine changed over has arrived by then.</summary>
    public static readonly Duration Overlap = Duration.FromMinutes(15);

    /// <summary>The old key's enrolment with its successor; the same one again where it went over to this key before.</summary>
    public static Result<MachineEnrolment, RotateKeyRefusal> Rotate(MachineEnrolment? old, RotateKey command, EnrolmentId successor, Instant now)
    {
        if (!P256PublicKey.IsValid(command.PublicKey)) return RotateKeyRefusal.PublicKeyInvalid;
        if (old is null || !old.SignsAt(now)) return RotateKeyRefusal.KeyMayNotSign;
        if (command.PublicKey.AsSpan().SequenceEqual(old.PublicKey)) return RotateKeyRefusal.PublicKeyUnchanged;
        if (!KeyRotationFormat.Verify(old.Id, old.PublicKey, old.MachineId, command.PublicKey, command.Signature)) return RotateKeyRefusal.SignatureInvalid;
        if (old.Rotation is { } made) return command.PublicKey.AsSpan().SequenceEqual(made.PublicKey) ? old : RotateKeyRefusal.RotatedToAnotherKey;
        return old with { Rotation = new KeyRotation(successor, command.PublicKey, command.Signature, now, now + Overlap) };
    }

    /// <summary>The enrolment of the new key.</summary>
    public static MachineEnrolment Successor(MachineEnrolment old)
    {
        var rotation = old.Rotation ?? throw new InvariantException($"{old.Id} has no successor.");
        return new MachineEnrolment(
            rotation.SuccessorId, old.MachineId, old.Provider, old.ExpiresAt, [], rotation.PublicKey, rotation.RotatedAt, RevokedAt: null, PredecessorId: old.Id);
    }
}
