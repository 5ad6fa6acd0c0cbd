using Marketplace.Billing;
using Marketplace.Billing.Payments;
using Marketplace.Contracts;
using Marketplace.Finance;
using Marketplace.Leasing.ReadLeases;
using Marketplace.Ledger;
using Marketplace.Metering;
using Marketplace.Registry.Data;
using Marketplace.Registry.Organisations;
using Marketplace.Runtime;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;
using Marketplace.Sqlite;
using Marketplace.Testing.Payments;
using Marketplace.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Marketplace.Benchmarks.Metering;

/// <summary>Metering, ledger, billing and finance on SQLite, with the real dispatcher and a payment service in memory.</summary>
internal sealed class FinanceScene : IAsyncDisposable
{
    private const int MessagesPerCommit = 45;
    private readonly ServiceProvider services;
    private int sent;

    private FinanceScene(SqlitePartitionStore store, VirtualTime time, FakePaymentGateway gateway, int parallelSessions)
    {
        var all = new ServiceCollection();
        all.AddSingleton<TimeProvider>(time);
        all.AddSingleton<IPartitionStore>(store);
        all.AddSingleton<IOutboxIndex>(new SqliteOutboxIndex(store));
        all.AddSingleton<IMachineKeys>(SignedBatches.Keys);
        all.AddSingleton<IPaymentGateway>(gateway);
        all.AddSingleton<ICatalogue, Catalogue>();
        all.AddSingleton<ILeasedCapacities, LeaseQueries>();
        all.AddSingleton<IOrganisationNames, OrganisationReader>();
        all.AddMarketplaceRuntime();
        all.AddMetering();
        all.AddLedger();
        all.AddBilling();
        all.AddFinance();
        all.AddInProcessDispatcher(options => options.ParallelSessions = parallelSessions);
        services = all.BuildServiceProvider();
    }

    /// <summary>Starts the modules on what the store holds.</summary>
    /// <param name="store">The store.</param>
    /// <param name="time">The market's clock.</param>
    /// <param name="gateway">The payment service, which takes one caller at a time.</param>
    /// <param name="parallelSessions">How many sessions deliver at a time.</param>
    public static async Task<FinanceScene> StartAsync(
        SqlitePartitionStore store, VirtualTime time, FakePaymentGateway gateway, int parallelSessions)
    {
        var scene = new FinanceScene(store, time, gateway, parallelSessions);
        foreach (var hosted in scene.services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
        return scene;
    }

    /// <summary>Sends messages as some module would, and waits until they and what is due of what follows are handled.</summary>
    public async Task SendAsync<TMessage>(IEnumerable<TMessage> messages, CancellationToken cancellationToken)
        where TMessage : IMessage
    {
        var workspace = services.GetRequiredService<Workspace>();
        foreach (var some in messages.Chunk(MessagesPerCommit))
        {
            var work = workspace.Open(new PartitionId("benchmark", $"sender-{typeof(TMessage).Name}"));
            foreach (var message in some) work.Send(message);
            await workspace.CommitAsync(work, $"sent-{++sent}", default, cancellationToken);
        }

        await WhenIdleAsync(cancellationToken);
    }

    public Task WhenIdleAsync(CancellationToken cancellationToken) =>
        services.GetRequiredService<InProcessDispatcher>().WhenIdleAsync(cancellationToken);

    /// <summary>A use case, with the scope that it lives in.</summary>
    public async Task<TResult> UseAsync<T, TResult>(Func<T, Task<TResult>> use)
        where T : notnull
    {
        await using var scope = services.CreateAsyncScope();
        return await use(scope.ServiceProvider.GetRequiredService<T>());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in services.GetServices<IHostedService>()) await hosted.StopAsync(CancellationToken.None);
        await services.DisposeAsync();
    }
}
