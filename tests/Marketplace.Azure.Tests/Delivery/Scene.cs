using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.ServiceBus;
using Marketplace.ServiceBus.Bus;
using Marketplace.ServiceBus.DeadQueues;
using Marketplace.ServiceBus.Publish;
using Marketplace.ServiceBus.Receive;
using Marketplace.Testing.Bus;
using Marketplace.Testing.Store;
using Marketplace.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Marketplace.Azure.Tests.Delivery;

/// <summary>A message with a number.</summary>
public sealed record Note(string Session, int Number) : IMessage
{
    public static string MessageType => "test.note.v1";
}

/// <summary>A message that comes in batches.</summary>
public sealed record Entry(string Session, int Number) : IMessage
{
    public static string MessageType => "test.entry.v1";
}

/// <summary>Messages over the simulated bus, with handlers that a test gives. What was handled, by message once, is noted in its order.</summary>
internal sealed class Scene : IAsyncDisposable, IMessageHandler<Note>, ISessionBatchHandler
{
    private readonly ServiceProvider services;
    private readonly HashSet<MessageId> handled = [];
    private int operations;

    public Scene(OnDeadLetter onDeadLetter = OnDeadLetter.GoOn, Func<StoreCall, StoreFault>? faults = null)
    {
        Bus = new SimulatedBus(Time);
        var registrations = new ServiceCollection();
        registrations.AddSingleton<TimeProvider>(Time);
        registrations.AddSingleton<IEntropy>(new SeededEntropy(1));
        registrations.AddSingleton<IPartitionStore>(faults is null ? Store : new FaultyPartitionStore(Store, faults));
        registrations.AddSingleton<IMessageBus>(Bus);
        registrations.AddSingleton<IDeadLetterQueues>(Bus);
        registrations.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        registrations.AddMarketplaceRuntime();
        registrations.AddBusDelivery(options => options.LongestPause = TimeSpan.Zero);
        registrations.AddMessageHandler<Note, Scene>(Queues.Bids, note => note.Session, onDeadLetter);
        registrations.AddBatchedMessage<Entry, Scene>(Queues.Market, entry => entry.Session, onDeadLetter);
        registrations.AddSingleton(this);
        services = registrations.BuildServiceProvider();
    }

    public VirtualTime Time { get; } = new(VirtualTime.Monday);

    public InMemoryPartitionStore Store { get; } = new();

    public SimulatedBus Bus { get; }

    /// <summary>Numbers in the order in which they had their effect.</summary>
    public List<int> Done { get; } = [];

    /// <summary>Sizes of the batches that were done.</summary>
    public List<int> Batches { get; } = [];

    /// <summary>What a handler does with a number, before its effect: throws, or not.</summary>
    public Action<int> On { get; set; } = _ => { };

    public OutboxRelay Relay => Get<OutboxRelay>();

    public DeadLetters Letters => Get<DeadLetters>();

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public Task SendAsync(int number, string session = "a", string partition = "sender", Instant? dueAt = null) =>
        SendAsync(new Note(session, number), partition, dueAt);

    public Task SendEntryAsync(int number, string session = "a") => SendAsync(new Entry(session, number), "sender", null);

    private async Task SendAsync<TMessage>(TMessage message, string partition, Instant? dueAt)
        where TMessage : IMessage
    {
        var work = Get<Workspace>().Open(new PartitionId("test", partition));
        work.Send(message, dueAt);
        await Get<Workspace>().CommitAsync(work, $"send-{++operations}", default, CancellationToken.None);
        Time.Advance(Duration.FromMilliseconds(1));
    }

    /// <summary>Takes the first session, or none.</summary>
    public SimulatedBus.TakenSession? Take(int most = 1) => Bus.Take(_ => 0, _ => most, _ => true);

    public Task ReceiveAsync(SimulatedBus.TakenSession taken) => Get<SessionReceiver>().ReceiveAsync(taken.Deliveries, CancellationToken.None);

    /// <summary>Delivers what is there now; batches of at most so many.</summary>
    public async Task DeliverAsync(int most = 64)
    {
        while (Bus.Take(_ => 0, queue => queue == Queues.Market ? most : 1, _ => true) is { } taken) await ReceiveAsync(taken);
    }

    /// <summary>Lets time pass, delivering what comes.</summary>
    public async Task PassAsync(Duration duration)
    {
        var end = Time.Now + duration;
        await DeliverAsync();
        while (Bus.NextDue is { } next && next <= end)
        {
            if (next > Time.Now) Time.JumpTo(next);
            await DeliverAsync();
        }

        if (end > Time.Now) Time.JumpTo(end);
        await DeliverAsync();
    }

    /// <summary>Rows left of messages, in all partitions.</summary>
    public async Task<int> CountOutboxAsync()
    {
        var count = 0;
        foreach (var partition in Store.Partitions) await foreach (var _ in Store.ReadRangeAsync(partition, OutboxRows.All, CancellationToken.None)) count++;
        return count;
    }

    public async Task HandleAsync(Note message, MessageContext context, CancellationToken cancellationToken)
    {
        On(message.Number);
        if (await Get<Workspace>().HandleAsync(new PartitionId("test", "receiver"), context, _ => Task.CompletedTask, cancellationToken)) Note(context.Id, message.Number);
    }

    public async Task HandleAsync(IReadOnlyList<DeliveredMessage> batch, CancellationToken cancellationToken)
    {
        foreach (var message in batch) On(((Entry)message.Contract).Number);
        var work = Get<Workspace>().Open(new PartitionId("test", "receiver"));
        var result = await Get<Workspace>().CommitAsync(work, [.. batch.Select(m => m.Context.Id)], cancellationToken);
        if (result.Status == CommitStatus.AlreadyCommitted && batch.Count == 1) return;
        if (result.Status != CommitStatus.Committed) throw new IOException("Some of it was handled before.");
        Batches.Add(batch.Count);
        foreach (var message in batch) Note(message.Context.Id, ((Entry)message.Contract).Number);
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private void Note(MessageId id, int number)
    {
        Assert.True(handled.Add(id), $"{number} had its effect twice.");
        Done.Add(number);
    }
}
