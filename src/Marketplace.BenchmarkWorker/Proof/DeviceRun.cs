using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Proof;

/// <summary>
/// One device's side of a part: its engine and the digests of all its rounds, 8 bytes per unit. All of it is made before the clock
/// starts, so that nothing is allocated while it runs.
/// </summary>
internal sealed class DeviceRun : IDisposable
{
    /// <summary>Fewer nodes than this are hashed faster by one core than by many.</summary>
    private const int NodesForManyCores = 256;

    private readonly ProofParameters parameters;
    private readonly IRoundEngine engine;
    private readonly ulong[][] digests;
    private readonly byte[] nodes;

    /// <summary>Makes the engine and the buffers, and does one round, so that everything is compiled and touched.</summary>
    /// <exception cref="NotSupportedException">The device can't do what is asked.</exception>
    public DeviceRun(IDevice device, ProofParameters parameters)
    {
        this.parameters = parameters;
        engine = device.Prepare(parameters);
        digests = new ulong[parameters.Rounds][];
        nodes = new byte[DigestTree.NodeCount(parameters.UnitsPerRound) * DigestTree.NodeLength];
        Roots = new byte[parameters.Rounds * SeedChain.Length];
        for (var t = 0; t < parameters.Rounds; t++)
        {
            digests[t] = GC.AllocateUninitializedArray<ulong>(parameters.UnitsPerRound);
            digests[t].AsSpan().Fill(1);
        }

        engine.Begin(0, new byte[SeedChain.Length], digests[0]);
        Finish(0);
    }

    /// <summary>How the arithmetic is done.</summary>
    public string KernelPath => engine.KernelPath;

    /// <summary>The roots of all rounds one after another, 32 bytes each; of the last run.</summary>
    public byte[] Roots { get; }

    /// <summary>Does all rounds, as many at a time as the lag of the seed chain allows.</summary>
    /// <param name="seed">seed_0 of this device, 32 bytes.</param>
    /// <param name="finished">Told at the end of each round.</param>
    /// <param name="cancellation">Ends the run between rounds.</param>
    public void Complete(ReadOnlySpan<byte> seed, Action finished, CancellationToken cancellation)
    {
        Span<byte> current = stackalloc byte[SeedChain.Length];
        seed.CopyTo(current);
        for (var t = 0; t < parameters.Rounds + parameters.Lag; t++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (t < parameters.Rounds) engine.Begin(t, current, digests[t]);
            if (t >= parameters.Lag)
            {
                Finish(t - parameters.Lag);
                finished();
            }

            if (t + 1 < parameters.Rounds) SeedChain.Next(t + 1, current, SeedChain.Lagged(parameters.Lag, t, Roots), current);
        }
    }

    /// <summary>One round's arithmetic without the protocol.</summary>
    public void RunBare() => engine.RunBare();

    /// <summary>Opens units of one round.</summary>
    /// <param name="round">The round.</param>
    /// <param name="units">Its drawn units, in order.</param>
    /// <param name="openings">Receives them one after another.</param>
    public void Open(int round, ReadOnlySpan<int> units, Span<byte> openings) => DigestTree.Open(digests[round], units, openings);

    /// <inheritdoc/>
    public void Dispose() => engine.Dispose();

    private void Finish(int round)
    {
        engine.End(round);
        var (units, count) = (digests[round], DigestTree.NodeCount(parameters.UnitsPerRound));
        if (count < NodesForManyCores) DigestTree.Nodes(units, nodes);
        else Parallel.For(0, count, group => HashGroup(units, group));
        DigestTree.Root(parameters.UnitsPerRound, nodes, Roots.AsSpan(round * SeedChain.Length, SeedChain.Length));
    }

    private void HashGroup(ulong[] units, int group)
    {
        var first = group * DigestTree.GroupSize;
        DigestTree.Node(
            group, units.AsSpan(first, DigestTree.GroupLength(units.Length, first)), nodes.AsSpan(group * DigestTree.NodeLength, DigestTree.NodeLength));
    }
}
