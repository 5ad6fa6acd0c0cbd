using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Proof;

/// <summary>
/// One device's side of a part: the digests of all its rounds, 8 bytes per unit, their roots, and afterwards the openings. Its buffers are
/// made and touched before the clock starts, so that nothing is allocated while it runs.
/// </summary>
internal sealed class ProofRun
{
    /// <summary>Fewer nodes than this are hashed faster by one core than by many.</summary>
    private const int NodesForManyCores = 256;

    private readonly ProofParameters parameters;
    private readonly IRoundEngine engine;
    private readonly ulong[][] digests;
    private readonly byte[] nodes;

    /// <summary>Makes the buffers.</summary>
    /// <param name="engine">Made for the part's shape; the caller disposes of it.</param>
    /// <param name="parameters">What the server asks.</param>
    public ProofRun(IRoundEngine engine, ProofParameters parameters)
    {
        this.parameters = parameters;
        this.engine = engine;
        digests = new ulong[parameters.Rounds][];
        nodes = new byte[DigestTree.NodeCount(parameters.UnitsPerRound) * DigestTree.NodeLength];
        Roots = new byte[parameters.Rounds * SeedChain.Length];
        for (var t = 0; t < parameters.Rounds; t++)
        {
            digests[t] = GC.AllocateUninitializedArray<ulong>(parameters.UnitsPerRound);
            digests[t].AsSpan().Fill(1);
        }
    }

    /// <summary>The roots of all rounds one after another, 32 bytes each; of the last run.</summary>
    public byte[] Roots { get; }

    /// <summary>Does all rounds with buffers of its own.</summary>
    /// <inheritdoc cref="Complete(ReadOnlySpan{byte}, Action{int}?, CancellationToken)"/>
    public static ProofRun Complete(
        IRoundEngine engine, ProofParameters parameters, ReadOnlySpan<byte> seed, Action<int>? progress, CancellationToken cancellation)
    {
        var run = new ProofRun(engine, parameters);
        run.Complete(seed, progress, cancellation);
        return run;
    }

    /// <summary>Does all rounds, as many at a time as the lag of the seed chain allows.</summary>
    /// <param name="seed">seed_0 of this device, 32 bytes.</param>
    /// <param name="progress">Told the number of finished rounds.</param>
    /// <param name="cancellation">Ends the run between rounds.</param>
    public void Complete(ReadOnlySpan<byte> seed, Action<int>? progress, CancellationToken cancellation)
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
                progress?.Invoke(t - parameters.Lag + 1);
            }

            if (t + 1 < parameters.Rounds) SeedChain.Next(t + 1, current, SeedChain.Lagged(parameters.Lag, t, Roots), current);
        }
    }

    /// <summary>Opens this device's drawn units, given in order, one after another.</summary>
    public byte[] Open(IReadOnlyList<UnitAddress> drawn)
    {
        var openings = new byte[ProofCheck.OpeningsLength(parameters, drawn)];
        var rest = openings.AsSpan();
        foreach (var round in drawn.GroupBy(unit => unit.Round))
        {
            int[] units = [.. round.Select(unit => unit.Unit)];
            DigestTree.Open(digests[round.Key], units, rest);
            rest = rest[units.Sum(unit => DigestTree.OpeningLength(parameters.UnitsPerRound, unit))..];
        }

        return openings;
    }

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
