using Marketplace.BenchmarkWorker.Gpu.Driver;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>
/// What all engines of a GPU share: a round is queued whole behind the one before, its digests (8 bytes per unit) come back to pinned
/// memory, and the host takes them up while the device works on the next. What an engine makes it owns and gives back.
/// </summary>
internal abstract class GpuEngine : IRoundEngine
{
    private readonly List<IDisposable> owned = [];
    private RoundSlots? slots;

    /// <summary>Makes an engine on a device.</summary>
    protected GpuEngine(GpuContext context)
    {
        Context = context;
        context.MakeCurrent();
    }

    /// <inheritdoc/>
    public abstract string KernelPath { get; }

    /// <summary>The device.</summary>
    protected GpuContext Context { get; }

    /// <inheritdoc/>
    public void Begin(int round, ReadOnlySpan<byte> seed, ulong[] digests)
    {
        Context.MakeCurrent();
        slots!.Fetch(round, Queue(round, seed), digests);
    }

    /// <inheritdoc/>
    public void End(int round)
    {
        Context.MakeCurrent();
        slots!.Receive(round);
    }

    /// <inheritdoc/>
    public void RunBare()
    {
        Context.MakeCurrent();
        QueueBare();
        Context.Wait();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // First all work that was begun and not ended: it still writes to what is given back here. Codes are not looked at: a lost context
        // gives its fault here too, and its memory is gone by itself.
        _ = Context.Driver.SetCurrentContext(Context.Handle);
        _ = Context.Driver.SynchronizeStream(Context.Stream);
        for (var i = owned.Count - 1; i >= 0; i--) owned[i].Dispose();
        owned.Clear();
    }

    /// <summary>Queues all kernels of a round and says where its digests will lie.</summary>
    protected abstract DeviceMemory Queue(int round, ReadOnlySpan<byte> seed);

    /// <summary>Queues what is to be measured without the protocol.</summary>
    protected abstract void QueueBare();

    /// <summary>
    /// Takes what the engine needs and does one round with a seed of zeros; what was taken is given back if anything is refused. The round
    /// is for the driver and the library, which load kernels when they first run, and for <see cref="RunBare"/>: a card that multiplies
    /// zeros draws less power and runs at a higher clock than one that works.
    /// </summary>
    /// <param name="units">Digests of a round.</param>
    /// <param name="inFlight">Rounds begun and not ended at most.</param>
    /// <param name="others">Takes the rest.</param>
    /// <exception cref="NotSupportedException">Not the memory, or inexact arithmetic.</exception>
    /// <exception cref="GpuException">The driver refuses.</exception>
    protected void Take(int units, int inFlight, Action others)
    {
        try
        {
            others();
            slots = Own(new RoundSlots(Context, units * 8L, inFlight));
            Queue(0, new byte[SeedChain.Length]);
            Context.Wait();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Keeps something to give it back at the end.</summary>
    protected T Own<T>(T resource) where T : IDisposable
    {
        owned.Add(resource);
        return resource;
    }
}
