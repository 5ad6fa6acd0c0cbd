using Azure.Data.Tables;
using Marketplace.AzureTables;
using Marketplace.Azure.Tests.Composition;
using Marketplace.Billing.Payments;
using Marketplace.Contracts;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.ServiceBus.Bus;
using Marketplace.ServiceBus.Publish;
using Marketplace.ServiceBus.Receive;
using Marketplace.Simulation.Tests;
using Marketplace.Simulation.Tests.Audit;
using Marketplace.Simulation.Tests.Doubles;
using Marketplace.Testing.Bus;
using Marketplace.Testing.Payments;
using Marketplace.Testing.Store;
using Marketplace.Testing.Time;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;

namespace Marketplace.Azure.Tests.Story;

/// <summary>
/// The function app's composition on one thread with virtual time and a seed: over a store of the caller's, with a stand-in for Service Bus
/// and, as in the simulation, for worker and payment service.
/// </summary>
internal sealed class AzureWorld : IMarketWorld, IAsyncDisposable
{
    private readonly VirtualTime time = new(VirtualTime.Monday);
    private readonly RandomFaults faults;
    private readonly Random random;
    private readonly WebApplication app;
    private readonly Duration sweepEvery;
    private readonly double faultRate;

    public AzureWorld(IPartitionStore store, int seed, double faultRate, Duration sweepEvery)
    {
        (this.sweepEvery, this.faultRate, random) = (sweepEvery, faultRate, new Random(seed));
        faults = new RandomFaults(seed, faultRate, faultRate / 5);
        Bus = new SimulatedBus(time) { Fault = FaultOfBus };
        app = Compose(new FaultyPartitionStore(store, FaultOfStore), seed);
        Payments = app.Services.GetRequiredService<FakePaymentGateway>();
        Payments.Fault = _ => faults.OfPayments();
        Pump = new BusPump(Bus, Get<SessionReceiver>(), seed, faultRate);
    }

    public SimulatedBus Bus { get; }

    public BusPump Pump { get; }

    public Witness Seen { get; } = new();

    public FakePaymentGateway Payments { get; }

    public Instant Now => time.Now;

    public T Get<T>()
        where T : notnull => app.Services.CreateScope().ServiceProvider.GetRequiredService<T>();

    public async Task PassAsync(Duration duration)
    {
        faults.AreOn = true;
        var end = Now + duration;
        while (true)
        {
            await Pump.RunAsync();
            if (Now >= end) break;
            var next = Instant.Min(end, Now + sweepEvery);
            if (Bus.NextDue is { } due && due < next) next = due;
            else if (next < end) await Get<OutboxRelay>().SweepAsync(default);
            if (next > Now) time.JumpTo(next);
        }

        // What a last fault left unpublished is found as the timer would find it, so that the next act begins with all of it done.
        faults.AreOn = false;
        time.Advance(OutboxRelay.Grace);
        await Get<OutboxRelay>().SweepAsync(default);
        await Pump.RunAsync();
    }

    /// <summary>Nothing was given up, nothing waits but for its time, and no session stands still.</summary>
    public async Task IsQuietAsync(IPartitionStore store)
    {
        Assert.Empty((await Get<DeadLetters>().ListAsync(10, null, default)).Items.Select(letter => letter.Reason));
        Assert.Equal(0, Bus.Waiting);
        if (store is not InMemoryPartitionStore memory) return;
        foreach (var partition in memory.Partitions.Where(p => p.Table == SessionRows.Table))
        {
            Assert.Empty((await store.ReadPageAsync(partition, new RowRange("!", "~"), 1, null, default)).Entities);
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    // A marker's row is its own: nobody else's write can conflict with it.
    private StoreFault FaultOfStore(StoreCall call) =>
        faults.OfStore(call) is var fault && fault == StoreFault.Conflict && call.Partition.Table == MarkerOutboxIndex.Table ? StoreFault.None : fault;

    private int FaultOfBus() => faults.AreOn && random.NextDouble() < faultRate ? (random.Next(2) * 2) - 1 : 0;

    private WebApplication Compose(IPartitionStore store, int seed)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var services = builder.Services;
        services.AddSingleton<TimeProvider>(time);
        services.AddSingleton<IEntropy>(new SeededEntropy(seed));
        services.AddSingleton<IMessageBus>(Bus);
        services.AddSingleton<IDeadLetterQueues>(Bus);
        services.AddMarketplaceOnAzure(Settings.With());
        services.Configure<ReceiverOptions>(options => options.LongestPause = TimeSpan.Zero);
        services.AddSingleton(store);
        StandIns.Add<SimulatedProofs>(services, Seen);
        return builder.Build();
    }
}

/// <summary>What stands for worker and payment service, and the onlooker.</summary>
internal static class StandIns
{
    /// <summary>Adds them; the proofs answer requests for a verification.</summary>
    public static void Add<TProofs>(IServiceCollection services, Witness witness)
        where TProofs : class, IMessageHandler<RequestVerification>
    {
        AddProofs<TProofs>(services);
        services.AddSingleton<IPaymentWebhooks, SimulatedWebhooks>();
        services.AddSingleton<FakePaymentGateway>();
        services.AddSingleton<IPaymentGateway>(provider => provider.GetRequiredService<FakePaymentGateway>());
        services.AddObserver(witness);
    }

    private static void AddProofs<TProofs>(IServiceCollection services)
        where TProofs : class, IMessageHandler<RequestVerification>
    {
        var real = services.Single(s => s.ImplementationInstance is MessageRoute { Queue: Queues.Verification } route && route.Contract == typeof(RequestVerification));
        services.Remove(real);
        services.AddMessageHandler<RequestVerification, TProofs>(Queues.Verification, m => m.MachineId.ToString());
    }

    /// <summary>A store on the emulator.</summary>
    public static AzureTablesPartitionStore OpenTables(string connection) => new(new TableServiceClient(connection));
}
