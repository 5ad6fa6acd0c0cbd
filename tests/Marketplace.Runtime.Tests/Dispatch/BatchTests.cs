using System.Collections.Concurrent;
using System.Diagnostics;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Testing.Store;
using NodaTime;

namespace Marketplace.Runtime.Tests.Dispatch;

public sealed class BatchTests
{
    private readonly ConcurrentQueue<string> deliveries = new();
    private Func<int, bool> isPoison = _ => false;
    private Func<Exception> fault = () => new IOException("down");

    private string[] Delivered => [.. deliveries];

    [Fact]
    public async Task What_a_session_holds_comes_as_one_batch_of_several_types_in_order()
    {
        await using var host = Host();
        for (var number = 0; number < 5; number++) await host.SendBatchedAsync("s", number);
        await host.SendBatchedAsync("t", 0);
        await host.StartAsync();
        await host.WhenIdleAsync();
        Assert.Equal(["s credit 0, debit 1, credit 2, debit 3, credit 4", "t credit 0"], Delivered.Order());
        Assert.Equal(0, await host.CountOutboxAsync());
    }

    [Fact]
    public async Task A_batch_has_no_more_messages_than_its_limit()
    {
        var sizes = new List<int>();
        await using var host = new DispatcherHost((_, _) => Task.CompletedTask, handleBatch: batch =>
        {
            sizes.Add(batch.Count);
            return Task.CompletedTask;
        });
        for (var number = 0; number < 150; number++) await host.SendBatchedAsync("s", number);
        await host.StartAsync();
        await host.WhenIdleAsync();
        Assert.Equal([64, 64, 22], sizes);
    }

    [Fact]
    public async Task A_message_of_another_handler_keeps_its_place_in_the_session()
    {
        await using var host = Host();
        for (var number = 0; number < 6; number++)
        {
            if (number == 3) await host.SendAsync("s", number);
            else await host.SendBatchedAsync("s", number);
        }

        await host.StartAsync();
        await host.WhenIdleAsync();
        Assert.Equal(["s credit 0, debit 1, credit 2", "s note 3", "s credit 4, debit 5"], Delivered);
    }

    [Fact]
    public async Task Rows_of_a_batch_are_deleted_after_its_effect_and_not_before()
    {
        DispatcherHost? host = null;
        var rows = -1;
        await using (host = new DispatcherHost((_, _) => Task.CompletedTask, handleBatch: async _ => rows = await host!.CountOutboxAsync()))
        {
            for (var number = 0; number < 5; number++) await host.SendBatchedAsync("s", number);
            await host.StartAsync();
            await host.WhenIdleAsync();
            Assert.Equal(5, rows);
            Assert.Equal(0, await host.CountOutboxAsync());
        }
    }

    [Fact]
    public async Task A_batch_that_fails_is_delivered_one_by_one_and_only_the_message_at_fault_is_retried()
    {
        isPoison = number => number == 2;
        await using var host = Host();
        for (var number = 0; number < 5; number++) await host.SendBatchedAsync("s", number);
        await host.StartAsync();
        await host.WhenIdleAsync();
        Assert.Equal(["s credit 0, debit 1, credit 2, debit 3, credit 4", "s credit 0", "s debit 1", "s credit 2"], Delivered);
        Assert.Equal(3, await host.CountOutboxAsync());
        deliveries.Clear();
        await host.AdvanceUntilAsync(() => deliveries.Count == 2);
        Assert.Equal(["s credit 2 try 2", "s credit 2 try 3"], Delivered);
        deliveries.Clear();
        isPoison = _ => false;
        await host.AdvanceUntilAsync(() => deliveries.Count == 2);
        Assert.Equal(["s credit 2 try 4", "s debit 3, credit 4"], Delivered);
        Assert.Equal(0, await host.CountOutboxAsync());
        Assert.Empty((await host.DeadLetters.ListAsync(10, null, CancellationToken.None)).Items);
    }

    [Fact]
    public async Task The_message_at_fault_is_set_aside_after_its_tries_and_the_others_have_their_effect()
    {
        isPoison = number => number == 2;
        await using var host = Host();
        for (var number = 0; number < 5; number++) await host.SendBatchedAsync("s", number);
        await host.StartAsync();
        await host.AdvanceUntilAsync(() => Delivered.Contains("s debit 3, credit 4"));
        // The batch that failed is none of its tries.
        Assert.Equal(MessageProcessor.MaxAttempts, Delivered.Count(d => d.StartsWith("s credit 2", StringComparison.Ordinal)));
        var letter = Assert.Single((await host.DeadLetters.ListAsync(10, null, CancellationToken.None)).Items);
        Assert.Equal(("test.credit.v1", MessageProcessor.MaxAttempts, false), (letter.Message.Type, letter.Attempts, letter.StopsSession));
        Assert.Equal(0, await host.CountOutboxAsync());
    }

