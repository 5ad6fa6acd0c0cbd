using System.Security.Cryptography;

namespace Marketplace.Kernel;

/// <summary>Checks public keys before they are taken.</summary>
public static class P256PublicKey
{
    private const string P256 = "1.2.840.10045.3.1.7";
    private const int MaxBytes = 256;

    /// <summary>Whether the bytes are exactly a SubjectPublicKeyInfo of an ECDSA key on the curve P-256.</summary>
    public static bool IsValid(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        if (subjectPublicKeyInfo.Length > MaxBytes) return false;
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(subjectPublicKeyInfo, out var read);
            var curve = key.ExportParameters(includePrivateParameters: false).Curve;

            // One encoding per key, so that a key that is posted twice is seen to be the same.
            return read == subjectPublicKeyInfo.Length
                && curve.IsNamed && curve.Oid.Value == P256
                && subjectPublicKeyInfo.SequenceEqual(key.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
