using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Proof;

/// <summary>
/// One part on the worker's side: all its devices do all their rounds at once, each with its own seed; then it gives the roots, and
/// afterwards opens the units that the server drew. Made before the clock starts; may be run again with other seeds.
/// </summary>
internal sealed class PartRun : IDisposable
{
    private readonly List<IRoundEngine> engines = [];
    private readonly List<ProofRun> devices = [];

    /// <summary>Prepares the devices.</summary>
    /// <param name="available">This machine's devices; the first that the part asks for are used.</param>
    /// <param name="parameters">What the server asks.</param>
    /// <exception cref="NotSupportedException">There are too few devices, or one can't do what is asked.</exception>
    public PartRun(IReadOnlyList<IDevice> available, ProofParameters parameters)
    {
        if (available.Count < parameters.Devices) throw new NotSupportedException($"{parameters.Devices} devices are asked for, and this machine has {available.Count}.");
        Parameters = parameters;
        Devices = [.. available.Take(parameters.Devices)];
        Roots = new byte[parameters.RootsLength];
        try
        {
            foreach (var device in Devices)
            {
                engines.Add(device.Prepare(parameters));
                devices.Add(new ProofRun(engines[^1], parameters));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the server asks.</summary>
    public ProofParameters Parameters { get; }

    /// <summary>The devices that it uses.</summary>
    public IReadOnlyList<IDevice> Devices { get; }

    /// <summary>All roots, device by device and round by round, 32 bytes each; of the last run.</summary>
    public byte[] Roots { get; }

    /// <summary>How the arithmetic is done.</summary>
    public string KernelPath => engines[0].KernelPath;

    /// <summary>Does all rounds on all devices.</summary>
    /// <param name="seeds">seed_0 of each device, 32 bytes each.</param>
    /// <param name="progress">Told the number of finished rounds over all devices.</param>
    /// <param name="cancellation">Ends the run between rounds.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public void Complete(byte[] seeds, Action<int>? progress, CancellationToken cancellation)
    {
        var finished = 0;
        var failure = default(Exception);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Thread[] threads = [.. devices.Select((device, i) => new Thread(() => RunDevice(device, i)) { IsBackground = true })];
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        for (var i = 0; i < devices.Count; i++) devices[i].Roots.CopyTo(Roots, i * devices[i].Roots.Length);

        void RunDevice(ProofRun device, int i)
        {
            try
            {
                device.Complete(seeds.AsSpan(i * SeedChain.Length, SeedChain.Length), _ => progress?.Invoke(Interlocked.Increment(ref finished)), stop.Token);
            }
            catch (Exception fault)
            {
                // One device that fails ends the part; the others would work for nothing.
                Interlocked.CompareExchange(ref failure, fault, null);
                stop.Cancel();
            }
        }
    }

    /// <summary>One bare round on each device at once.</summary>
    public void RunBare() => Parallel.ForEach(engines, engine => engine.RunBare());

    /// <summary>Opens the drawn units, given in order.</summary>
    public byte[] Open(IReadOnlyList<UnitAddress> drawn) =>
        [.. drawn.GroupBy(unit => unit.Device).SelectMany(ofDevice => devices[ofDevice.Key].Open([.. ofDevice]))];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var engine in engines) engine.Dispose();
    }
}
