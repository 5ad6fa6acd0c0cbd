using System.Collections.Concurrent;
using System.Diagnostics;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Store;
using NodaTime;

namespace Marketplace.Runtime.Tests.Dispatch;

public sealed class DeliveryTests
{
    [Fact]
    public async Task Each_session_is_handled_in_order_and_one_at_a_time_while_sessions_run_in_parallel()
    {
        const int Sessions = 20, PerSession = 25;
        var handled = new ConcurrentDictionary<string, List<int>>();
        var running = new ConcurrentDictionary<string, int>();
        var known = new ConcurrentDictionary<MessageId, bool>();
        int parallel = 0, mostParallel = 0;
        async Task Handle(DispatcherHost.Note note, MessageContext context)
        {
            Assert.Equal(1, running.AddOrUpdate(note.Session, 1, (_, n) => n + 1));
            var now = Interlocked.Increment(ref parallel);
            InterlockedMax(ref mostParallel, now);
            await Task.Yield();

            // A sweep that looked just before a message was settled may bring it once more.
            if (known.TryAdd(context.Id, true)) handled.GetOrAdd(note.Session, _ => []).Add(note.Number);
            await Task.Yield();
            Interlocked.Decrement(ref parallel);
            running.AddOrUpdate(note.Session, 0, (_, n) => n - 1);
        }

        await using var host = await new DispatcherHost(Handle).StartAsync();
        for (var number = 0; number < PerSession; number++)
        {
            for (var session = 0; session < Sessions; session++) await host.SendAsync($"s{session}", number);
        }

        await host.WhenIdleAsync();
        Assert.Equal(Sessions, handled.Count);
        Assert.All(handled.Values, numbers => Assert.Equal(Enumerable.Range(0, PerSession), numbers));
        Assert.InRange(mostParallel, 1, 8);
        Assert.Equal(0, await host.CountOutboxAsync());
    }

    [Fact]
    public async Task As_many_sessions_run_at_once_as_the_options_say()
    {
        using var allIn = new CountdownEvent(3);
        await using var host = await new DispatcherHost(
            (_, _) => Task.Run(() =>
            {
                allIn.Signal();
                Assert.True(allIn.Wait(TimeSpan.FromSeconds(10)));
            }),
            options: o => o.ParallelSessions = 3).StartAsync();
        for (var session = 0; session < 3; session++) await host.SendAsync($"s{session}", 0);
        await host.WhenIdleAsync();
        Assert.True(allIn.IsSet);
    }

    [Fact]
    public async Task A_delayed_message_is_handled_when_the_markets_clock_gets_there_and_not_before()
    {
        var at = new List<(int Number, Instant At)>();
        DispatcherHost? host = null;
        await using (host = new DispatcherHost((note, _) =>
        {
            at.Add((note.Number, host!.Time.Now));
            return Task.CompletedTask;
        }))
        {
            await host.StartAsync();
            var start = host.Time.Now;
            await host.SendAsync("s", 1, start + Duration.FromHours(2));
            await host.SendAsync("s", 2, start + Duration.FromHours(1));
            await host.SendAsync("s", 3);
            await host.WhenIdleAsync();
            Assert.Equal([3], at.Select(a => a.Number));
            host.Time.Advance(Duration.FromHours(1));
            await host.WhenIdleAsync();
            Assert.Equal([3, 2], at.Select(a => a.Number));
            host.Time.Advance(Duration.FromMinutes(59));
            await host.WhenIdleAsync();
            Assert.Equal(2, at.Count);
            host.Time.Advance(Duration.FromMinutes(1));
            await host.WhenIdleAsync();
            Assert.Equal([3, 2, 1], at.Select(a => a.Number));
        }
    }

    [Fact]
    public async Task Messages_of_a_handlers_commit_are_delivered_too_and_carry_its_trace()
    {
        var traces = new ConcurrentDictionary<int, string?>();
        DispatcherHost? host = null;
        await using (host = new DispatcherHost((note, context) =>
        {
            traces[note.Number] = Activity.Current?.TraceId.ToString();
            return note.Number == 5
                ? Task.CompletedTask
                : host!.Workspace.HandleAsync(
                    new PartitionId("test", note.Session),
                    context,
                    work =>
                    {
                        work.Send(new DispatcherHost.Note($"s{note.Number}", note.Number + 1));
                        return Task.CompletedTask;
                    },
                    CancellationToken.None);
        }))
        {
            await host.StartAsync();
            using var root = new Activity("root").Start();
            await host.SendAsync("s", 0);
            await host.WhenIdleAsync();
            Assert.Equal(6, traces.Count);
            Assert.All(traces.Values, trace => Assert.Equal(root.TraceId.ToString(), trace));
            Assert.Equal(0, await host.CountOutboxAsync());
        }
    }

