using Marketplace.Contracts;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Store;
using Marketplace.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Marketplace.Runtime.Tests.Dispatch;

/// <summary>A process with the in-process dispatcher; several in turn on one store are a process and its restarts.</summary>
internal sealed class DispatcherHost : IAsyncDisposable
{
    private readonly ServiceProvider services;

    public DispatcherHost(
        Func<Note, MessageContext, Task> handle,
        InMemoryPartitionStore? store = null,
        VirtualTime? time = null,
        OnDeadLetter onDeadLetter = OnDeadLetter.GoOn,
        Func<StoreCall, StoreFault>? faults = null,
        Action<DispatcherOptions>? options = null,
        Func<IReadOnlyList<DeliveredMessage>, Task>? handleBatch = null)
    {
        Store = store ?? new InMemoryPartitionStore();
        Time = time ?? new VirtualTime(VirtualTime.Monday);
        var registrations = new ServiceCollection();
        registrations.AddSingleton<TimeProvider>(Time);
        registrations.AddSingleton<IEntropy>(new SeededEntropy(Store.Partitions.Count));
        registrations.AddSingleton<IPartitionStore>(faults is null ? Store : new FaultyPartitionStore(Store, faults));
        registrations.AddSingleton<IOutboxIndex>(Store);
        registrations.AddLogging(logging => logging.SetMinimumLevel(LogLevel.None));
        registrations.AddMarketplaceRuntime();
        registrations.AddInProcessDispatcher(options);
        registrations.AddSingleton(handle);
        registrations.AddMessageHandler<Note, NoteHandler>("notes", note => note.Session, onDeadLetter);
        registrations.AddSingleton(handleBatch ?? (_ => Task.CompletedTask));
        registrations.AddBatchedMessage<Credit, AccountHandler>("notes", credit => credit.Session, onDeadLetter);
        registrations.AddBatchedMessage<Debit, AccountHandler>("notes", debit => debit.Session, onDeadLetter);
        services = registrations.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }

    public InMemoryPartitionStore Store { get; }

    public VirtualTime Time { get; }

    public InProcessDispatcher Dispatcher => services.GetRequiredService<InProcessDispatcher>();

    public Workspace Workspace => services.GetRequiredService<Workspace>();

    public DeadLetters DeadLetters => services.GetRequiredService<DeadLetters>();

    public async Task<DispatcherHost> StartAsync()
    {
        await Dispatcher.StartAsync(CancellationToken.None);
        return this;
    }

    public Task SendAsync(string session, int number, Instant? dueAt = null) => SendAsync(new Note(session, number), $"{session}-{number}", dueAt);

    /// <summary>Sends a message that is handled in batches: even numbers as credits, odd ones as debits.</summary>
    public Task SendBatchedAsync(string session, int number) => number % 2 == 0
        ? SendAsync(new Credit(session, number), $"{session}-{number}")
        : SendAsync(new Debit(session, number), $"{session}-{number}");

    private async Task SendAsync<TMessage>(TMessage message, string name, Instant? dueAt = null)
        where TMessage : IMessage
    {
        var work = Workspace.Open(new PartitionId("test", "sender"));
        work.Send(message, dueAt);
        await Workspace.CommitAsync(work, $"send-{name}", default, CancellationToken.None);
    }

    public async Task WhenIdleAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        await Dispatcher.WhenIdleAsync(limit.Token);
    }

    /// <summary>Advances in steps until something happened, at most an hour.</summary>
    public async Task AdvanceUntilAsync(Func<bool> happened)
    {
        await WhenIdleAsync();
        for (var seconds = 0; seconds < 3600 && !happened(); seconds++)
        {
            Time.Advance(Duration.FromSeconds(1));
            await WhenIdleAsync();
        }

        Assert.True(happened(), "It did not happen within an hour.");
    }

    public async Task ResubmitAsync(MessageId id, string key) =>
        Assert.True((await services.GetRequiredService<ResubmitDeadLetter>().ExecuteAsync(id, IdempotencyKey.Of(key), CancellationToken.None)).Result.IsAccepted);

    /// <summary>Outbox rows in all partitions.</summary>
    public async Task<int> CountOutboxAsync()
    {
        var count = 0;
        await foreach (var partition in Store.SweepAsync(CancellationToken.None))
        {
            await foreach (var _ in Store.ReadRangeAsync(partition, OutboxRows.All, CancellationToken.None)) count++;
        }

        return count;
    }

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await Dispatcher.StopAsync(limit.Token);
        await services.DisposeAsync();
    }

    internal sealed record Note(string Session, int Number) : IMessage
    {
        public static string MessageType => "test.note.v1";
    }

    internal sealed record Credit(string Session, int Number) : IMessage
    {
        public static string MessageType => "test.credit.v1";
    }

    internal sealed record Debit(string Session, int Number) : IMessage
    {
        public static string MessageType => "test.debit.v1";
    }

    private sealed class AccountHandler(Func<IReadOnlyList<DeliveredMessage>, Task> handle) : ISessionBatchHandler
    {
        public Task HandleAsync(IReadOnlyList<DeliveredMessage> batch, CancellationToken cancellationToken) => handle(batch);
    }

    private sealed class NoteHandler(Func<Note, MessageContext, Task> handle) : IMessageHandler<Note>
    {
        public Task HandleAsync(Note message, MessageContext context, CancellationToken cancellationToken) => handle(message, context);
    }
}
