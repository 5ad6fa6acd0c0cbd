using Marketplace.Api.Problems;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Api.Requests;

/// <summary>
/// The header <c>If-Match</c> with one ETag. Take it as a parameter of every PATCH and PUT: a request without one is answered with
/// 428 before the endpoint runs.
/// </summary>
/// <param name="ETag">The version the caller saw, without quotes.</param>
public sealed record IfMatch(string ETag)
{
    /// <summary>Reads the header.</summary>
    /// <exception cref="ApiProblemException">It is missing.</exception>
    public static ValueTask<IfMatch> BindAsync(HttpContext context)
    {
        var header = context.Request.Headers.IfMatch.ToString();
        return header is ['"', .. { Length: > 0 } etag, '"'] && !etag.Contains('"', StringComparison.Ordinal)
            ? ValueTask.FromResult(new IfMatch(etag))
            : throw new ApiProblemException(ProblemTypes.IfMatchRequired.With());
    }
}
