namespace Marketplace.Verification.Certificates;

/// <summary>The marketplace's key for certificates: ECDSA on P-256 with SHA-256. The host holds it.</summary>
public interface ICertificateSigner
{
    /// <summary>Names the key, so that old certificates can be checked after a change of keys.</summary>
    string KeyId { get; }

    /// <summary>The public key as SubjectPublicKeyInfo, DER.</summary>
    ReadOnlyMemory<byte> PublicKey { get; }

    /// <summary>Signs bytes; 64 bytes, r and s one after another (IEEE P1363).</summary>
    byte[] Sign(ReadOnlySpan<byte> data);
}
