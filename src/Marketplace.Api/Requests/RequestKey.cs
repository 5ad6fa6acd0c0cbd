using Marketplace.Api.Problems;
using Marketplace.Runtime.Work;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Api.Requests;

/// <summary>
/// The header <c>Idempotency-Key</c>. Take it as a parameter of every POST that creates: a request without one is answered with
/// 400 before the endpoint runs.
/// </summary>
/// <param name="Value">The key.</param>
public sealed record RequestKey(IdempotencyKey Value)
{
    /// <summary>The header's name.</summary>
    public const string Header = "Idempotency-Key";

    /// <summary>Reads the header.</summary>
    /// <exception cref="ApiProblemException">It is missing or malformed.</exception>
    public static ValueTask<RequestKey> BindAsync(HttpContext context) =>
        IdempotencyKey.TryCreate(context.Request.Headers[Header], out var key)
            ? ValueTask.FromResult(new RequestKey(key))
            : throw new ApiProblemException(ProblemTypes.IdempotencyKeyRequired.With());
}
