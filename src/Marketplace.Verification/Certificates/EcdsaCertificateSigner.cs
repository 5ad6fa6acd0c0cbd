using System.Security.Cryptography;

namespace Marketplace.Verification.Certificates;

/// <summary>Signs with a P-256 key in memory. The key id is the start of the SHA-256 of its public key, so it names the key by itself.</summary>
public sealed class EcdsaCertificateSigner : ICertificateSigner, IDisposable
{
    private readonly ECDsa key;
    private readonly byte[] publicKey;
    private readonly Lock gate = new();

    /// <summary>Takes over a private key on P-256.</summary>
    public EcdsaCertificateSigner(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        this.key = key;
        publicKey = key.ExportSubjectPublicKeyInfo();
        KeyId = Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 8));
    }

    /// <inheritdoc/>
    public string KeyId { get; }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> PublicKey => publicKey;

    /// <inheritdoc/>
    public byte[] Sign(ReadOnlySpan<byte> data)
    {
        lock (gate) return key.SignData(data, HashAlgorithmName.SHA256);
    }

    /// <inheritdoc/>
    public void Dispose() => key.Dispose();
}
