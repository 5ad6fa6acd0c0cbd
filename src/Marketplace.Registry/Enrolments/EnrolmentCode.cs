using System.Security.Cryptography;
using System.Text;
using Marketplace.Runtime.Time;

namespace Marketplace.Registry.Enrolments;

/// <summary>
/// The one-time code that a provider carries to its machine: the enrolment's id, a point and a secret of 128 bits in lower-case hex.
/// </summary>
public sealed class EnrolmentCode
{
    private const int SecretBytes = 16;

    private EnrolmentCode(EnrolmentId id, string secret) => (Id, SecretHash, Text) = (id, SHA256.HashData(Encoding.ASCII.GetBytes(secret)), $"{id}.{secret}");

    /// <summary>The enrolment.</summary>
    public EnrolmentId Id { get; }

    /// <summary>SHA-256 of the secret: what is kept. The secret has too many bits to be guessed from it.</summary>
    public byte[] SecretHash { get; }

    /// <summary>The code as it is shown once.</summary>
    public string Text { get; }

    /// <summary>A new code of an enrolment.</summary>
    public static EnrolmentCode Create(EnrolmentId id, IEntropy entropy)
    {
        Span<byte> secret = stackalloc byte[SecretBytes];
        entropy.Fill(secret);
        return new EnrolmentCode(id, Convert.ToHexStringLower(secret));
    }

    /// <summary>Reads a code, or null if the text is none.</summary>
    public static EnrolmentCode? Parse(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0 || !EnrolmentId.TryParse(text[..point], out var id)) return null;
        var secret = text[(point + 1)..];
        return secret.Length == SecretBytes * 2 && secret.All(char.IsAsciiHexDigitLower) ? new EnrolmentCode(id, secret) : null;
    }

    /// <summary>Whether its hash is among those kept. Takes the same time wherever they differ.</summary>
    public bool IsAmong(IReadOnlyList<byte[]> hashes)
    {
        var found = false;
        foreach (var hash in hashes) found |= CryptographicOperations.FixedTimeEquals(hash, SecretHash);
        return found;
    }
}
