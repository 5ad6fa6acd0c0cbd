using System.Text.Json;
using Azure.Messaging.ServiceBus;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.ServiceBus.Bus;
using Marketplace.Testing.Time;
using NodaTime;

namespace Marketplace.Azure.Tests.Delivery;

/// <summary>What goes over the wire, through the client library's own types.</summary>
public sealed class FormatTests
{
    private static readonly MessageId Id = MessageId.Parse("msg_01ARZ3NDEKTSV4RRFFQ69G5FAV");

    [Fact]
    public void Message_points_at_its_row_and_reads_back_as_sent()
    {
        var sent = BusMessage.Of(Row("session", null));

        var wire = BusFormat.ToServiceBus(sent);

        Assert.Equal((Id.ToString(), "session", "test.type.v1"), (wire.MessageId, wire.SessionId, wire.Subject));
        Assert.Equal(default, wire.ScheduledEnqueueTime);
        Assert.DoesNotContain("a secret", wire.Body.ToString(), StringComparison.Ordinal);
        Assert.Equal(sent, BusFormat.Read(Queues.Bids, Received(wire)));
    }

    [Fact]
    public void Message_with_a_due_time_is_scheduled()
    {
        var due = VirtualTime.Monday + Duration.FromDays(7);
        var wire = BusFormat.ToServiceBus(BusMessage.Of(Row("session", due)));
        Assert.Equal(due.ToDateTimeOffset(), wire.ScheduledEnqueueTime);
    }

    [Fact]
    public void Session_key_that_is_too_long_for_the_bus_is_hashed_and_comes_back_whole()
    {
        var key = new string('k', 250);
        var wire = BusFormat.ToServiceBus(BusMessage.Of(Row(key, null)));
        Assert.InRange(wire.SessionId.Length, 1, 128);
        Assert.Equal(key, BusFormat.Read(Queues.Bids, Received(wire)).SessionKey);
    }

    [Fact]
    public void Wake_up_has_no_pointer()
    {
        var wire = BusFormat.ToServiceBus(BusMessage.Wake(Queues.Bids, "session", VirtualTime.Monday, Ulid.Create(1, 1)));
        Assert.Null(BusFormat.Read(Queues.Bids, Received(wire)).Pointer);
        Assert.Equal(VirtualTime.Monday.ToDateTimeOffset(), wire.ScheduledEnqueueTime);
    }

    private static OutboxMessage Row(string session, Instant? due) => new(
        new PartitionId("test", "sender"),
        "etag",
        new Message(Id, "test.type.v1", Queues.Bids, session, VirtualTime.Monday, due, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", JsonSerializer.SerializeToElement("a secret")),
        null);

    private static ServiceBusReceivedMessage Received(ServiceBusMessage sent) => ServiceBusModelFactory.ServiceBusReceivedMessage(
        body: sent.Body, messageId: sent.MessageId, sessionId: sent.SessionId, subject: sent.Subject, properties: sent.ApplicationProperties);
}
