namespace Marketplace.Registry.EnrolKey;

/// <summary>Command: make a public key the machine's, proven by a one-time code.</summary>
/// <param name="Code">The code as it was shown to the provider.</param>
/// <param name="PublicKey">ECDSA P-256 SubjectPublicKeyInfo, DER.</param>
public sealed record EnrolKey(string Code, byte[] PublicKey);

/// <summary>Why a key is not enrolled; the first that applies.</summary>
public enum EnrolKeyRefusal
{
    /// <summary>The key is not exactly a SubjectPublicKeyInfo of an ECDSA key on P-256. The code stays usable.</summary>
    PublicKeyInvalid,

    /// <summary>No such code was issued. Whether its enrolment exists is not told.</summary>
    CodeInvalid,

    /// <summary>The provider revoked the enrolment.</summary>
    EnrolmentRevoked,

    /// <summary>The code was used, with another key.</summary>
    CodeUsed,

    /// <summary>The code was not used within its hour.</summary>
    CodeExpired,
}
