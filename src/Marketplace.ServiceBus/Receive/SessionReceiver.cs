using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.ServiceBus.Bus;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Marketplace.ServiceBus.Receive;

/// <summary>
/// Handles what the bus delivers of a session, and settles it. The order of a session is kept by what is stored, never by the bus's lock:
/// a receiver that lost its session and wakes up late changes nothing that it should not.
/// </summary>
public sealed class SessionReceiver(
    SessionRows sessions,
    OutboxReader outbox,
    SessionWork work,
    IMessageBus bus,
    MessageProcessor processor,
    TimeProvider time,
    IIdSource ids,
    IOptions<ReceiverOptions> options,
    ILogger<SessionReceiver> logger)
{
    private const int MaxConflicts = 20;
    private static readonly Duration EarlyAgain = Duration.FromMilliseconds(200);

    /// <summary>
    /// Handles deliveries of one queue and session. When it returns, each is settled, or its lock was lost. It throws only where it was
    /// cancelled: then nothing is settled, and all of it is delivered again.
    /// </summary>
    public async Task ReceiveAsync(IReadOnlyList<BusDelivery> deliveries, CancellationToken cancellationToken)
    {
        var letters = new List<Letter>();
        try
        {
            await HandleAsync(deliveries, letters, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            var (first, count) = (deliveries[0].Message, deliveries.Max(d => d.Count));
            logger.LogError(fault, "Deliveries of {Queue} {Session} were neither done nor recorded as failed; given back on try {Count}.", first.Queue, first.SessionKey, count);
            await PauseAsync(processor.DelayAfter(count).ToTimeSpan(), options.Value.LongestPause, cancellationToken);
            await SettleAsync(deliveries, d => d.Settlement.AbandonAsync(cancellationToken));
            return;
        }

        await CompleteAsync(deliveries, letters, cancellationToken);
    }

    private async Task HandleAsync(IReadOnlyList<BusDelivery> deliveries, List<Letter> letters, CancellationToken cancellationToken)
    {
        var (queue, key) = (deliveries[0].Message.Queue, deliveries[0].Message.SessionKey);
        ParkedMessage[] arrived = [.. deliveries.Select(d => d.Message.Pointer).OfType<OutboxPointer>().Distinct().Select(p => new ParkedMessage(p, 0))];
        for (var conflicts = 0; conflicts < MaxConflicts; conflicts++)
        {
            var session = await sessions.ReadAsync(queue, key, cancellationToken);
            var isDone = session.Head is null
                ? await DeliverAsync(session, arrived, letters, cancellationToken)
                : await JoinAsync(session, arrived, deliveries, letters, cancellationToken);
            if (isDone) return;
        }

        throw new PartitionConflictException(SessionRows.PartitionOf(queue, key));
    }

    /// <summary>The session waits for nothing: its messages are handled, and it waits from now on if one of them failed. False after a conflict.</summary>
    private async Task<bool> DeliverAsync(WaitingSession session, ParkedMessage[] arrived, List<Letter> letters, CancellationToken cancellationToken)
    {
        var waiting = await ReadAsync(session, arrived, cancellationToken);
        var end = await work.DeliverAsync(waiting, letters, cancellationToken);
        if (end.Head is null) return true;

        // Others that were found with them have deliveries of their own.
        var failed = end.Head.RetryAt is null ? null : end.Left[0];
        var park = end.Left.Where(message => message == failed || Array.Exists(arrived, a => a.Pointer.MessageId == message.Id));
        if (await sessions.WriteAsync(session, end.Head, park.Select(message => message.Parked), [], cancellationToken) is null) return false;
        await work.FinishAsync(end, cancellationToken);
        await WakeAsync(session, end.Head, cancellationToken);
        return true;
    }

    /// <summary>
    /// The session waits: what arrived waits with it, and if the wait is over, all are handled in the order of their ids. False after a conflict.
    /// </summary>
    private async Task<bool> JoinAsync(
        WaitingSession session, ParkedMessage[] arrived, IReadOnlyList<BusDelivery> deliveries, List<Letter> letters, CancellationToken cancellationToken)
    {
        // Only the row that a resubmission wrote lifts a stop; a leftover of the first delivery does not.
        var head = session.Head!;
        var isLifted = head.StoppedBy is { } stoppedBy && Array.Exists(arrived, a => a.Pointer.IsResubmitted && a.Pointer.MessageId == stoppedBy);
        if (isLifted) head = new SessionHead(RetryAt: null, StoppedBy: null);
        if (arrived.Length > 0)
        {
            var parked = await sessions.ParkAsync(session, head, arrived, cancellationToken);
            if (parked is null) return false;
            session = parked;
        }

        if (session.IsDue(time.Now())) return await GoOnAsync(session, letters, cancellationToken);

        // Who made it wait also had it woken, unless it failed in between: then its delivery comes once more. One that comes early is by the bus's clock.
        if (session.Head is { RetryAt: { } at } early && deliveries.Any(d => d.Message.Pointer is null || d.Count > 1))
        {
            await WakeAsync(session, early with { RetryAt = at + EarlyAgain }, cancellationToken);
        }

        return true;
    }

    private async Task<bool> GoOnAsync(WaitingSession session, List<Letter> letters, CancellationToken cancellationToken)
    {
        for (var round = 0; round < options.Value.RoundsPerDelivery; round++)
        {
            var (parked, more) = await sessions.ReadParkedAsync(session, cancellationToken);
            var waiting = await ReadAsync(session, parked, cancellationToken);
            var end = await work.DeliverAsync(waiting, letters, cancellationToken);
            var left = end.Left.Select(m => m.Id).ToHashSet();
            ParkedMessage[] failed = end.Head?.RetryAt is null ? [] : [end.Left[0].Parked];
            var head = end.Head ?? (more ? new SessionHead(null, null) : null);
            var released = parked.Select(p => p.Pointer.MessageId).Where(id => !left.Contains(id));
            if (await sessions.WriteAsync(session, head, failed, released, cancellationToken) is not { } next) return false;
            await work.FinishAsync(end, cancellationToken);
            session = next;
            if (head is null) return true;
            if (end.Head is null) continue;
            await WakeAsync(session, head, cancellationToken);
            return true;
        }

        await WakeAsync(session, session.Head!, cancellationToken);
        return true;
    }

    private async Task<IReadOnlyList<WaitingMessage>> ReadAsync(WaitingSession session, IReadOnlyList<ParkedMessage> wanted, CancellationToken cancellationToken)
    {
        var waiting = await outbox.ReadAsync(session.Queue, session.Key, wanted, cancellationToken);
        if (waiting.Max(m => m.Row.Message.DueAt) is { } due && due - time.Now() is var early && early > Duration.Zero)
        {
            // The bus's clock is ahead of this one: handlers may rely on it that a due time has come.
            await PauseAsync(early.ToTimeSpan(), options.Value.ClockTolerance, cancellationToken);
            if (due > time.Now()) throw new InvalidOperationException($"A message of {session.Queue} came {early} before it was due.");
        }

        return waiting;
    }

    private Task WakeAsync(WaitingSession session, SessionHead head, CancellationToken cancellationToken)
    {
        if (head.StoppedBy is not null) return Task.CompletedTask;
        return bus.SendAsync([BusMessage.Wake(session.Queue, session.Key, head.RetryAt ?? time.Now(), ids.Next())], cancellationToken);
    }

    private async Task CompleteAsync(IReadOnlyList<BusDelivery> deliveries, List<Letter> letters, CancellationToken cancellationToken)
    {
        var open = letters.DistinctBy(letter => letter.Id).ToList();
        await SettleAsync(deliveries, delivery =>
        {
            // Its own delivery may be long gone: then another that is in hand tells of the letter.
            var letter = open.Find(l => l.Id == delivery.Message.Pointer?.MessageId) ?? open.FirstOrDefault();
            if (letter is null) return delivery.Settlement.CompleteAsync(cancellationToken);
            open.Remove(letter);
            return delivery.Settlement.DeadLetterAsync(letter.Reason, letter.Id.ToString(), cancellationToken);
        });
    }

    private async Task SettleAsync(IReadOnlyList<BusDelivery> deliveries, Func<BusDelivery, Task> settle)
    {
        await Task.WhenAll(deliveries.Select(async delivery =>
        {
            try
            {
                await settle(delivery);
            }
            catch (Exception fault)
            {
                logger.LogWarning(fault, "{Id} was not settled; it is delivered again.", delivery.Message.Id);
            }
        }));
    }

    private async Task PauseAsync(TimeSpan pause, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (pause > longest) pause = longest;
        if (pause > TimeSpan.Zero) await Task.Delay(pause, time, cancellationToken);
    }
}
