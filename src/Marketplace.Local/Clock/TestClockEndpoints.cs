using Marketplace.Api.Answers;
using Marketplace.Api.Auth;
using Marketplace.Api.OpenApi;
using Marketplace.Api.Requests;
using Marketplace.Client.Models;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Time;
using NodaTime;

namespace Marketplace.Local.Clock;

/// <summary>Advances the test clock, over HTTP and for the demo.</summary>
internal sealed class TestClockControl(TestClock clock, InProcessDispatcher dispatcher) : IDisposable
{
    /// <summary>The farthest that one request goes.</summary>
    public static readonly Duration Farthest = Duration.FromDays(62);

    private readonly SemaphoreSlim one = new(1);

    /// <summary>
    /// Goes forward, stopping wherever a delayed message or a retry is due until all that it leads to is done, so that each is handled
    /// at its own time and not hours late.
    /// </summary>
    public async Task AdvanceToAsync(Instant to, CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken);
        try
        {
            await dispatcher.WhenIdleAsync(cancellationToken);
            while (dispatcher.NextDue is { } next && next < to)
            {
                clock.AdvanceTo(next);
                await dispatcher.WhenIdleAsync(cancellationToken);
            }

            clock.AdvanceTo(to);
            await dispatcher.WhenIdleAsync(cancellationToken);
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();
}

/// <summary>The endpoint, mapped only where the host runs on a test clock.</summary>
internal static class TestClockEndpoints
{
    public static void MapTestClock(this IEndpointRouteBuilder routes) => routes.MapPost("/v1/test-clock/advance", AdvanceAsync)
        .WithTags("Operations")
        .RequireScope(Scopes.Operator)
        .Operates("advanceTestClock", "Moves the market's clock forward, handles what becomes due, and answers when that is done.")
        .Answers<TimeModel>();

    private static async Task<IResult> AdvanceAsync(
        AdvanceTestClockRequest body, TestClock clock, TestClockControl control, CancellationToken cancellationToken)
    {
        var fields = new Fields();
        var to = fields.Instant("/to", body.To);
        var now = clock.Now();
        if (fields.AreValid && to < now) fields.Add("/to", $"The clock goes forward only; it is {now.ToWire()}.");
        if (fields.AreValid && to - now > TestClockControl.Farthest) fields.Add("/to", $"At most {TestClockControl.Farthest.Days} days at once.");
        if (!fields.AreValid) return fields.Problem;
        await control.AdvanceToAsync(to, cancellationToken);
        return Answer.Ok(new TimeModel(clock.Now().ToWire()));
    }
}

/// <summary>Where the clock goes.</summary>
/// <param name="To">An instant that is not past.</param>
internal sealed record AdvanceTestClockRequest(string? To);
