using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Marketplace.Client.Tokens;

/// <summary>JSON web tokens signed with ECDSA P-256 and SHA-256 (RFC 7515, RFC 7518 section 3.4).</summary>
public static class Es256Token
{
    /// <summary>Signs a token.</summary>
    /// <param name="key">A P-256 private key.</param>
    /// <param name="keyId">The header's <c>kid</c>.</param>
    /// <param name="claims">Writes the claims into an open JSON object.</param>
    public static string Sign(ECDsa key, string keyId, Action<Utf8JsonWriter> claims)
    {
        var header = Encode(writer =>
        {
            writer.WriteString("alg", "ES256");
            writer.WriteString("typ", "JWT");
            writer.WriteString("kid", keyId);
        });
        var signed = $"{header}.{Encode(claims)}";
        var signature = key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}
