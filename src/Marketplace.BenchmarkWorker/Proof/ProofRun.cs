using Marketplace.BenchmarkWorker.Kernels;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Proof;

/// <summary>
/// One part on the worker's side: does all rounds in order, gives the roots, and afterwards opens the units the server drew. Keeps 8 bytes per
/// unit.
/// </summary>
internal sealed class ProofRun
{
    private readonly ProofParameters parameters;
    private readonly ulong[][] digests;

    private ProofRun(ProofParameters parameters)
    {
        if (parameters is not { Workload: Workload.Int8Tiles, Devices: 1 } || parameters.Rows != parameters.Depth || parameters.Columns != parameters.Depth)
            throw new NotSupportedException("This worker proves square int8 products on one device only.");
        this.parameters = parameters;
        Roots = new byte[parameters.Rounds * DigestTree.NodeLength];
        digests = new ulong[parameters.Rounds][];
        for (var t = 0; t < parameters.Rounds; t++) digests[t] = new ulong[parameters.UnitsPerRound];
    }

    /// <summary>The roots of all rounds one after another, 32 bytes each.</summary>
    public byte[] Roots { get; }

    /// <summary>Does all rounds.</summary>
    /// <param name="engine">Made for the session's size before its clock started.</param>
    /// <param name="parameters">What the server asks.</param>
    /// <param name="seed">seed_0, 32 bytes.</param>
    /// <param name="progress">Told the number of finished rounds.</param>
    /// <param name="cancellation">Ends the run between rounds.</param>
    public static ProofRun Complete(
        RoundEngine engine, ProofParameters parameters, ReadOnlySpan<byte> seed, Action<int>? progress, CancellationToken cancellation)
    {
        var run = new ProofRun(parameters);
        Span<byte> current = stackalloc byte[SeedChain.Length];
        seed.CopyTo(current);
        for (var t = 0; t < parameters.Rounds; t++)
        {
            cancellation.ThrowIfCancellationRequested();
            engine.Run(current, run.digests[t]);
            var nodes = new byte[DigestTree.NodeCount(parameters.UnitsPerRound) * DigestTree.NodeLength];
            DigestTree.Nodes(run.digests[t], nodes);
            DigestTree.Root(parameters.UnitsPerRound, nodes, run.Roots.AsSpan(t * DigestTree.NodeLength, DigestTree.NodeLength));
            SeedChain.Next(t + 1, current, SeedChain.Lagged(parameters.Lag, t, run.Roots), current);
            progress?.Invoke(t + 1);
        }

        return run;
    }

    /// <summary>Opens the drawn units, given in order.</summary>
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
}
