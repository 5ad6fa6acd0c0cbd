using System.Security.Cryptography;

namespace Marketplace.Client.Tokens;

/// <summary>
/// Tokens of a machine, signed with its enrolled key. They live for minutes, so a machine makes its own as it goes. Lifetimes are of
/// real time, whatever the market's clock says.
/// </summary>
public static class MachineToken
{
    /// <summary>The longest lifetime that the server accepts.</summary>
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromMinutes(5);

    /// <summary>What machine tokens are for; the claim <c>aud</c>.</summary>
    public const string Audience = "marketplace";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(4);

    /// <summary>Reads a machine's private key from a PEM file.</summary>
    /// <exception cref="CryptographicException">The file holds no P-256 private key.</exception>
    public static ECDsa ReadKey(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            return key.KeySize == 256 ? key : throw new CryptographicException("A machine's key is on the curve P-256.");
        }
        catch (ArgumentException noPem)
        {
            key.Dispose();
            throw new CryptographicException($"'{path}' holds no private key in PEM form.", noPem);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Makes a token that is good for four minutes.</summary>
    public static string Create(ECDsa key, EnrolmentId enrolment, TimeProvider time)
    {
        var now = time.GetUtcNow();
        return Es256Token.Sign(key, enrolment.ToString(), claims =>
        {
            claims.WriteString("sub", enrolment.ToString());
            claims.WriteString("aud", Audience);
            claims.WriteNumber("iat", now.ToUnixTimeSeconds());
            claims.WriteNumber("exp", (now + Lifetime).ToUnixTimeSeconds());
        });
    }

    /// <summary>Client options that make a fresh token for each request.</summary>
    public static MarketplaceClientOptions Options(ECDsa key, EnrolmentId enrolment, TimeProvider time, TimeSpan patience) =>
        new() { Token = _ => ValueTask.FromResult(Create(key, enrolment, time)), Patience = patience };
}
