using System.Text.Json;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Time;
using NodaTime;

namespace Marketplace.Runtime.Tests.Dispatch;

public sealed class DeliveryBoardTests
{
    private static readonly Instant Now = VirtualTime.Monday;
    private static readonly PartitionId Sender = new("test", "sender");
    private readonly DeliveryBoard board = new();

    [Fact]
    public void A_resubmission_that_comes_while_its_letter_is_being_written_is_not_lost()
    {
        board.Open();
        board.Add([Row(1, Sender)], Now);
        var session = Runnable();
        var delivery = Head(session);
        board.Add([Row(1, DeadLetters.Partition)], Now);
        var done = board.SetAside(session, delivery, stopSession: true);
        Assert.Equal([Sender], done.Select(c => c.Partition));
        var again = Head(Runnable());
        Assert.Equal([DeadLetters.Partition], again.Copies.Select(c => c.Partition));
    }

    [Fact]
    public void A_leftover_row_of_the_first_delivery_does_not_lift_the_stop_and_the_resubmission_does()
    {
        board.MarkStopped(new StoppedSession("queue", "session", Id(1)));
        board.Open();
        board.Add([Row(1, Sender), Row(2, Sender)], Now);
        Assert.False(board.Runnable.TryRead(out _));
        board.Add([Row(1, DeadLetters.Partition)], Now);
        var session = Runnable();
        var delivery = Head(session);
        Assert.Equal(Id(1), delivery.Message.Id);
        Assert.Equal(2, Finish(session, delivery).Length);
        Assert.Equal(Id(2), Head(Runnable()).Message.Id);
    }

    [Fact]
    public void A_message_that_was_swept_and_published_is_delivered_once_and_both_rows_are_known()
    {
        board.Open();
        board.Add([Row(1, Sender)], Now);
        board.Add([Row(1, Sender) with { Marker = "marker" }], Now);
        var session = Runnable();
        var copies = Finish(session, Head(session));
        Assert.Equal([null, "marker"], copies.Select(c => c.Marker));
        Assert.False(board.Runnable.TryRead(out _));
    }

    [Fact]
    public void A_new_message_does_not_wake_a_session_that_waits_for_a_retry()
    {
        board.Open();
        board.Add([Row(1, Sender)], Now);
        board.Retry(Runnable(), Now + Duration.FromMinutes(1));
        board.Add([Row(2, Sender)], Now);
        board.Examine(Now);
        Assert.False(board.Runnable.TryRead(out _));
        board.Examine(Now + Duration.FromMinutes(1));
        Assert.Equal(Id(1), Head(Runnable()).Message.Id);
    }

    [Fact]
    public void The_next_due_is_the_earlier_of_delayed_messages_and_retries()
    {
        board.Open();
        Assert.Null(board.NextDue);
        board.Add([Row(1, Sender, Now + Duration.FromHours(1))], Now);
        Assert.Equal(Now + Duration.FromHours(1), board.NextDue);
        board.Add([Row(2, Sender)], Now);
        board.Retry(Runnable(), Now + Duration.FromMinutes(1));
        Assert.Equal(Now + Duration.FromMinutes(1), board.NextDue);
        Assert.True(board.WhenIdleAsync().IsCompleted);
        board.Examine(Now + Duration.FromMinutes(1));
        Assert.False(board.WhenIdleAsync().IsCompleted);
    }

    [Fact]
    public void A_message_that_failed_before_is_delivered_alone()
    {
        board.Open();
        board.Add([Row(1, Sender), Row(2, Sender), Row(3, Sender)], Now);
        var session = Runnable();
        var batch = board.Next(session, next => next.Count());
        Assert.Equal([Id(1), Id(2), Id(3)], batch.Select(d => d.Message.Id));
        batch[1].Attempts = 1;
        Assert.Equal([Id(1)], board.Next(session, next => next.Count()).Select(d => d.Message.Id));
        board.Finish(session, batch.Take(1));
        Assert.Equal([Id(2)], board.Next(session, next => next.Count()).Select(d => d.Message.Id));
    }

    private static MessageId Id(int number) => Id<MessageKind>.From(Ulid.Create(number, 0));

    private static OutboxMessage Row(int number, PartitionId partition, Instant? dueAt = null) => new(
        partition,
        "etag",
        new Message(Id(number), "type", "queue", "session", Now, dueAt, null, JsonSerializer.SerializeToElement(number)),
        null);

    private DeliveryBoard.Delivery Head(DeliveryBoard.Session session) => Assert.Single(board.Next(session, _ => 1));

    private OutboxMessage[] Finish(DeliveryBoard.Session session, DeliveryBoard.Delivery delivery)
    {
        var copies = board.Finish(session, [delivery]);
        board.GiveBack(session);
        return copies;
    }

    private DeliveryBoard.Session Runnable()
    {
        Assert.True(board.Runnable.TryRead(out var session));
        return session;
    }
}
