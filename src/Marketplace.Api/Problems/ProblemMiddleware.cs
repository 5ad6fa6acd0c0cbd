using System.Text.Json;
using Marketplace.Runtime.Work;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Marketplace.Api.Problems;

/// <summary>The one place where what goes wrong outside an endpoint becomes a problem: exceptions, and statuses without a body.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (!context.Response.HasStarted && context.Response.ContentLength is null or 0 && Of(context.Response.StatusCode) is { } problem)
            {
                await problem.ExecuteAsync(context);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone.
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            await Of(fault).ExecuteAsync(context);
        }
    }

    private ApiProblem Of(Exception fault)
    {
        switch (fault)
        {
            case ApiProblemException known:
                return known.Problem;
            case JsonException json:
                return JsonFaults.Problem(json);
            case BadHttpRequestException { InnerException: JsonException json }:
                return JsonFaults.Problem(json);
            case BadHttpRequestException bad:
                return bad.StatusCode == StatusCodes.Status400BadRequest ? ProblemTypes.MalformedRequest.With(bad.Message) : Of(bad.StatusCode) ?? ProblemTypes.MalformedRequest.With();
            case PartitionConflictException:
                logger.LogWarning(fault, "A request kept losing its race.");
                return ProblemTypes.Unavailable.With();
            default:
                logger.LogError(fault, "A request failed.");
                return ProblemTypes.InternalError.With();
        }
    }

    private static ApiProblem? Of(int status) => status switch
    {
        StatusCodes.Status400BadRequest => ProblemTypes.MalformedRequest.With(),
        StatusCodes.Status401Unauthorized => ProblemTypes.InvalidToken.With(),
        StatusCodes.Status403Forbidden => ProblemTypes.ScopeRequired.With(),
        StatusCodes.Status404NotFound => ProblemTypes.NotFound.With(),
        StatusCodes.Status405MethodNotAllowed => ProblemTypes.MethodNotAllowed.With(),
        StatusCodes.Status413PayloadTooLarge => ProblemTypes.BodyTooLarge.With(),
        StatusCodes.Status415UnsupportedMediaType => ProblemTypes.UnsupportedMediaType.With(),
        StatusCodes.Status429TooManyRequests => ProblemTypes.TooManyRequests.With(),
        StatusCodes.Status503ServiceUnavailable => ProblemTypes.Unavailable.With(),
        _ => null,
    };
}
