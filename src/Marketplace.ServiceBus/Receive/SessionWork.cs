using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Microsoft.Extensions.Logging;

namespace Marketplace.ServiceBus.Receive;

/// <summary>A message that was set aside.</summary>
/// <param name="Id">The message.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record Letter(MessageId Id, string Reason);

/// <summary>How far messages of a session got.</summary>
/// <param name="Head">What the session waits for; null if all are done.</param>
/// <param name="Left">What waits with it; if it waits for a retry, the first is the one that failed.</param>
/// <param name="SetAside">The row of the dead letter that stops the session; it goes once the stop is written.</param>
public sealed record SessionEnd(SessionHead? Head, IReadOnlyList<WaitingMessage> Left, OutboxMessage? SetAside);

/// <summary>Delivers a session's messages in order until one has to wait, and deletes the rows of those that are done with.</summary>
public sealed class SessionWork(IPartitionStore store, MessageProcessor processor, DeadLetters deadLetters, TimeProvider time, ILogger<SessionWork> logger)
{
    /// <summary>Delivers messages. Each that becomes a dead letter is added to the letters.</summary>
    public async Task<SessionEnd> DeliverAsync(IReadOnlyList<WaitingMessage> waiting, List<Letter> letters, CancellationToken cancellationToken)
    {
        while (waiting.Count > 0)
        {
            var untried = waiting.TakeWhile(m => m.Attempts == 0).Select(m => m.Row.Message);
            var next = waiting.Take(Math.Max(1, processor.CountTogether(untried))).ToList();
            var attempt = next[0].Attempts + 1;
            var outcomes = await processor.ProcessAsync([.. next.Select(m => m.Row.Message)], attempt, cancellationToken);
            var completed = outcomes.Count(outcome => outcome is DeliveryOutcome.Completed);
            await DeleteAsync(next.Take(completed).Select(m => m.Row), cancellationToken);
            waiting = [.. waiting.Skip(completed)];
            if (completed == outcomes.Count) continue;

            var (row, message) = (waiting[0].Row, waiting[0].Row.Message);
            switch (outcomes[completed])
            {
                case DeliveryOutcome.RetryAfter retry:
                    logger.LogWarning(retry.Fault, "{Type} {Id} failed on try {Attempt}; again in {Delay}.", message.Type, message.Id, attempt, retry.Delay);
                    return new SessionEnd(new SessionHead(time.Now() + retry.Delay, null), [waiting[0] with { Attempts = attempt }, .. waiting.Skip(1)], null);
                case DeliveryOutcome.DeadLetter dead:
                    logger.LogError(dead.Fault, "{Type} {Id} is a dead letter: {Reason}", message.Type, message.Id, dead.Reason);
                    await deadLetters.AddAsync(row, dead.Reason, attempt, dead.StopSession, cancellationToken);
                    letters.Add(new Letter(message.Id, dead.Reason));
                    waiting = [.. waiting.Skip(1)];
                    if (dead.StopSession) return new SessionEnd(new SessionHead(null, message.Id), waiting, row);
                    await DeleteAsync([row], cancellationToken);
                    break;
            }
        }

        return new SessionEnd(null, [], null);
    }

    /// <summary>What remains to do once it is written what the session waits for.</summary>
    public Task FinishAsync(SessionEnd end, CancellationToken cancellationToken) =>
        end.SetAside is { } row ? DeleteAsync([row], cancellationToken) : Task.CompletedTask;

    // A row that is gone already was deleted by a receiver that handled the same message.
    private async Task DeleteAsync(IEnumerable<OutboxMessage> rows, CancellationToken cancellationToken)
    {
        foreach (var partition in rows.GroupBy(row => row.Partition))
        {
            foreach (var chunk in partition.Chunk(Commit.MaxOperations))
            {
                if (await DeleteAsync(partition.Key, chunk, cancellationToken) || chunk.Length == 1) continue;
                foreach (var row in chunk) await DeleteAsync(partition.Key, [row], cancellationToken);
            }
        }
    }

    private async Task<bool> DeleteAsync(PartitionId partition, OutboxMessage[] rows, CancellationToken cancellationToken)
    {
        var deletions = rows.Select(row => new EntityOperation.Delete(OutboxRows.Key(row.Message), row.ETag));
        var result = await store.CommitAsync(new Commit(partition, null, [.. deletions], default), cancellationToken);
        return result.Status == CommitStatus.Committed;
    }
}
