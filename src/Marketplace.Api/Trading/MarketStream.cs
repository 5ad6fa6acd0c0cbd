using Marketplace.Api.Problems;
using Marketplace.Trading.ReadMarket.Follow;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Marketplace.Api.Trading;

/// <summary>
/// A book as server-sent events, until the caller goes or the host stops. The caller reads at its own pace: a write waits for it, and
/// what happens in the book meanwhile is kept for all followers together, not for this one.
/// </summary>
internal sealed class MarketStream(MarketFeed feed, BookKey book, long? after, TimeProvider time, CancellationToken stopping) : IResult
{
    /// <summary>How long a stream is silent at most: proxies and callers take longer silence for a broken line.</summary>
    public static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(15);

    private static readonly byte[] Beginning = "retry: 1000\n\n"u8.ToArray();
    private static readonly byte[] Heartbeat = ": heartbeat\n\n"u8.ToArray();

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var follower = feed.TryFollow(book, after);
        if (follower is null)
        {
            await ProblemTypes.TooManyRequests.With("As many follow books here as may: wait, or read the depth instead.").ExecuteAsync(httpContext);
            return;
        }

        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        try
        {
            await SendAsync(follower, response, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The caller is gone, or the host stops: then the stream ends, and the caller takes it up again elsewhere.
        }
        finally
        {
            await ending.CancelAsync();
        }
    }

    private async Task SendAsync(BookFollower follower, HttpResponse response, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(HeartbeatEvery, time);
        await WriteAsync(Beginning);
        var next = follower.NextAsync(cancellationToken);
        var tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
        while (true)
        {
            await Task.WhenAny(next, tick);
            if (next.IsCompleted)
            {
                await WriteAsync(MarketFrames.Of(await next));
                next = follower.NextAsync(cancellationToken);
            }
            else
            {
                await tick;
                await WriteAsync(Heartbeat);
                tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
            }
        }

        async Task WriteAsync(byte[] frames)
        {
            await response.Body.WriteAsync(frames, cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }
    }
}
