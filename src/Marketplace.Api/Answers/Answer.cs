using Marketplace.Api.Problems;
using Marketplace.Runtime.Work;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Api.Answers;

/// <summary>Answers in the forms that all endpoints share.</summary>
public static class Answer
{
    /// <summary>Says that an answer is the first one again.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    /// <summary>200 with a body.</summary>
    public static IResult Ok<TModel>(TModel model) => Results.Json(model);

    /// <summary>200 with a body and its version; 404 where there is none.</summary>
    public static IResult OkOrNotFound<TModel>(TModel? model, string? etag = null)
        where TModel : class => model is null ? ProblemTypes.NotFound.With() : new WithHeaders(Results.Json(model), null, etag, false);

    /// <summary>404: absent, or another organisation's.</summary>
    public static IResult NotFound() => ProblemTypes.NotFound.With();

    /// <summary>201 with the place of what was created.</summary>
    public static IResult Created<TValue, TRefusal, TModel>(
        Attempt<TValue, TRefusal> attempt, Func<TValue, string> location, Func<TValue, TModel> model, Func<TRefusal, ApiProblem> refused)
        where TRefusal : notnull => Of(attempt, StatusCodes.Status201Created, location, model, refused);

    /// <summary>202: accepted, and on its way.</summary>
    public static IResult Accepted<TValue, TRefusal, TModel>(
        Attempt<TValue, TRefusal> attempt, Func<TValue, string> location, Func<TValue, TModel> model, Func<TRefusal, ApiProblem> refused)
        where TRefusal : notnull => Of(attempt, StatusCodes.Status202Accepted, location, model, refused);

    /// <summary>200 for an action that creates nothing.</summary>
    public static IResult Done<TValue, TRefusal, TModel>(
        Attempt<TValue, TRefusal> attempt, Func<TValue, TModel> model, Func<TRefusal, ApiProblem> refused)
        where TRefusal : notnull => Of(attempt, StatusCodes.Status200OK, null, model, refused);

    /// <summary>An attempt as an answer with a status of success.</summary>
    public static IResult Of<TValue, TRefusal, TModel>(
        Attempt<TValue, TRefusal> attempt, int status, Func<TValue, string>? location, Func<TValue, TModel> model, Func<TRefusal, ApiProblem> refused)
        where TRefusal : notnull
    {
        if (attempt.KeyReused) return ProblemTypes.IdempotencyKeyReused.With();
        return attempt.Result.TryGet(out var value, out var refusal)
            ? new WithHeaders(Results.Json(model(value), statusCode: status), location?.Invoke(value), null, attempt.Replayed)
            : refused(refusal);
    }

    private sealed record WithHeaders(IResult Inner, string? Location, string? ETag, bool Replayed) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var headers = httpContext.Response.Headers;
            if (Location is not null) headers.Location = Location;
            if (ETag is not null) headers.ETag = $"\"{ETag}\"";
            if (Replayed) headers[ReplayedHeader] = "true";
            return Inner.ExecuteAsync(httpContext);
        }
    }
}