    [Fact]
    public async Task A_restart_delivers_what_was_left_oldest_first_before_anything_new()
    {
        var store = new InMemoryPartitionStore();
        var idle = new DispatcherHost((_, _) => Task.CompletedTask, store);
        for (var number = 0; number < 5; number++) await idle.SendAsync("s", number);

        // Never started: as if it had died right after its commits.
        var handled = new List<int>();
        await using var next = new DispatcherHost(
            (note, _) =>
            {
                handled.Add(note.Number);
                return Task.CompletedTask;
            },
            store,
            idle.Time);
        next.Time.Advance(Duration.FromSeconds(1));
        await next.SendAsync("s", 5);
        await next.StartAsync();
        await next.SendAsync("s", 6);
        await next.WhenIdleAsync();
        Assert.Equal(Enumerable.Range(0, 7), handled);
        Assert.Equal(0, await next.CountOutboxAsync());
    }

    [Fact]
    public async Task A_redelivery_after_a_crash_between_commit_and_deletion_changes_nothing()
    {
        var store = new InMemoryPartitionStore();
        Func<DispatcherHost.Note, MessageContext, Task> Counting(Func<DispatcherHost> host) => (_, context) => host().Workspace.HandleAsync(
            new PartitionId("test", "counter"),
            context,
            async work =>
            {
                var counter = await work.ReadAsync<Counter>("counter", CancellationToken.None);
                work.Put("counter", new Counter((counter?.Count ?? 0) + 1));
            },
            CancellationToken.None);

        DispatcherHost? first = null;
        // The deletion of delivered rows is the only commit without an operation id: it never gets through.
        first = new DispatcherHost(Counting(() => first!), store, faults: call => call.Commit is { OperationId: null } ? StoreFault.ThrowBefore : StoreFault.None);
        await first.StartAsync();
        for (var number = 0; number < 10; number++) await first.SendAsync("s", number);
        await first.WhenIdleAsync();
        Assert.Equal(10, await first.CountOutboxAsync());
        await first.DisposeAsync();

        DispatcherHost? second = null;
        await using (second = new DispatcherHost(Counting(() => second!), store, first.Time))
        {
            await second.StartAsync();
            await second.WhenIdleAsync();
            Assert.Equal(0, await second.CountOutboxAsync());
            var counter = await store.ReadAsync(new PartitionId("test", "counter"), "counter", CancellationToken.None);
            Assert.Equal(10, MarketplaceJson.Deserialize<Counter>(counter!.Body).Count);
        }
    }

    [Fact]
    public async Task A_message_whose_commit_lost_its_answer_is_found_by_the_sweep()
    {
        var handled = new TaskCompletionSource<int>();
        await using var host = await new DispatcherHost(
            (note, _) =>
            {
                handled.TrySetResult(note.Number);
                return Task.CompletedTask;
            },
            faults: call => call.Commit?.OperationId == "send-s-4" ? StoreFault.ThrowAfter : StoreFault.None,
            options: o => o.SweepEvery = TimeSpan.FromMilliseconds(20)).StartAsync();
        // The sweep of the start is over: it must be a later one.
        await host.WhenIdleAsync();
        await Assert.ThrowsAsync<InjectedStoreFaultException>(() => host.SendAsync("s", 4));
        Assert.Equal(4, await handled.Task.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task Nothing_is_delivered_before_the_outboxes_could_be_swept()
    {
        var store = new InMemoryPartitionStore();
        var idle = new DispatcherHost((_, _) => Task.CompletedTask, store);
        await idle.SendAsync("s", 0);
        var handled = new ConcurrentQueue<int>();
        var broken = 1;
        await using var host = new DispatcherHost(
            (note, _) =>
            {
                handled.Enqueue(note.Number);
                return Task.CompletedTask;
            },
            store,
            idle.Time,
            faults: call => call.ReadsPage && Interlocked.Exchange(ref broken, 0) == 1 ? StoreFault.ThrowBefore : StoreFault.None);
        await host.StartAsync();
        host.Time.Advance(Duration.FromSeconds(1));
        await host.SendAsync("s", 1);
        await host.WhenIdleAsync();
        Assert.Equal([0, 1], handled);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = target;
        while (value > seen && Interlocked.CompareExchange(ref target, value, seen) is var now && now != seen) seen = now;
    }

    private sealed record Counter(int Count);
}
