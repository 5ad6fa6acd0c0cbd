using Marketplace.Registry.Enrolments;
using NodaTime;

namespace Marketplace.Registry.EnrolKey;

/// <summary>Decides on the use of codes.</summary>
public static class EnrolmentRules
{
    /// <summary>The enrolment with the key; the same one again where this key was enrolled with it before.</summary>
    public static Result<MachineEnrolment, EnrolKeyRefusal> Enrol(MachineEnrolment? enrolment, EnrolmentCode? code, byte[] publicKey, Instant now)
    {
        if (!P256PublicKey.IsValid(publicKey)) return EnrolKeyRefusal.PublicKeyInvalid;
        if (enrolment is null || code is null || !code.IsAmong(enrolment.SecretHashes)) return EnrolKeyRefusal.CodeInvalid;
        return enrolment.StatusAt(now) switch
        {
            EnrolmentStatus.Revoked => EnrolKeyRefusal.EnrolmentRevoked,
            EnrolmentStatus.Enrolled or EnrolmentStatus.Rotating or EnrolmentStatus.Retired =>
                publicKey.AsSpan().SequenceEqual(enrolment.PublicKey) ? enrolment : EnrolKeyRefusal.CodeUsed,
            EnrolmentStatus.Expired => EnrolKeyRefusal.CodeExpired,
            EnrolmentStatus.Open => enrolment with { PublicKey = publicKey, EnrolledAt = now },
            var unknown => throw new InvariantException($"An enrolment is {unknown}."),
        };
    }
}
