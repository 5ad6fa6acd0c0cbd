using System.Security.Cryptography;
using System.Text;
using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Local.Data;
using NodaTime;

namespace Marketplace.Local.Tokens;

/// <summary>
/// Issues tokens on this machine, where no identity provider does. Over HTTP it asks for the operator secret: a page in the browser
/// of the same machine reaches loopback too.
/// </summary>
internal static class LocalTokens
{
    /// <summary>The header with the operator secret.</summary>
    public const string SecretHeader = "Operator-Secret";

    private const int MaxHours = 24 * 31;

    public static void MapLocalTokens(this IEndpointRouteBuilder routes, DataFolder data, LocalTokenIssuer issuer)
    {
        var secret = Encoding.UTF8.GetBytes(data.OperatorSecret);
        routes.MapPost("/local/tokens", (IssueTokenRequest body, HttpContext http) =>
                CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.Request.Headers[SecretHeader].ToString()), secret)
                    ? Issue(body, issuer)
                    : ProblemTypes.InvalidToken.With($"Send the operator secret in the header {SecretHeader}."))
            .WithTags("Local").AllowAnonymous()
            .Operates("issueLocalToken", "Issues a token with this machine's own key.")
            .Answers<TokenModel>();
    }

    private static IResult Issue(IssueTokenRequest body, LocalTokenIssuer issuer)
    {
        var fields = new Fields();
        var organisation = body.OrganisationId is null ? (OrganisationId?)null : fields.Id<OrganisationKind>("/organisationId", body.OrganisationId);
        if (body.Scopes is not { Count: > 0 }) fields.Add("/scopes", "This is required.");
        for (var i = 0; i < body.Scopes?.Count; i++)
        {
            if (!Scopes.All.Contains(body.Scopes[i])) fields.Add($"/scopes/{i}", $"Expected one of {string.Join(", ", Scopes.All)}.");
        }

        var hours = body.Hours is null ? 24 : fields.Int("/hours", body.Hours, 1, MaxHours);
        if (!fields.AreValid) return fields.Problem;
        var token = issuer.Issue(organisation?.ToString() ?? "operator", organisation, body.Scopes!, TimeSpan.FromHours(hours));
        return Answer.Ok(new TokenModel(token, (SystemClock.Instance.GetCurrentInstant() + Duration.FromHours(hours)).ToWire()));
    }
}

/// <summary>A token to issue.</summary>
/// <param name="OrganisationId">For whom; absent for platform staff.</param>
/// <param name="Scopes">What it allows.</param>
/// <param name="Hours">How long it is good for, 24 unless said.</param>
internal sealed record IssueTokenRequest(string? OrganisationId, IReadOnlyList<string>? Scopes, int? Hours);

/// <summary>A token.</summary>
/// <param name="Token">Goes into the Authorization header behind <c>Bearer</c>.</param>
/// <param name="ExpiresAt">Until when, by real time.</param>
internal sealed record TokenModel(string Token, string ExpiresAt);
