using System.Security.Cryptography;
using Marketplace.Client.Tokens;
using Microsoft.IdentityModel.Tokens;

namespace Marketplace.Api.Auth;

/// <summary>
/// Issues tokens with a host's own key, where no authority does: the one-machine host and tests. Lifetimes are of real time.
/// </summary>
/// <param name="key">A P-256 private key.</param>
/// <param name="time">Real time.</param>
public sealed class LocalTokenIssuer(ECDsa key, TimeProvider time)
{
    private const string KeyId = "local";

    /// <summary>Has the API accept this issuer's tokens, and nobody else's.</summary>
    public void Trust(MarketplaceAuthOptions options)
    {
        options.Authority = null;
        options.SigningKeys = [new ECDsaSecurityKey(ECDsa.Create(key.ExportParameters(includePrivateParameters: false))) { KeyId = KeyId }];
    }

    /// <summary>Issues a token.</summary>
    /// <param name="subject">Who; the claim <c>sub</c>.</param>
    /// <param name="organisation">For which organisation; null for platform staff.</param>
    /// <param name="scopes">What it allows.</param>
    /// <param name="lifetime">How long it is good for.</param>
    public string Issue(string subject, OrganisationId? organisation, IEnumerable<string> scopes, TimeSpan lifetime)
    {
        var now = time.GetUtcNow();
        var options = new MarketplaceAuthOptions();
        return Es256Token.Sign(key, KeyId, claims =>
        {
            claims.WriteString("iss", options.Issuer);
            claims.WriteString("aud", options.Audience);
            claims.WriteString("sub", subject);
            if (organisation is { } id) claims.WriteString(Caller.OrganisationClaim, id.ToString());
            claims.WriteString(Caller.ScopeClaim, string.Join(' ', scopes));
            claims.WriteNumber("iat", now.ToUnixTimeSeconds());
            claims.WriteNumber("exp", (now + lifetime).ToUnixTimeSeconds());
        });
    }
}
