using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NodaTime;

namespace Marketplace.Runtime.Dispatch;

/// <summary>
/// Delivers outbox messages within this process: in order per queue and session, one at a time or in the batches that a handler
/// takes, and many sessions in parallel. What it holds in memory is a view of the outboxes, so stopping or killing it at any moment
/// loses nothing.
/// </summary>
public sealed class InProcessDispatcher : IMessagePublisher, IHostedService, IDisposable
{
    private readonly DeliveryBoard board = new();
    private readonly MessageProcessor processor;
    private readonly DeadLetters deadLetters;
    private readonly TimeProvider time;
    private readonly DispatcherOptions options;
    private readonly ILogger<InProcessDispatcher> logger;
    private readonly OutboxSweep sweep;
    private readonly OutboxCleaner cleaner;
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource aborting = new();
    private Task running = Task.CompletedTask;

    /// <summary>Makes a dispatcher; it delivers once it is started.</summary>
    public InProcessDispatcher(
        IPartitionStore store,
        IOutboxIndex index,
        MessageProcessor processor,
        DeadLetters deadLetters,
        TimeProvider time,
        IOptions<DispatcherOptions> options,
        ILogger<InProcessDispatcher> logger)
    {
        (this.processor, this.deadLetters, this.time, this.options, this.logger) = (processor, deadLetters, time, options.Value, logger);
        sweep = new OutboxSweep(store, index, logger);
        cleaner = new OutboxCleaner(store, index, board, logger);
        // Not idle before the first sweep has told what there is to do.
        board.Hold();
    }

    /// <summary>When, by the market's clock, the next delayed message or retry is due; null if none waits.</summary>
    public Instant? NextDue => board.NextDue;

    /// <inheritdoc/>
    public ValueTask PublishAsync(IReadOnlyList<OutboxMessage> messages)
    {
        if (messages.Count == 0) return ValueTask.CompletedTask;
        if (messages[0].Marker is { } marker) cleaner.Expect(marker, messages.Count);
        board.Add(messages, time.Now());
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// Completes when every message that is due by the market's clock is handled, waits for a retry or waits in a stopped session.
    /// </summary>
    public async Task WhenIdleAsync(CancellationToken cancellationToken)
    {
        Task idle;
        do
        {
            board.Examine(time.Now());
            idle = board.WhenIdleAsync();
            if (idle.IsCompleted) return;
            await idle.WaitAsync(cancellationToken);
        }
        while (true);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        running = Task.Run(RunAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Takes nothing new, lets running handlers end until the token is cancelled, and leaves the rest in the outboxes.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await using (cancellationToken.Register(aborting.Cancel)) await running;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Dispose();
        aborting.Dispose();
    }

    private async Task RunAsync()
    {
        if (!await RecoverAsync()) return;
        var cleaning = Task.Run(() => cleaner.RunAsync(aborting.Token));
        var workers = Enumerable.Range(0, options.ParallelSessions).Select(_ => Task.Run(WorkAsync));
        await Task.WhenAll([.. workers, ExamineAsync(), SweepAsync()]);
        cleaner.Complete();
        await EndOf(cleaning);
    }

    // Nothing is delivered before the first sweep is complete: an older message in an outbox must not be overtaken by a new one.
    private async Task<bool> RecoverAsync()
    {
        while (true)
        {
            try
            {
                foreach (var stopped in await deadLetters.StoppedSessionsAsync(stopping.Token)) board.MarkStopped(stopped);
                board.Add(await sweep.ReadAsync(stopping.Token), time.Now());
                board.Open();
                board.Release();
                return true;
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return false;
            }
            catch (Exception fault)
            {
                logger.LogError(fault, "The outboxes cannot be swept; nothing is delivered until they can.");
                await EndOf(Task.Delay(TimeSpan.FromSeconds(1), stopping.Token));
            }
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            await foreach (var session in board.Runnable.ReadAllAsync(stopping.Token)) await DeliverAsync(session);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped: what was not delivered is in the outboxes.
        }
    }

    private async Task DeliverAsync(DeliveryBoard.Session session)
    {
        var batch = board.Next(session, processor.CountTogether);
        var attempt = batch[0].Attempts + 1;
        // Keeps the board from looking idle between the end of the delivery and the deletion of its rows.
        board.Hold();
        try
        {
            var outcomes = await processor.ProcessAsync([.. batch.Select(d => d.Message)], attempt, aborting.Token);
            var completed = outcomes.Count(o => o is DeliveryOutcome.Completed);
            cleaner.Clean(board.Finish(session, batch.Take(completed)));
            if (completed == outcomes.Count) board.GiveBack(session);
            else await SettleFailedAsync(session, batch[completed], outcomes[completed], attempt);
        }
        catch (OperationCanceledException) when (aborting.IsCancellationRequested)
        {
            // Given up on shutdown; it is in its outbox.
        }
        finally
        {
            board.Release();
        }
    }

    private async Task SettleFailedAsync(DeliveryBoard.Session session, DeliveryBoard.Delivery delivery, DeliveryOutcome outcome, int attempt)
    {
        var message = delivery.Message;
        delivery.Attempts = attempt;
        try
        {
            switch (outcome)
            {
                case DeliveryOutcome.RetryAfter retry:
                    logger.LogWarning(
                        retry.Fault, "{Type} {Id} failed on try {Attempt}; again in {Delay}.", message.Type, message.Id, attempt, retry.Delay);
                    board.Retry(session, time.Now() + retry.Delay);
                    break;
                case DeliveryOutcome.DeadLetter dead:
                    logger.LogError(dead.Fault, "{Type} {Id} is a dead letter: {Reason}", message.Type, message.Id, dead.Reason);
                    await deadLetters.AddAsync(delivery.Copies[0], dead.Reason, attempt, dead.StopSession, aborting.Token);
                    cleaner.Clean(board.SetAside(session, delivery, dead.StopSession));
                    break;
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !aborting.IsCancellationRequested)
        {
            // Setting it aside failed: it stays where it is and is tried again.
            logger.LogError(fault, "{Type} {Id} could not be set aside.", message.Type, message.Id);
            board.Retry(session, time.Now() + processor.DelayAfter(attempt));
        }
    }

    private async Task ExamineAsync()
    {
        using var timer = new PeriodicTimer(options.ExamineEvery);
        while (await TickAsync(timer)) board.Examine(time.Now());
    }

    private async Task SweepAsync()
    {
        using var timer = new PeriodicTimer(options.SweepEvery);
        while (await TickAsync(timer))
        {
            try
            {
                board.Add(await sweep.ReadAsync(stopping.Token), time.Now());
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                logger.LogWarning(fault, "The outboxes could not be swept.");
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async ValueTask<bool> TickAsync(PeriodicTimer timer)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task EndOf(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // Ended on shutdown.
        }
    }
}
