using System.Collections.Concurrent;
using System.Net;
using Marketplace.Runtime;
using Marketplace.ServiceBus.Bus;
using Marketplace.Simulation.Tests.Audit;
using Marketplace.Testing.Bus;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marketplace.Azure.Tests.Processes;

/// <summary>A message as it is handed to an instance.</summary>
internal sealed record Handed(BusMessage Message, int Count);

/// <summary>A session as it is handed to an instance, which settles its messages by their place.</summary>
internal sealed record HandedSession(Guid Handle, IReadOnlyList<Handed> Messages);

/// <summary>How an instance settles a message.</summary>
internal sealed record Settling(Guid Handle, int Place, string How, string? Reason, string? Description);

/// <summary>The simulated bus for other processes, over HTTP on loopback. What the onlooker is told stays in this process.</summary>
internal sealed class Broker : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly SimulatedBus bus;
    private readonly ConcurrentDictionary<Guid, SimulatedBus.TakenSession> taken = [];
    private readonly Random random = new(1);
    private volatile bool isOver;

    private Broker(SimulatedBus bus)
    {
        this.bus = bus;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        app = builder.Build();
        app.MapPost("/send", SendAsync);
        app.MapPost("/take", TakeAsync);
        app.MapPost("/settle", SettleAsync);
    }

    public string Address => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<Broker> StartAsync(SimulatedBus bus)
    {
        var broker = new Broker(bus);
        await broker.app.StartAsync();
        return broker;
    }

    /// <summary>Tells instances that ask for work to end.</summary>
    public void End() => isOver = true;

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task SendAsync(HttpContext context) =>
        await bus.SendAsync(await ReadAsync<BusMessage[]>(context), context.RequestAborted);

    private async Task TakeAsync(HttpContext context)
    {
        if (isOver)
        {
            context.Response.StatusCode = StatusCodes.Status410Gone;
            return;
        }

        SimulatedBus.TakenSession? session;
        lock (random) session = bus.Take(random.Next, queue => queue == Contracts.Queues.Market ? 64 : 1, queue => queue != Observer.Queue);
        if (session is null)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        var handle = Guid.NewGuid();
        taken[handle] = session;
        await context.Response.Body.WriteAsync(MarketplaceJson.Serialize(
            new HandedSession(handle, [.. session.Deliveries.Select(d => new Handed(d.Message, d.Count))])));
    }

    private async Task SettleAsync(HttpContext context)
    {
        var settling = await ReadAsync<Settling>(context);
        var settlement = taken[settling.Handle].Deliveries[settling.Place].Settlement;
        try
        {
            await (settling.How switch
            {
                "complete" => settlement.CompleteAsync(default),
                "abandon" => settlement.AbandonAsync(default),
                _ => settlement.DeadLetterAsync(settling.Reason!, settling.Description!, default),
            });
        }
        catch (IOException)
        {
            context.Response.StatusCode = StatusCodes.Status409Conflict;
        }
    }

    private static async Task<T> ReadAsync<T>(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        return MarketplaceJson.Deserialize<T>(body.ToArray());
    }
}
