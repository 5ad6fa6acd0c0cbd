using Marketplace.Runtime;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Store;
using Marketplace.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Testing.Simulation;

/// <summary>
/// Modules on one thread with virtual time, an in-memory store and a seed: for one module's tests as well as for the simulation of
/// the whole. The same seed gives the same run.
/// </summary>
public sealed class SimulatedMarketplace : IAsyncDisposable
{
    private readonly ServiceProvider services;

    /// <summary>Composes modules.</summary>
    /// <param name="modules">Registers them.</param>
    /// <param name="seed">Fixes ids, entropy, the order of deliveries and the size of batches.</param>
    /// <param name="disorderRate">How often a message is forgotten until a sweep, or delivered again: 0 to below 1.</param>
    /// <param name="faults">Store faults; none if null.</param>
    public SimulatedMarketplace(
        Action<IServiceCollection> modules, int seed = 1, double disorderRate = 0, Func<StoreCall, StoreFault>? faults = null)
    {
        Messages = new SimulatedDispatcher(Store, seed, disorderRate);
        var registrations = new ServiceCollection();
        registrations.AddSingleton<TimeProvider>(Time);
        registrations.AddSingleton<IEntropy>(new SeededEntropy(seed));
        registrations.AddSingleton<IPartitionStore>(faults is null ? Store : new FaultyPartitionStore(Store, faults));
        registrations.AddSingleton<IOutboxIndex>(Store);
        registrations.AddSingleton<IMessagePublisher>(Messages);
        registrations.AddMarketplaceRuntime();
        modules(registrations);
        services = registrations.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        Messages.Processor = services.GetRequiredService<MessageProcessor>();
    }

    public VirtualTime Time { get; } = new(VirtualTime.Monday);

    public InMemoryPartitionStore Store { get; } = new();

    public SimulatedDispatcher Messages { get; }

    public IServiceProvider Services => services;

    /// <summary>A use case, in a scope that lives as long as the marketplace.</summary>
    public T Get<T>()
        where T : notnull => services.CreateScope().ServiceProvider.GetRequiredService<T>();

    /// <summary>Commits a message as some module would, and leaves its delivery to <see cref="RunAsync"/>.</summary>
    public async Task SendAsync<TMessage>(TMessage message, Instant? dueAt = null)
        where TMessage : Contracts.IMessage
    {
        var workspace = services.GetRequiredService<Workspace>();
        var work = workspace.Open(new PartitionId("test", "sender"));
        work.Send(message, dueAt);
        var operationId = services.GetRequiredService<IIdSource>().Next().ToString();
        while ((await workspace.CommitAsync(work, operationId, default, CancellationToken.None)).Status == CommitStatus.Conflict) { }
    }

    /// <summary>Delivers what is due now, and what follows of it, until nothing is. Sweeps before it stops.</summary>
    public async Task RunAsync()
    {
        do
        {
            while (await Messages.DeliverNextAsync(Time.Now)) { }
            await Messages.SweepAsync();
        }
        while (await Messages.DeliverNextAsync(Time.Now));
    }

    /// <summary>Goes forward in time, stopping wherever a delayed message or a retry is due.</summary>
    public async Task RunUntilAsync(Instant end)
    {
        await RunAsync();
        while (Messages.NextDueAfter(Time.Now) is { } next && next <= end)
        {
            Time.JumpTo(next);
            await RunAsync();
        }

        Time.JumpTo(end);
        await RunAsync();
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
