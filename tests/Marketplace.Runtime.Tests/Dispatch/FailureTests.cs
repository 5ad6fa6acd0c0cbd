using System.Collections.Concurrent;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Testing.Store;
using NodaTime;

namespace Marketplace.Runtime.Tests.Dispatch;

public sealed class FailureTests
{
    [Fact]
    public async Task A_handler_that_fails_for_a_while_is_retried_later_and_later()
    {
        var tries = new ConcurrentQueue<Instant>();
        DispatcherHost? host = null;
        await using (host = new DispatcherHost((_, context) =>
        {
            tries.Enqueue(host!.Time.Now);
            return context.Attempt < 6 ? throw new IOException("down") : Task.CompletedTask;
        }))
        {
            await host.StartAsync();
            await host.SendAsync("s", 0);
            await host.AdvanceUntilAsync(() => tries.Count == 6);
            var waits = tries.Zip(tries.Skip(1), (a, b) => (b - a).TotalSeconds).ToList();
            for (var i = 1; i < waits.Count; i++) Assert.True(waits[i] >= waits[i - 1], string.Join(", ", waits));
            Assert.InRange(waits[4], 8, 17.5);
            Assert.Equal(0, await host.CountOutboxAsync());
            Assert.Empty((await host.DeadLetters.ListAsync(10, null, CancellationToken.None)).Items);
        }
    }

    [Fact]
    public async Task A_session_that_waits_for_a_retry_holds_up_itself_and_no_other()
    {
        var handled = new ConcurrentQueue<string>();
        var broken = true;
        await using var host = await new DispatcherHost(
            (note, _) =>
            {
                if (note is { Session: "bad", Number: 0 } && broken) throw new IOException("down");
                handled.Enqueue($"{note.Session}{note.Number}");
                return Task.CompletedTask;
            },
            options: o => o.ParallelSessions = 1).StartAsync();
        await host.SendAsync("bad", 0);
        await host.SendAsync("bad", 1);
        await host.SendAsync("good", 0);
        await host.WhenIdleAsync();
        Assert.Equal(["good0"], handled);
        broken = false;
        await host.AdvanceUntilAsync(() => handled.Count == 3);
        Assert.Equal(["good0", "bad0", "bad1"], handled);
    }

    [Fact]
    public async Task A_message_that_no_try_can_handle_is_set_aside_and_its_session_goes_on()
    {
        var tries = 0;
        var later = false;
        await using var host = await new DispatcherHost((note, _) =>
        {
            if (note.Number == 1)
            {
                later = true;
                return Task.CompletedTask;
            }

            tries++;
            throw new IOException("poison");
        }).StartAsync();
        await host.SendAsync("s", 0);
        await host.SendAsync("s", 1);
        await host.AdvanceUntilAsync(() => later);
        Assert.Equal(MessageProcessor.MaxAttempts, tries);
        var letter = Assert.Single((await host.DeadLetters.ListAsync(10, null, CancellationToken.None)).Items);
        Assert.Equal((8, false, "IOException: poison"), (letter.Attempts, letter.StopsSession, letter.Reason));
        Assert.Equal(0, await host.CountOutboxAsync());
    }

    [Fact]
    public async Task A_broken_invariant_stops_the_session_at_once_and_through_restarts_until_it_is_resubmitted()
    {
        var store = new InMemoryPartitionStore();
        var handled = new ConcurrentQueue<string>();
        var broken = true;
        var tries = 0;
        Task Handle(DispatcherHost.Note note, MessageContext context)
        {
            if (note is { Session: "s", Number: 0 })
            {
                tries++;
                InvariantException.Require(!broken, "one is two");
            }

            handled.Enqueue($"{note.Session}{note.Number}");
            return Task.CompletedTask;
        }

        var first = await new DispatcherHost(Handle, store).StartAsync();
        await first.SendAsync("s", 0);
        await first.SendAsync("s", 1);
        await first.SendAsync("t", 0);
        await first.WhenIdleAsync();
        Assert.Equal(["t0"], handled);
        Assert.Equal(1, tries);
        await first.DisposeAsync();

        await using var second = await new DispatcherHost(Handle, store, first.Time).StartAsync();
        second.Time.Advance(Duration.FromHours(1));
        await second.SendAsync("s", 2);
        await second.WhenIdleAsync();
        Assert.Equal(["t0"], handled);
        Assert.Equal(2, await second.CountOutboxAsync());

        broken = false;
        var letter = Assert.Single((await second.DeadLetters.ListAsync(10, null, CancellationToken.None)).Items);
        await second.ResubmitAsync(letter.Message.Id, "again");
        await second.WhenIdleAsync();
        Assert.Equal(["t0", "s0", "s1", "s2"], handled);
        Assert.Equal(0, await second.CountOutboxAsync());
        Assert.Empty(await second.DeadLetters.StoppedSessionsAsync(CancellationToken.None));
        Assert.Empty((await second.DeadLetters.ListAsync(10, null, CancellationToken.None)).Items);
    }

