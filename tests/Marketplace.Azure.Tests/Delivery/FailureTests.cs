using Marketplace.Contracts;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;
using Marketplace.ServiceBus.DeadQueues;
using Marketplace.ServiceBus.Receive;
using Marketplace.Testing.Store;
using NodaTime;

namespace Marketplace.Azure.Tests.Delivery;

public sealed class FailureTests
{
    [Fact]
    public async Task Message_that_no_try_can_handle_is_a_dead_letter_after_eight_and_its_session_goes_on()
    {
        await using var scene = new Scene();
        var tries = 0;
        scene.On = number =>
        {
            if (number == 1 && ++tries > 0) throw new IOException("Never.");
        };
        await scene.SendAsync(1);
        await scene.SendAsync(2);

        await scene.PassAsync(Duration.FromMinutes(10));

        Assert.Equal([2], scene.Done);
        Assert.Equal(MessageProcessor.MaxAttempts, tries);
        var letter = Assert.Single((await scene.Letters.ListAsync(10, null, default)).Items);
        Assert.Equal((MessageProcessor.MaxAttempts, false, "sender"), (letter.Attempts, letter.StopsSession, letter.Partition));
        Assert.Equal([letter.Message.Id.ToString()], scene.Bus.DeadOf(Queues.Bids));
        Assert.Equal(0, await scene.CountOutboxAsync());
    }

    [Fact]
    public async Task Broken_invariant_stops_its_session_until_it_is_resubmitted_and_then_all_goes_on_in_order()
    {
        await using var scene = new Scene();
        var isBroken = true;
        scene.On = number =>
        {
            if (number == 2 && isBroken) throw new InvariantException("Two is wrong.");
        };
        for (var number = 1; number <= 4; number++) await scene.SendAsync(number, partition: $"p{number}");
        await scene.SendAsync(9, session: "b");
        await scene.PassAsync(Duration.FromHours(1));
        Assert.Equal([9, 1], scene.Done.OrderDescending());
        var letter = Assert.Single((await scene.Letters.ListAsync(10, null, default)).Items);
        Assert.True(letter.StopsSession);
        Assert.Single(scene.Bus.DeadOf(Queues.Bids));

        // More comes in the meantime, and just after the resubmission.
        await scene.SendAsync(5, partition: "p5");
        await scene.PassAsync(Duration.FromHours(1));
        isBroken = false;
        await ResubmitAsync(scene, letter.Message.Id, "again");
        await scene.SendAsync(6, partition: "p6");
        await scene.PassAsync(Duration.FromMinutes(1));

        Assert.Equal([1, 2, 3, 4, 5, 6], scene.Done.Where(number => number != 9));
        Assert.Empty(await scene.Letters.StoppedSessionsAsync(default));
        Assert.Equal(0, await scene.CountOutboxAsync());
        await scene.Get<DeadLetterCollector>().CollectAsync(default);
        Assert.Empty(scene.Bus.DeadOf(Queues.Bids));
    }

    [Fact]
    public async Task Resubmitted_message_that_fails_again_stops_its_session_again()
    {
        await using var scene = new Scene(OnDeadLetter.StopSession);
        var isBroken = true;
        scene.On = number =>
        {
            if (number == 1 && isBroken) throw new IOException("Never.");
        };
        await scene.SendAsync(1);
        await scene.SendAsync(2);
        await scene.PassAsync(Duration.FromMinutes(10));
        var id = Assert.Single(await scene.Letters.StoppedSessionsAsync(default)).StoppedBy;

        await ResubmitAsync(scene, id, "once");
        await scene.PassAsync(Duration.FromMinutes(10));
        Assert.Empty(scene.Done);
        Assert.Equal(id, Assert.Single(await scene.Letters.StoppedSessionsAsync(default)).StoppedBy);

        isBroken = false;
        await ResubmitAsync(scene, id, "twice");
        await scene.PassAsync(Duration.FromMinutes(1));
        Assert.Equal([1, 2], scene.Done);
    }

    [Fact]
    public async Task While_not_even_a_failure_can_be_recorded_deliveries_are_given_back_and_nothing_is_overtaken()
    {
        var isDown = false;
        await using var scene = new Scene(faults: call => isDown && call.Commit is not null ? StoreFault.ThrowBefore : StoreFault.None);
        await scene.SendAsync(1);
        await scene.SendAsync(2);
        isDown = true;
        for (var i = 0; i < 20; i++) await scene.ReceiveAsync(scene.Take()!);
        Assert.Equal(2, scene.Bus.Waiting);
        isDown = false;

        await scene.PassAsync(Duration.FromMinutes(5));

        Assert.Equal([1, 2], scene.Done);
    }

    [Fact]
    public async Task Delivery_that_is_repeated_finds_no_row_and_does_nothing()
    {
        await using var scene = new Scene();
        await scene.SendAsync(1);
        var taken = scene.Take()!;
        taken.LoseLock();
        await scene.ReceiveAsync(taken);
        Assert.Equal(1, scene.Bus.Waiting);
        scene.On = _ => throw new IOException("Not again.");

        await scene.DeliverAsync();

        Assert.Equal([1], scene.Done);
        Assert.Equal(0, scene.Bus.Waiting);
    }

    [Fact]
    public async Task Holder_that_wakes_up_late_and_fails_does_not_make_the_session_wait_for_what_is_done()
    {
        await using var scene = new Scene();
        await scene.SendAsync(1);
        var sleeper = scene.Take()!;
        sleeper.LoseLock();

        // It has read the message when it falls asleep, in the handler; another does it all meanwhile.
        var asleep = true;
        scene.On = _ =>
        {
            if (!asleep) return;
            asleep = false;
            scene.DeliverAsync().GetAwaiter().GetResult();
            throw new IOException("Woken up.");
        };
        await scene.ReceiveAsync(sleeper);
        await scene.SendAsync(2);
        await scene.PassAsync(Duration.FromSeconds(5));

        Assert.Equal([1, 2], scene.Done);
        Assert.Null((await scene.Get<SessionRows>().ReadAsync(Queues.Bids, "a", default)).Head);
    }

    [Fact]
    public async Task What_the_bus_itself_gave_up_becomes_a_dead_letter()
    {
        await using var scene = new Scene();
        await scene.SendAsync(1);
        await scene.Take()!.Deliveries[0].Settlement.DeadLetterAsync("MaxDeliveryCountExceeded", "Delivered 1000 times.", default);

        await scene.Get<DeadLetterCollector>().CollectAsync(default);
        await scene.Get<DeadLetterCollector>().CollectAsync(default);

        var letter = Assert.Single((await scene.Letters.ListAsync(10, null, default)).Items);
        Assert.Contains("MaxDeliveryCountExceeded", letter.Reason, StringComparison.Ordinal);
        Assert.Single(scene.Bus.DeadOf(Queues.Bids));
        await ResubmitAsync(scene, letter.Message.Id, "again");
        await scene.DeliverAsync();
        await scene.Get<DeadLetterCollector>().CollectAsync(default);
        Assert.Equal([1], scene.Done);
        Assert.Empty(scene.Bus.DeadOf(Queues.Bids));
    }

    private static async Task ResubmitAsync(Scene scene, MessageId id, string key) =>
        Assert.True((await scene.Get<ResubmitDeadLetter>().ExecuteAsync(id, IdempotencyKey.Of(key), default)).Result.IsAccepted);
}
