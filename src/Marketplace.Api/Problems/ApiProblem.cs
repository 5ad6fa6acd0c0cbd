using System.Diagnostics;
using Marketplace.Client.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Marketplace.Api.Problems;

/// <summary>An answer that says what is wrong, as RFC 9457 has it.</summary>
/// <param name="Type">The kind.</param>
/// <param name="Detail">What is wrong this time.</param>
/// <param name="Errors">What is wrong with which field.</param>
public sealed record ApiProblem(ProblemType Type, string Detail, IReadOnlyList<FieldError> Errors) : IResult
{
    private const int RetryAfterSeconds = 1;

    /// <summary>Which prices the order book takes, where one was refused for that.</summary>
    public PriceBandModel? Band { get; init; }

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Type.Status;
        if (Type.Status is 429 or 503) response.Headers.RetryAfter = RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var traceId = Activity.Current?.Id ?? httpContext.Features.Get<IHttpRequestIdentifierFeature>()?.TraceIdentifier ?? "";
        return response.WriteAsJsonAsync(
            new Problem(Type.Path, Type.Title, Type.Status, Type.Code, Detail, Errors, traceId, Band),
            options: null,
            contentType: "application/problem+json",
            httpContext.RequestAborted);
    }
}

/// <summary>Ends a request with a problem, from where no result can be returned: while parameters are bound.</summary>
public sealed class ApiProblemException(ApiProblem problem) : Exception($"{problem.Type.Code}: {problem.Detail}")
{
    /// <summary>The answer.</summary>
    public ApiProblem Problem => problem;
}
