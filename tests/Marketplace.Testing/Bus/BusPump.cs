using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.ServiceBus.Receive;

namespace Marketplace.Testing.Bus;

/// <summary>
/// Delivers what a bus holds to a receiver on the caller's thread, sessions in an order and batches of a size that the seed draws. With a
/// disorder rate, holders lose their sessions: some before they begin, who then wake up after others went on, and some before they settle.
/// </summary>
public sealed class BusPump(SimulatedBus bus, SessionReceiver receiver, int seed, double disorderRate)
{
    private readonly Random random = new(seed);
    private readonly List<SimulatedBus.TakenSession> stale = [];

    /// <summary>How many deliveries were handled by a holder who had lost the session long before.</summary>
    public int LateWakings { get; private set; }

    /// <summary>Delivers until nothing waits and nobody sleeps.</summary>
    public async Task RunAsync()
    {
        while (await DeliverNextAsync()) { }
    }

    /// <summary>Makes one delivery. False if there is nothing to deliver.</summary>
    public async Task<bool> DeliverNextAsync()
    {
        if (stale.Count > 0 && random.Next(8) == 0) return await WakeAsync();
        var taken = bus.Take(random.Next, queue => queue == Queues.Market ? random.Next(1, MessageRoute.MaxBatch + 1) : 1, _ => true);
        if (taken is null) return stale.Count > 0 && await WakeAsync();

        var draw = random.NextDouble() / disorderRate;
        if (draw < 1)
        {
            taken.LoseLock();
            stale.Add(taken);
            return true;
        }

        // Its effect comes, and what it says of it does not: the messages are delivered again.
        if (draw < 2) taken.LoseLock();
        await receiver.ReceiveAsync(taken.Deliveries, CancellationToken.None);
        return true;
    }

    private async Task<bool> WakeAsync()
    {
        var sleeper = stale[random.Next(stale.Count)];
        stale.Remove(sleeper);
        LateWakings++;
        await receiver.ReceiveAsync(sleeper.Deliveries, CancellationToken.None);
        return true;
    }
}