    [Fact]
    public async Task A_resubmitted_message_that_fails_again_is_a_dead_letter_again()
    {
        await using var host = await new DispatcherHost((_, _) => throw new InvariantException("still")).StartAsync();
        await host.SendAsync("s", 0);
        await host.WhenIdleAsync();
        for (var round = 0; round < 3; round++)
        {
            var letter = Assert.Single((await host.DeadLetters.ListAsync(10, null, CancellationToken.None)).Items);
            await host.ResubmitAsync(letter.Message.Id, $"round-{round}");
            await host.WhenIdleAsync();
        }

        Assert.Single((await host.DeadLetters.ListAsync(10, null, CancellationToken.None)).Items);
        Assert.Single(await host.DeadLetters.StoppedSessionsAsync(CancellationToken.None));
        Assert.Equal(0, await host.CountOutboxAsync());
    }

    [Fact]
    public async Task A_message_that_cannot_be_set_aside_stays_and_is_tried_again()
    {
        var storeIsDown = true;
        await using var host = await new DispatcherHost(
            (_, _) => throw new InvariantException("broken"),
            faults: call => storeIsDown && call.Commit?.Partition == DeadLetters.Partition ? StoreFault.ThrowBefore : StoreFault.None).StartAsync();
        await host.SendAsync("s", 0);
        await host.WhenIdleAsync();
        Assert.Equal(1, await host.CountOutboxAsync());
        storeIsDown = false;
        host.Time.Advance(Duration.FromMinutes(5));
        await host.WhenIdleAsync();
        Assert.Equal(0, await host.CountOutboxAsync());
        Assert.Single((await host.DeadLetters.ListAsync(10, null, CancellationToken.None)).Items);
    }

    [Fact]
    public async Task A_message_that_nobody_handles_any_more_is_set_aside()
    {
        var store = new InMemoryPartitionStore();
        var old = new DispatcherHost((_, _) => Task.CompletedTask, store);
        await old.SendAsync("s", 0);
        var row = (await store.ReadPageAsync(new Store.PartitionId("test", "sender"), Store.OutboxRows.All, 1, null, CancellationToken.None)).Entities[0];
        var message = MarketplaceJson.Deserialize<Message>(row.Body) with { Type = "test.retired.v1" };
        await store.CommitAsync(
            new Store.Commit(new Store.PartitionId("test", "sender"), null, [new Store.EntityOperation.Replace(row.RowKey, MarketplaceJson.Serialize(message), row.ETag)], default),
            CancellationToken.None);
        await using var host = await new DispatcherHost((_, _) => Task.CompletedTask, store, old.Time).StartAsync();
        await host.WhenIdleAsync();
        var letter = Assert.Single((await host.DeadLetters.ListAsync(10, null, CancellationToken.None)).Items);
        Assert.Contains("test.retired.v1", letter.Reason, StringComparison.Ordinal);
        Assert.Equal(0, await host.CountOutboxAsync());
    }

    [Fact]
    public async Task Stopping_lets_a_running_handler_end_and_leaves_the_rest_in_the_outbox()
    {
        var entered = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        var handled = 0;
        var host = await new DispatcherHost(async (_, _) =>
        {
            entered.TrySetResult();
            await leave.Task;
            handled++;
        }).StartAsync();
        await host.SendAsync("s", 0);
        await host.SendAsync("s", 1);
        await entered.Task;
        var stop = host.Dispatcher.StopAsync(CancellationToken.None);
        leave.SetResult();
        await stop;
        Assert.InRange(handled, 1, 2);
        Assert.Equal(2 - handled, await host.CountOutboxAsync());
    }
}
