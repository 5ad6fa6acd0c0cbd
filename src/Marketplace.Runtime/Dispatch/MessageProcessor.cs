using System.Buffers.Binary;
using System.Diagnostics;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Telemetry;
using Marketplace.Runtime.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Marketplace.Runtime.Dispatch;

/// <summary>
/// Handles one delivery and says what becomes of its messages. It keeps no state, so that the in-process dispatcher, a simulator
/// and a cloud trigger all deliver alike.
/// </summary>
public sealed class MessageProcessor(
    IServiceScopeFactory scopes, MessageRoutes routes, IEntropy entropy, TimeProvider time, ILogger<MessageProcessor> logger)
{
    /// <summary>Tries before a failing message is dead-lettered: about three and a half minutes with the delays between them.</summary>
    public const int MaxAttempts = 8;

    private const int MaxReasonLength = 2000;
    private static readonly Duration FirstDelay = Duration.FromMilliseconds(200);
    private static readonly Duration LongestDelay = Duration.FromMinutes(5);

    /// <summary>
    /// How many of a session's next messages make one delivery: those that one batch handler takes, at most
    /// <see cref="MessageRoute.MaxBatch"/>; otherwise one; none of none.
    /// </summary>
    /// <param name="next">
    /// The session's due messages in order, up to the first that failed before: that one is delivered alone, so that it holds up no other.
    /// </param>
    public int CountTogether(IEnumerable<Message> next)
    {
        Type? handler = null;
        var count = 0;
        foreach (var message in next)
        {
            var batchHandler = routes.Find(message)?.BatchHandler;
            if (count > 0 && batchHandler != handler) break;
            handler = batchHandler;
            if (++count == MessageRoute.MaxBatch || handler is null) break;
        }

        return count;
    }

    /// <summary>
    /// Delivers messages that go together, in a scope of their own. If a batch fails, its messages are delivered one after the
    /// other until one fails.
    /// </summary>
    /// <param name="messages">One, or as many as <see cref="CountTogether"/> says.</param>
    /// <param name="attempt">1 for the first delivery.</param>
    /// <param name="cancellationToken">Ends the delivery without an outcome; it counts as never made.</param>
    /// <returns>
    /// The outcomes of the first messages, in order. Only the last can be other than completed; the messages after it were not
    /// tried, and are delivered next or wait, as it says.
    /// </returns>
    public async Task<IReadOnlyList<DeliveryOutcome>> ProcessAsync(
        IReadOnlyList<Message> messages, int attempt, CancellationToken cancellationToken)
    {
        if (messages.Count > 1 && await TryTogetherAsync(messages, attempt, cancellationToken))
        {
            return [.. messages.Select(_ => DeliveryOutcome.Completed.Instance)];
        }

        var outcomes = new List<DeliveryOutcome>();
        foreach (var message in messages)
        {
            var outcome = await ProcessOneAsync(message, attempt, cancellationToken);
            outcomes.Add(outcome);
            if (outcome is not DeliveryOutcome.Completed) break;
        }

        return outcomes;
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

    private async Task<bool> TryTogetherAsync(IReadOnlyList<Message> messages, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            await InvokeAsync(messages, attempt, cancellationToken);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception fault)
        {
            logger.LogWarning(
                fault, "{Count} messages of {Queue} {Session} failed as a batch; one by one now.", messages.Count, messages[0].Queue, messages[0].SessionKey);
            return false;
        }
    }

    private async Task<DeliveryOutcome> ProcessOneAsync(Message message, int attempt, CancellationToken cancellationToken)
    {
        if (routes.Find(message) is not { } route)
        {
            return new DeliveryOutcome.DeadLetter($"No handler of queue '{message.Queue}' takes '{message.Type}'.", StopSession: false, null);
        }

        try
        {
            await InvokeAsync([message], attempt, cancellationToken);
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

    private async Task InvokeAsync(IReadOnlyList<Message> messages, int attempt, CancellationToken cancellationToken)
    {
        using var activity = RuntimeTelemetry.StartProcess(messages, attempt);
        if (attempt == 1) RuntimeTelemetry.RecordAge(messages, time.Now());
        var began = Stopwatch.GetTimestamp();
        Exception? failed = null;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var delivery = messages.Select(message => new DeliveredMessage(
                routes.Find(message)!.Read(message), new MessageContext(message.Id, message.OccurredAt, attempt)));
            await routes.Find(messages[0])!.Invoke(scope.ServiceProvider, [.. delivery], cancellationToken);
        }
        catch (Exception fault)
        {
            failed = fault;
            throw;
        }
        finally
        {
            RuntimeTelemetry.RecordEnd(activity, messages[0].Queue, Stopwatch.GetElapsedTime(began), failed);
        }
    }

    private static string Reason(Exception fault)
    {
        var text = $"{fault.GetType().Name}: {fault.Message}";
        return text.Length <= MaxReasonLength ? text : text[..MaxReasonLength];
    }
}
