using Marketplace.Contracts;
using Marketplace.Metering;
using Marketplace.Runtime;
using Marketplace.Runtime.Dispatch;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Time;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Benchmarks.Metering;

/// <summary>Metering on a store, with leases that are ready, and nobody who takes what it sends.</summary>
internal sealed class MeteringScene : IAsyncDisposable
{
    private readonly Inbox inbox = new();
    private readonly ServiceProvider services;

    private MeteringScene(IPartitionStore store, IOutboxIndex index)
    {
        var all = new ServiceCollection();
        all.AddSingleton<TimeProvider>(new VirtualTime(SignedBatches.Now));
        all.AddSingleton(store);
        all.AddSingleton(index);
        all.AddSingleton<IMessagePublisher>(inbox);
        all.AddSingleton<IMachineKeys>(SignedBatches.Keys);
        all.AddMarketplaceRuntime();
        all.AddMetering();
        services = all.BuildServiceProvider();
    }

    public static async Task<MeteringScene> StartAsync(IPartitionStore store, IOutboxIndex index, IEnumerable<LeaseReady> leases)
    {
        var scene = new MeteringScene(store, index);
        var workspace = scene.services.GetRequiredService<Workspace>();
        foreach (var lease in leases)
        {
            var work = workspace.Open(new PartitionId("benchmark", "sender"));
            work.Send(lease);
            await workspace.CommitAsync(work, lease.LeaseId.ToString(), default, CancellationToken.None);
        }

        var processor = scene.services.GetRequiredService<MessageProcessor>();
        foreach (var message in scene.inbox.Taken.ToList()) await processor.ProcessAsync([message], 1, CancellationToken.None);
        return scene;
    }

    /// <summary>Sends batches one after the other, each when the one before is durable.</summary>
    public async Task SubmitAsync(IEnumerable<SubmitReadingsCommand> batches, CancellationToken cancellationToken)
    {
        using var scope = services.CreateScope();
        var submit = scope.ServiceProvider.GetRequiredService<SubmitReadings>();
        foreach (var (number, batch) in batches.Index())
        {
            var attempt = await submit.SubmitAsync(SignedBatches.Machine, batch, IdempotencyKey.Of($"batch-{number}"), cancellationToken);
            if (!attempt.Result.IsAccepted) throw new InvalidOperationException($"A batch was refused: {attempt.Result.Refusal}.");
        }
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private sealed class Inbox : IMessagePublisher
    {
        public List<Message> Taken { get; } = [];

        public ValueTask PublishAsync(IReadOnlyList<OutboxMessage> messages)
        {
            Taken.AddRange(messages.Select(m => m.Message));
            return ValueTask.CompletedTask;
        }
    }
}
