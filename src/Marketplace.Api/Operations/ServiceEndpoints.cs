using Marketplace.Api.Answers;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Problems;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Marketplace.Api.Operations;

/// <summary>What the service says about itself.</summary>
internal static class ServiceEndpoints
{
    public static void MapTime(this IEndpointRouteBuilder v1) => v1.MapGet("/time", (TimeProvider time) => Answer.Ok(new TimeModel(time.Now().ToWire())))
        .WithTags("Service").AllowAnonymous()
        .Operates("getTime", "The market's time.")
        .Answers<TimeModel>();

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/health").WithTags("Service").AllowAnonymous();
        group.MapGet("/live", () => Answer.Ok(new HealthModel("live")))
            .Operates("getLiveness", "Whether the process answers at all.")
            .Answers<HealthModel>();
        group.MapGet("/ready", ReadyAsync)
            .Operates("getReadiness", "Whether requests can be served: the store answers.")
            .Answers<HealthModel>()
            .Refuses(ProblemTypes.Unavailable);
    }

    private static async Task<IResult> ReadyAsync(IPartitionStore store, CancellationToken cancellationToken)
    {
        try
        {
            _ = await store.ReadAsync(DeadLetters.Partition, "health", cancellationToken);
            return Answer.Ok(new HealthModel("ready"));
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return ProblemTypes.Unavailable.With("The store does not answer.");
        }
    }
}
