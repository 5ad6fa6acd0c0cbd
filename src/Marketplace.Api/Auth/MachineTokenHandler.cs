using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using Marketplace.Client.Tokens;
using Marketplace.Contracts;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Marketplace.Api.Auth;

/// <summary>
/// Authenticates a machine by a token that its enrolled key signed: ES256, <c>kid</c> the enrolment, at most five minutes of life.
/// Lifetimes are of real time, whatever the market's clock says.
/// </summary>
internal sealed class MachineTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, IMachineKeys machineKeys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "Machine";

    private static readonly JsonWebTokenHandler Tokens = new() { MapInboundClaims = false };

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        var text = header["Bearer ".Length..].Trim();
        if (!Tokens.CanReadToken(text) || !TryRead(text, out var token) || !EnrolmentId.TryParse(token.Kid, out var enrolment))
        {
            return AuthenticateResult.Fail("This is no machine's token.");
        }

        if (token.ValidTo - token.IssuedAt > MachineToken.LongestLifetime) return AuthenticateResult.Fail("The token lives too long.");
        var key = await machineKeys.FindAsync(enrolment, Context.RequestAborted);
        if (key is not { MaySign: true }) return AuthenticateResult.Fail("The key is not enrolled.");

        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(key.PublicKey, out _);
        var validated = await Tokens.ValidateTokenAsync(text, Rules(new ECDsaSecurityKey(ecdsa)));
        if (!validated.IsValid) return AuthenticateResult.Fail("The token does not hold.");
        var identity = new ClaimsIdentity(
            [
                new Claim("sub", key.Id.ToString()),
                new Claim(MachineCaller.MachineClaim, key.MachineId.ToString()),
                new Claim(Caller.OrganisationClaim, key.Provider.ToString()),
            ],
            SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    private static bool TryRead(string text, out JsonWebToken token)
    {
        try
        {
            token = Tokens.ReadJsonWebToken(text);
            return token.IssuedAt != default;
        }
        catch (Exception malformed) when (malformed is ArgumentException or SecurityTokenException)
        {
            token = null!;
            return false;
        }
    }

    private static TokenValidationParameters Rules(ECDsaSecurityKey key) => new()
    {
        // The key lives for this one check: no provider may be cached for it.
        CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        IssuerSigningKey = key,
        TryAllIssuerSigningKeys = true,
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        ValidAudience = MachineToken.Audience,
        ValidateIssuer = false,
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        ClockSkew = TimeSpan.FromSeconds(30),
    };
}
