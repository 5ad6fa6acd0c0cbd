using System.Security.Cryptography;
using System.Text;

namespace Marketplace.Kernel;

/// <summary>
/// What a machine signs with its old key to go over to a new one. Signer and verifier share it: four lines of ASCII, each ended by a
/// line feed. The first names the format, so that no other signature of the machine passes for it.
/// </summary>
public static class KeyRotationFormat
{
    private const string FirstLine = "marketplace machine key rotation 1";

    /// <summary>The bytes that are signed.</summary>
    /// <param name="oldKey">The enrolment of the key that signs.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="newPublicKey">The new key, ECDSA P-256 SubjectPublicKeyInfo, DER.</param>
    public static byte[] ToBytes(EnrolmentId oldKey, MachineId machine, ReadOnlySpan<byte> newPublicKey) =>
        Encoding.ASCII.GetBytes($"{FirstLine}\n{oldKey}\n{machine}\n{Convert.ToBase64String(newPublicKey)}\n");

    /// <summary>Signs: 64 bytes, r and s one after another (IEEE P1363).</summary>
    public static byte[] Sign(EnrolmentId oldKey, MachineId machine, ReadOnlySpan<byte> newPublicKey, ECDsa key) =>
        key.SignData(ToBytes(oldKey, machine, newPublicKey), HashAlgorithmName.SHA256);

    /// <summary>Whether a signature is the old key's over the new one.</summary>
    /// <param name="oldKey">The enrolment of the key that signed.</param>
    /// <param name="oldPublicKey">That key.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="newPublicKey">The new key.</param>
    /// <param name="signature">The signature; of any length.</param>
    public static bool Verify(
        EnrolmentId oldKey, ReadOnlySpan<byte> oldPublicKey, MachineId machine, ReadOnlySpan<byte> newPublicKey, ReadOnlySpan<byte> signature)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(oldPublicKey, out _);
        return key.VerifyData(ToBytes(oldKey, machine, newPublicKey), signature, HashAlgorithmName.SHA256);
    }
}