    [Fact]
    public async Task A_broken_invariant_in_a_batch_stops_the_session_at_its_message_until_it_is_resubmitted()
    {
        isPoison = number => number == 2;
        fault = () => new InvariantException("one is two");
        await using var host = Host();
        for (var number = 0; number < 5; number++) await host.SendBatchedAsync("s", number);
        await host.StartAsync();
        await host.WhenIdleAsync();
        await host.SendBatchedAsync("s", 5);
        host.Time.Advance(Duration.FromHours(1));
        await host.WhenIdleAsync();
        Assert.Equal(["s credit 0", "s debit 1", "s credit 2"], Delivered.Skip(1));
        Assert.Equal(3, await host.CountOutboxAsync());

        deliveries.Clear();
        isPoison = _ => false;
        var letter = Assert.Single((await host.DeadLetters.ListAsync(10, null, CancellationToken.None)).Items);
        await host.ResubmitAsync(letter.Message.Id, "again");
        await host.WhenIdleAsync();
        Assert.Equal(["credit 2", "debit 3", "credit 4", "debit 5"], Delivered.SelectMany(d => d[2..].Split(", ")));
        Assert.Equal(0, await host.CountOutboxAsync());
    }

    [Fact]
    public async Task A_last_try_that_fails_stops_the_session_where_the_route_says_so()
    {
        isPoison = number => number == 1;
        await using var host = Host(OnDeadLetter.StopSession);
        for (var number = 0; number < 3; number++) await host.SendBatchedAsync("s", number);
        await host.StartAsync();
        await host.AdvanceUntilAsync(() => host.DeadLetters.ListAsync(1, null, CancellationToken.None).Result.Items.Count == 1);
        host.Time.Advance(Duration.FromHours(1));
        await host.WhenIdleAsync();
        Assert.DoesNotContain("s credit 2", Delivered);
        Assert.Single(await host.DeadLetters.StoppedSessionsAsync(CancellationToken.None));
        Assert.Equal(1, await host.CountOutboxAsync());
    }

    [Fact]
    public async Task An_unreadable_message_does_not_hold_up_those_before_it()
    {
        var store = new InMemoryPartitionStore();
        await using var host = Host(store: store);
        for (var number = 0; number < 3; number++) await host.SendBatchedAsync("s", number);
        var sender = new Store.PartitionId("test", "sender");
        var row = (await store.ReadPageAsync(sender, Store.OutboxRows.All, 3, null, CancellationToken.None)).Entities[1];
        var message = MarketplaceJson.Deserialize<Message>(row.Body) with { Body = System.Text.Json.JsonSerializer.SerializeToElement("?") };
        var replace = new Store.EntityOperation.Replace(row.RowKey, MarketplaceJson.Serialize(message), row.ETag);
        await store.CommitAsync(new Store.Commit(sender, null, [replace], default), CancellationToken.None);

        // Another process: the first has the message in memory as it was.
        await using var next = Host(store: store);
        await next.StartAsync();
        await next.WhenIdleAsync();
        Assert.Equal(["s credit 0"], Delivered);
        await next.AdvanceUntilAsync(() => deliveries.Count == 2);
        Assert.Equal(["s credit 0", "s credit 2"], Delivered);
    }

    [Fact]
    public async Task A_batch_goes_on_with_the_trace_of_its_first_message()
    {
        string? trace = null;
        await using var host = new DispatcherHost((_, _) => Task.CompletedTask, handleBatch: _ =>
        {
            trace = Activity.Current?.TraceId.ToString();
            return Task.CompletedTask;
        });
        using var first = new Activity("first").Start();
        await host.SendBatchedAsync("s", 0);
        using (new Activity("second").SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom()).Start()) await host.SendBatchedAsync("s", 1);
        await host.StartAsync();
        await host.WhenIdleAsync();
        Assert.Equal(first.TraceId.ToString(), trace);
    }

    private DispatcherHost Host(OnDeadLetter onDeadLetter = OnDeadLetter.GoOn, InMemoryPartitionStore? store = null) => new(
        (note, _) =>
        {
            deliveries.Enqueue($"{note.Session} note {note.Number}");
            return Task.CompletedTask;
        },
        store,
        onDeadLetter: onDeadLetter,
        handleBatch: Handle);

    private Task Handle(IReadOnlyList<DeliveredMessage> batch)
    {
        var numbers = batch.Select(message => message.Contract switch
        {
            DispatcherHost.Credit credit => (credit.Session, Text: "credit", credit.Number),
            DispatcherHost.Debit debit => (debit.Session, Text: "debit", debit.Number),
            var other => throw new ArgumentException($"{other} was not registered."),
        }).ToList();
        var attempt = batch[0].Context.Attempt;
        deliveries.Enqueue($"{numbers[0].Session} {string.Join(", ", numbers.Select(n => $"{n.Text} {n.Number}"))}{(attempt > 1 ? $" try {attempt}" : "")}");
        return numbers.Exists(n => isPoison(n.Number)) ? throw fault() : Task.CompletedTask;
    }
}
