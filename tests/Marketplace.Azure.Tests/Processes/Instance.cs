using System.Text.Json;
using Marketplace.Azure.Tests.Composition;
using Marketplace.Azure.Tests.Story;
using Marketplace.Runtime.Store;
using Marketplace.ServiceBus.Bus;
using Marketplace.ServiceBus.Receive;
using Marketplace.Simulation.Tests.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marketplace.Azure.Tests.Processes;

/// <summary>An instance of the marketplace as a process of its own, with the function app's composition. It handles deliveries until the broker says that it is over.</summary>
internal static class Instance
{
    public const string Argument = "--instance";
    private const int Workers = 6;

    public static async Task<int> RunAsync(string argument)
    {
        var settings = InstanceSettings.Parse(argument);
        using var bus = new BrokerClient(settings.Broker);
        var store = new StallingStore(
            StandIns.OpenTables(settings.Tables), settings.Number, settings.StallRate, TimeSpan.FromMilliseconds(settings.StallMilliseconds));
        await using var app = Compose(store, bus, new Witness());
        var receiver = app.Services.GetRequiredService<SessionReceiver>();
        var deliveries = await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(() => WorkAsync(bus, receiver))));
        Console.WriteLine(JsonSerializer.Serialize(new InstanceReport(deliveries.Sum(), store.Stalls, store.Fenced, bus.Unsettled)));
        return 0;
    }

    /// <summary>The function app's composition, over what is given.</summary>
    public static WebApplication Compose<TBus>(IPartitionStore store, TBus bus, Witness witness)
        where TBus : IMessageBus, IDeadLetterQueues
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var services = builder.Services;
        services.AddSingleton<IMessageBus>(bus);
        services.AddSingleton<IDeadLetterQueues>(bus);
        services.AddMarketplaceOnAzure(Settings.With());
        services.Configure<ReceiverOptions>(options => options.LongestPause = TimeSpan.FromMilliseconds(100));
        services.AddSingleton(store);
        StandIns.Add<ProofsAtOnce>(services, witness);
        return builder.Build();
    }

    private static async Task<int> WorkAsync(BrokerClient bus, SessionReceiver receiver)
    {
        var count = 0;
        while (await bus.TakeAsync() is { } deliveries)
        {
            if (deliveries.Count == 0)
            {
                await Task.Delay(20);
                continue;
            }

            count += deliveries.Count;
            await receiver.ReceiveAsync(deliveries, CancellationToken.None);
        }

        return count;
    }
}
