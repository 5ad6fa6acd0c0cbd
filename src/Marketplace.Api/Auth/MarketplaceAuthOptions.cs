using Microsoft.IdentityModel.Tokens;

namespace Marketplace.Api.Auth;

/// <summary>Whose tokens are accepted. Either an authority that publishes its keys, or keys given here.</summary>
public sealed class MarketplaceAuthOptions
{
    /// <summary>The claim <c>iss</c>.</summary>
    public string Issuer { get; set; } = "marketplace-local";

    /// <summary>The claim <c>aud</c>.</summary>
    public string Audience { get; set; } = "marketplace";

    /// <summary>An OpenID Connect authority; null when <see cref="SigningKeys"/> are given.</summary>
    public string? Authority { get; set; }

    /// <summary>Public keys of the issuer, used without an authority.</summary>
    public IReadOnlyList<SecurityKey> SigningKeys { get; set; } = [];

    /// <summary>Accepted signature algorithms.</summary>
    public IReadOnlyList<string> Algorithms { get; set; } = [SecurityAlgorithms.EcdsaSha256];
}
