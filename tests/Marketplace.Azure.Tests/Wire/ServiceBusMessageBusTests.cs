using Amqp;
using Amqp.Types;
using Azure.Messaging.ServiceBus;
using Marketplace.Contracts;
using Marketplace.ServiceBus.Bus;
using NodaTime;

namespace Marketplace.Azure.Tests.Wire;

/// <summary>The real client of Service Bus, over AMQP to a broker on this machine.</summary>
public sealed class ServiceBusMessageBusTests
{
    private static readonly Instant Due = Instant.FromUtc(2031, 2, 3, 4, 5, 6);

    [Fact]
    public async Task Messages_come_to_their_queues_in_their_order_with_ids_sessions_and_due_times()
    {
        using var broker = new AmqpBroker();
        await using var client = Open(broker);
        var bus = new ServiceBusMessageBus(client);
        var sent = Enumerable.Range(0, 6).Select(i => Message(i, i % 2 == 0 ? Queues.Market : Queues.Billing, $"session-{i % 3}", i == 3 ? Due : null)).ToList();

        await bus.SendAsync(sent, TestContext.Current.CancellationToken);

        foreach (var queue in sent.GroupBy(message => message.Queue))
        {
            var taken = broker.Taken.Where(t => t.Queue == queue.Key).Select(t => t.Message).ToList();
            Assert.Equal(queue.Select(message => message.Id), taken.Select(t => t.Properties.MessageId));
            Assert.Equal(queue.Select(message => message.SessionId), taken.Select(t => t.Properties.GroupId));
            Assert.Equal(queue.Select(message => message.NotBefore), taken.Select(DueOf));
            Assert.All(taken, t => Assert.Equal("application/json", t.Properties.ContentType));
        }
    }

    [Fact]
    public async Task More_than_one_transfer_holds_goes_in_several_and_stays_in_order()
    {
        using var broker = new AmqpBroker(maxMessageSize: 4_096);
        await using var client = Open(broker);
        var sent = Enumerable.Range(0, 40).Select(i => Message(i, Queues.Market, "session", null)).ToList();

        await new ServiceBusMessageBus(client).SendAsync(sent, TestContext.Current.CancellationToken);

        Assert.Equal(sent.Select(message => message.Id), broker.Taken.Select(t => t.Message.Properties.MessageId));
        Assert.InRange(broker.Transfers, 2, 20);
    }

    [Fact]
    public async Task Transient_fault_is_tried_again()
    {
        using var broker = new AmqpBroker { Fails = transfer => transfer <= 2 };
        await using var client = Open(broker);

        await new ServiceBusMessageBus(client).SendAsync([Message(1, Queues.Market, "session", null)], TestContext.Current.CancellationToken);

        Assert.Equal((3, 1), (broker.Transfers, broker.Taken.Count));
    }

    [Fact]
    public async Task Fault_that_stays_comes_to_the_sender()
    {
        using var broker = new AmqpBroker { Fails = _ => true };
        await using var client = Open(broker);

        await Assert.ThrowsAsync<ServiceBusException>(() =>
            new ServiceBusMessageBus(client).SendAsync([Message(1, Queues.Market, "session", null)], TestContext.Current.CancellationToken));

        Assert.Empty(broker.Taken);
    }

    [Fact]
    public async Task Dead_letter_is_read_as_it_was_sent_and_gone_only_when_completed()
    {
        using var broker = new AmqpBroker();
        await using var client = Open(broker);
        var bus = new ServiceBusMessageBus(client);
        var sent = Message(7, Queues.Usage, "lease", null);
        await bus.SendAsync([sent], TestContext.Current.CancellationToken);
        Assert.True(broker.Taken.TryDequeue(out var taken));
        broker.DeadLettersOf(Queues.Usage).Add(Dead(taken.Message, "MaxDeliveryCountExceeded", "Ten times."));

        var first = Assert.Single(await bus.TakeAsync(Queues.Usage, 10, TestContext.Current.CancellationToken));
        await first.Settlement.AbandonAsync(TestContext.Current.CancellationToken);
        var again = Assert.Single(await bus.TakeAsync(Queues.Usage, 10, TestContext.Current.CancellationToken));
        await again.Settlement.CompleteAsync(TestContext.Current.CancellationToken);

        Assert.Equal(sent, again.Message);
        Assert.Equal(("MaxDeliveryCountExceeded", "Ten times."), (again.Reason, again.Description));
        Assert.Empty(await bus.TakeAsync(Queues.Usage, 10, TestContext.Current.CancellationToken));
        Assert.Equal(0, broker.DeadLettersOf(Queues.Usage).Count);
    }

    private static BusMessage Message(int number, string queue, string session, Instant? notBefore) =>
        new($"msg-{number:D3}", queue, session, new OutboxPointer("trading", "book", $"out!{queue}!msg_{number:D26}"), "TradeExecuted", $"00-{number:x32}-{number:x16}-01", notBefore);

    private static Instant? DueOf(Message message) => message.MessageAnnotations?[(Symbol)"x-opt-scheduled-enqueue-time"] is DateTime at ? Instant.FromDateTimeUtc(at) : null;

    private static Message Dead(Message message, string reason, string description)
    {
        message.ApplicationProperties["DeadLetterReason"] = reason;
        message.ApplicationProperties["DeadLetterErrorDescription"] = description;
        return message;
    }

    private static ServiceBusClient Open(AmqpBroker broker) => new(
        broker.ConnectionString,
        new ServiceBusClientOptions
        {
            RetryOptions = new ServiceBusRetryOptions { Mode = ServiceBusRetryMode.Fixed, MaxRetries = 3, Delay = TimeSpan.FromMilliseconds(20), TryTimeout = TimeSpan.FromSeconds(10) },
        });
}
