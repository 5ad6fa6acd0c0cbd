using System.Diagnostics;
using System.Net;
using Polly;
using Polly.Retry;

namespace Marketplace.Client;

/// <summary>
/// Repeats a request while the server cannot be reached (it restarts), is busy (503) or asks to slow down (429): exponential backoff
/// with jitter up to a second, or as long as the server says, until patience ends.
/// </summary>
internal static class Retries
{
    private static readonly ResiliencePropertyKey<Stopwatch> Started = new("started");
    private static readonly ResiliencePropertyKey<TimeSpan> Patience = new("patience");

    private static readonly ResiliencePipeline<(HttpResponseMessage Response, bool Repeatable)> Pipeline =
        new ResiliencePipelineBuilder<(HttpResponseMessage Response, bool Repeatable)>()
            .AddRetry(new RetryStrategyOptions<(HttpResponseMessage Response, bool Repeatable)>
            {
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromMilliseconds(50),
                MaxDelay = TimeSpan.FromSeconds(1),
                DelayGenerator = static arguments => ValueTask.FromResult(AskedDelay(arguments.Outcome)),
                ShouldHandle = static arguments => ValueTask.FromResult(IsTransient(arguments.Outcome) && HasPatience(arguments.Context)),
                OnRetry = static arguments =>
                {
                    arguments.Outcome.Result.Response?.Dispose();
                    return default;
                },
            })
            .Build();

    public static async Task<HttpResponseMessage> RunAsync(
        TimeSpan patience,
        Func<CancellationToken, ValueTask<(HttpResponseMessage Response, bool Repeatable)>> send,
        CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Started, Stopwatch.StartNew());
        context.Properties.Set(Patience, patience);
        try
        {
            var (response, _) = await Pipeline.ExecuteAsync(static (c, s) => s(c.CancellationToken), context, send);
            return response;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static bool IsTransient(Outcome<(HttpResponseMessage Response, bool Repeatable)> outcome) => outcome.Exception is ServerUnreachableException
        || (outcome.Result.Repeatable
            && outcome.Result.Response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway);

    private static bool HasPatience(ResilienceContext context) =>
        context.Properties.TryGetValue(Started, out var started)
        && context.Properties.TryGetValue(Patience, out var patience)
        && started.Elapsed < patience;

    private static TimeSpan? AskedDelay(Outcome<(HttpResponseMessage Response, bool Repeatable)> outcome) =>
        outcome.Result.Response?.Headers.RetryAfter?.Delta;
}
