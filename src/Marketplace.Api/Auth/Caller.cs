using System.Security.Claims;
using Marketplace.Api.Problems;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Api.Auth;

/// <summary>Who makes a request. Take it as a parameter of an endpoint.</summary>
/// <param name="Subject">The claim <c>sub</c>.</param>
/// <param name="OrganisationId">The claim <c>org</c>; null for platform staff.</param>
/// <param name="Scopes">What the token allows.</param>
public sealed record Caller(string Subject, OrganisationId? OrganisationId, IReadOnlyList<string> Scopes)
{
    /// <summary>The claim with the organisation.</summary>
    public const string OrganisationClaim = "org";

    /// <summary>The claim with the scopes, separated by spaces (RFC 9068).</summary>
    public const string ScopeClaim = "scope";

    /// <summary>Whether the token has a scope.</summary>
    public bool Has(string scope) => Scopes.Contains(scope);

    /// <summary>Reads the caller of a request.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(Of(context.User));

    internal static Caller Of(ClaimsPrincipal user) => new(
        user.FindFirstValue("sub") ?? "",
        Id<OrganisationKind>.TryParse(user.FindFirstValue(OrganisationClaim), out var organisation) ? organisation : null,
        ScopesOf(user));

    internal static string[] ScopesOf(ClaimsPrincipal user) =>
        [.. user.FindAll(ScopeClaim).SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
}

/// <summary>
/// A caller for an organisation: take it as a parameter where a request is made for the caller's own organisation. A token without
/// one is answered with 403 before the endpoint runs.
/// </summary>
/// <param name="OrganisationId">Whose objects the request may see and change.</param>
/// <param name="Caller">The caller.</param>
public sealed record OrganisationCaller(OrganisationId OrganisationId, Caller Caller)
{
    /// <summary>Reads the caller of a request.</summary>
    /// <exception cref="ApiProblemException">The token names no organisation.</exception>
    public static ValueTask<OrganisationCaller> BindAsync(HttpContext context)
    {
        var caller = Caller.Of(context.User);
        return caller.OrganisationId is { } organisation
            ? ValueTask.FromResult(new OrganisationCaller(organisation, caller))
            : throw new ApiProblemException(ProblemTypes.OrganisationRequired.With());
    }
}
