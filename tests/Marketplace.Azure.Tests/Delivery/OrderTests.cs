using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Azure.Tests.Delivery;

/// <summary>Nothing of a session is delivered while an earlier message of it waits.</summary>
public sealed class OrderTests
{
    [Fact]
    public async Task Messages_of_a_session_are_handled_in_the_order_they_were_sent_and_leave_nothing()
    {
        await using var scene = new Scene();
        for (var number = 1; number <= 5; number++) await scene.SendAsync(number);

        await scene.DeliverAsync();

        Assert.Equal([1, 2, 3, 4, 5], scene.Done);
        Assert.Equal(0, await scene.CountOutboxAsync());
        Assert.Equal(0, await scene.Relay.SweepAsync(default));
    }

    [Fact]
    public async Task Message_whose_publishing_failed_is_not_overtaken_by_what_its_partition_sends_next()
    {
        await using var scene = new Scene();
        scene.Bus.Fault = () => -1;
        await scene.SendAsync(1);
        scene.Bus.Fault = () => 0;
        await scene.SendAsync(2);

        await scene.DeliverAsync();

        Assert.Equal([1, 2], scene.Done);
    }

    [Fact]
    public async Task Message_that_was_published_after_what_followed_it_is_not_overtaken()
    {
        await using var scene = new Scene();
        scene.Bus.Fault = () => -1;
        await scene.SendAsync(1);
        scene.Bus.Fault = () => 0;
        await scene.SendAsync(2);
        scene.Time.Advance(Duration.FromMinutes(1));
        Assert.Equal(2, await scene.Relay.SweepAsync(default));

        await scene.DeliverAsync();

        Assert.Equal([1, 2], scene.Done);
    }

    [Fact]
    public async Task Session_waits_for_a_retry_and_then_goes_on_in_order_whoever_sent_its_messages()
    {
        await using var scene = new Scene();
        var failures = 3;
        scene.On = number =>
        {
            if (number == 1 && failures-- > 0) throw new IOException("Not now.");
        };
        await scene.SendAsync(1, partition: "p1");
        await scene.DeliverAsync();
        await scene.SendAsync(2, partition: "p2");
        await scene.SendAsync(3, partition: "p3");
        await scene.SendAsync(9, session: "b");
        await scene.DeliverAsync();
        Assert.Equal([9], scene.Done);

        await scene.PassAsync(Duration.FromSeconds(30));

        Assert.Equal([9, 1, 2, 3], scene.Done);
        Assert.Equal(0, await scene.CountOutboxAsync());
        Assert.Equal(0, scene.Bus.Waiting);
    }

    [Fact]
    public async Task What_arrives_while_the_session_waits_is_not_lost_when_its_delivery_is_repeated()
    {
        await using var scene = new Scene();
        var fails = true;
        scene.On = number =>
        {
            if (number == 1 && fails) throw new IOException("Not now.");
        };
        await scene.SendAsync(1);
        await scene.DeliverAsync();
        await scene.SendAsync(2);

        // Parked, but its lock is lost before it is settled: it comes again, and is parked once.
        var taken = scene.Take()!;
        taken.LoseLock();
        await scene.ReceiveAsync(taken);
        await scene.DeliverAsync();
        fails = false;
        await scene.PassAsync(Duration.FromSeconds(5));

        Assert.Equal([1, 2], scene.Done);
    }

    [Fact]
    public async Task Many_that_wait_go_on_in_several_rounds()
    {
        await using var scene = new Scene();
        var fails = true;
        scene.On = number =>
        {
            if (number == 0 && fails) throw new IOException("Not now.");
        };
        for (var number = 0; number < 300; number++) await scene.SendAsync(number, partition: $"p{number % 7}");
        await scene.DeliverAsync();
        Assert.Empty(scene.Done);
        fails = false;

        await scene.PassAsync(Duration.FromSeconds(5));

        Assert.Equal(Enumerable.Range(0, 300), scene.Done);
        Assert.Equal(0, await scene.CountOutboxAsync());
    }

    [Fact]
    public async Task Batch_takes_what_the_session_holds_and_a_failing_message_alone_waits()
    {
        await using var scene = new Scene();
        var fails = true;
        for (var number = 1; number <= 10; number++) await scene.SendEntryAsync(number);
        await scene.DeliverAsync();
        Assert.Equal([10], scene.Batches);

        scene.On = number =>
        {
            if (number == 14 && fails) throw new IOException("Not now.");
        };
        for (var number = 11; number <= 20; number++) await scene.SendEntryAsync(number);
        await scene.DeliverAsync();
        Assert.Equal(Enumerable.Range(1, 13), scene.Done);
        fails = false;
        await scene.PassAsync(Duration.FromSeconds(5));

        Assert.Equal(Enumerable.Range(1, 20), scene.Done);
        Assert.Equal([10, 1, 1, 1, 1, 6], scene.Batches);
    }

    [Fact]
    public async Task Message_with_a_due_time_comes_when_it_is_due_and_holds_up_no_other()
    {
        await using var scene = new Scene();
        await scene.SendAsync(1, dueAt: scene.Time.Now + Duration.FromDays(30));
        await scene.SendAsync(2);
        await scene.PassAsync(Duration.FromDays(29));
        Assert.Equal([2], scene.Done);

        await scene.PassAsync(Duration.FromDays(2));

        Assert.Equal([2, 1], scene.Done);
        Assert.Equal(0, await scene.CountOutboxAsync());
    }

    [Fact]
    public async Task Sweep_sends_only_what_its_commit_may_have_left_and_the_bus_drops_what_it_has()
    {
        await using var scene = new Scene();
        for (var number = 0; number < 5; number++) await scene.SendAsync(number, dueAt: scene.Time.Now + Duration.FromDays(30));
        scene.Time.Advance(Duration.FromHours(1));
        scene.Bus.Fault = () => 1;
        await scene.SendAsync(9);
        scene.Bus.Fault = () => 0;

        // The bus has it, only its answer was lost: the marker stays, and goes once its commit must have ended.
        scene.Time.Advance(Duration.FromSeconds(31));
        Assert.Equal(1, await scene.Relay.SweepAsync(default));
        Assert.Equal(1, scene.Bus.Waiting);
        await scene.DeliverAsync();
        scene.Time.Advance(Duration.FromTimeSpan(MarkerOutboxIndex.LongestCommit));
        Assert.Equal(0, await scene.Relay.SweepAsync(default));
        Assert.Empty(await scene.Get<MarkerOutboxIndex>().ReadAsync(default).ToListAsync());
        Assert.Equal([9], scene.Done);
    }
}
