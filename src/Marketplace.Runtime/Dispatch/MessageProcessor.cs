using System.Buffers.Binary;
using System.Diagnostics;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Runtime.Dispatch;

/// <summary>
/// Handles one delivery of one message and says what becomes of the message. It keeps no state, so that the in-process
/// dispatcher, a simulator and a cloud trigger all deliver alike.
/// </summary>
public sealed class MessageProcessor(IServiceScopeFactory scopes, MessageRoutes routes, IEntropy entropy)
{
    /// <summary>Tries before a failing message is dead-lettered: about three and a half minutes with the delays between them.</summary>
    public const int MaxAttempts = 8;

    private const int MaxReasonLength = 2000;
    private static readonly Duration FirstDelay = Duration.FromMilliseconds(200);
    private static readonly Duration LongestDelay = Duration.FromMinutes(5);
    private static readonly ActivitySource Source = new("Marketplace.Runtime");

    /// <summary>Delivers a message to its handler in a scope of its own.</summary>
    /// <param name="message">The message.</param>
    /// <param name="attempt">1 for the first delivery.</param>
    /// <param name="cancellationToken">Ends the delivery without an outcome; it counts as never made.</param>
    public async Task<DeliveryOutcome> ProcessAsync(Message message, int attempt, CancellationToken cancellationToken)
    {
        if (routes.Find(message) is not { } route)
        {
            return new DeliveryOutcome.DeadLetter($"No handler of queue '{message.Queue}' takes '{message.Type}'.", StopSession: false, null);
        }

        using var activity = StartActivity(message);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await route.Invoke(scope.ServiceProvider, message, new MessageContext(message.Id, message.OccurredAt, attempt), cancellationToken);
            return DeliveryOutcome.Completed.Instance;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (InvariantException broken)
        {
            return new DeliveryOutcome.DeadLetter(Reason(broken), StopSession: true, broken);
        }
        catch (Exception fault) when (attempt >= MaxAttempts)
        {
            return new DeliveryOutcome.DeadLetter(Reason(fault), route.OnDeadLetter == OnDeadLetter.StopSession, fault);
        }
        catch (Exception fault)
        {
            return new DeliveryOutcome.RetryAfter(DelayAfter(attempt), fault);
        }
    }

    /// <summary>
    /// Exponential backoff with jitter: 0.2 s times three for every failed attempt, at most five minutes, of which half to all is waited.
    /// </summary>
    public Duration DelayAfter(int attempt)
    {
        var full = FirstDelay * Math.Pow(3, Math.Clamp(attempt, 1, 20) - 1);
        Span<byte> bytes = stackalloc byte[4];
        entropy.Fill(bytes);
        var share = 0.5 + 0.5 * (BinaryPrimitives.ReadUInt32LittleEndian(bytes) / (double)uint.MaxValue);
        return (full < LongestDelay ? full : LongestDelay) * share;
    }

    private static string Reason(Exception fault)
    {
        var text = $"{fault.GetType().Name}: {fault.Message}";
        return text.Length <= MaxReasonLength ? text : text[..MaxReasonLength];
    }

    // Without a listener the source makes no activity; one is made by hand then, so that the trace goes on to the next message.
    private static Activity? StartActivity(Message message)
    {
        var name = "handle " + message.Type;
        var activity = Source.StartActivity(name, ActivityKind.Consumer, message.TraceParent);
        if (activity is not null || message.TraceParent is null) return activity;
        return new Activity(name).SetParentId(message.TraceParent).Start();
    }
}
