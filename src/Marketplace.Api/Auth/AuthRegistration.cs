using Marketplace.Api.Problems;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace Marketplace.Api.Auth;

/// <summary>What an endpoint requires of its caller.</summary>
public static class AuthRequirements
{
    internal const string MachinePolicy = "machine";

    /// <summary>A token with a scope.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder builder, string scope)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization("scope:" + scope).WithMetadata(new RequiredScope(scope));

    /// <summary>Any valid token of a person or an organisation.</summary>
    public static TBuilder RequireToken<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization();

    /// <summary>A token that a machine's enrolled key signed.</summary>
    public static TBuilder RequireMachine<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => builder.RequireAuthorization(MachinePolicy).WithMetadata(new RequiredMachine());

    internal sealed record RequiredScope(string Scope);

    internal sealed record RequiredMachine;
}

internal static class AuthRegistration
{
    public static void AddMarketplaceAuth(this IServiceCollection services)
    {
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
            .AddJwtBearer()
            .AddScheme<AuthenticationSchemeOptions, MachineTokenHandler>(MachineTokenHandler.SchemeName, null);
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<IOptions<MarketplaceAuthOptions>>((bearer, marketplace) => Configure(bearer, marketplace.Value));
        var authorization = services.AddAuthorizationBuilder();
        foreach (var scope in Scopes.All)
        {
            authorization.AddPolicy("scope:" + scope, policy => policy
                .RequireAuthenticatedUser()
                .RequireAssertion(context => Caller.ScopesOf(context.User).Contains(scope)));
        }

        authorization.AddPolicy(AuthRequirements.MachinePolicy, policy => policy
            .AddAuthenticationSchemes(MachineTokenHandler.SchemeName)
            .RequireAuthenticatedUser());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AuthProblems>();
    }

    private static void Configure(JwtBearerOptions bearer, MarketplaceAuthOptions marketplace)
    {
        bearer.MapInboundClaims = false;
        bearer.Authority = marketplace.Authority;
        bearer.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = marketplace.Authority is null ? marketplace.Issuer : null,
            ValidAudience = marketplace.Audience,
            IssuerSigningKeys = marketplace.SigningKeys,
            ValidAlgorithms = marketplace.Algorithms,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = TimeSpan.FromSeconds(30),
            NameClaimType = "sub",
        };
    }

    /// <summary>Says as a problem why a caller is not let in.</summary>
    private sealed class AuthProblems : IAuthorizationMiddlewareResultHandler
    {
        public Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult result)
        {
            if (result.Succeeded) return next(context);
            if (result.Forbidden)
            {
                var scope = context.GetEndpoint()?.Metadata.GetMetadata<AuthRequirements.RequiredScope>()?.Scope;
                return ProblemTypes.ScopeRequired.With(scope is null ? null : $"The token does not have the scope '{scope}'.").ExecuteAsync(context);
            }

            var hasToken = context.Request.Headers.Authorization.Count > 0;
            context.Response.Headers.WWWAuthenticate = hasToken ? "Bearer error=\"invalid_token\"" : "Bearer";
            return (hasToken ? ProblemTypes.InvalidToken : ProblemTypes.TokenRequired).With().ExecuteAsync(context);
        }
    }
}
