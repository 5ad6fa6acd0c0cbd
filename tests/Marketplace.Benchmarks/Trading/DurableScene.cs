using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Time;
using Marketplace.Trading;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Benchmarks.Trading;

/// <summary>Books on a store, without anybody who takes their messages.</summary>
internal static class DurableScene
{
    /// <summary>The order book's module on a store.</summary>
    public static ServiceProvider Compose(IPartitionStore store, IOutboxIndex index)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(new VirtualTime(BookScene.Now));
        services.AddSingleton(store);
        services.AddSingleton(index);
        services.AddSingleton<IMessagePublisher, NoPublisher>();
        services.AddMarketplaceRuntime();
        services.AddTrading();
        return services.BuildServiceProvider();
    }

    /// <summary>Commands as a session brings them: in the largest batches, each command with a message of its own.</summary>
    public static IEnumerable<SentCommand[]> Batches(IEnumerable<BookCommand> commands) => commands
        .Select((command, i) => new SentCommand(MessageId.From(Ulid.Create(BookScene.Now.ToUnixTimeMilliseconds(), (UInt128)i)), command))
        .Chunk(MessageRoute.MaxBatch);

    /// <summary>Has the book's writer take batches, one after the other.</summary>
    public static async Task ApplyAsync(ServiceProvider services, IEnumerable<SentCommand[]> batches, CancellationToken cancellationToken)
    {
        var writer = services.GetRequiredService<BookWriter>();
        foreach (var batch in batches) await writer.ApplyAsync(BookScene.Book, batch, cancellationToken);
    }

    private sealed class NoPublisher : IMessagePublisher
    {
        public ValueTask PublishAsync(IReadOnlyList<OutboxMessage> messages) => ValueTask.CompletedTask;
    }
}
