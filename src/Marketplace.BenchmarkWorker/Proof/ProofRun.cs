using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Proof;

/// <summary>
/// One session on the worker's side: does all rounds in order, gives the roots, and afterwards opens the tiles the server drew. Keeps
/// 8 bytes per tile and 32 per row of tiles.
/// </summary>
internal sealed class ProofRun
{
    private readonly ProofParameters parameters;
    private readonly ulong[][] digests;
    private readonly byte[][] nodes;

    private ProofRun(ProofParameters parameters)
    {
        this.parameters = parameters;
        Roots = new byte[parameters.Rounds * DigestTree.NodeLength];
        digests = new ulong[parameters.Rounds][];
        nodes = new byte[parameters.Rounds][];
        var side = parameters.TilesPerSide;
        for (var t = 0; t < parameters.Rounds; t++) (digests[t], nodes[t]) = (new ulong[side * side], new byte[side * DigestTree.NodeLength]);
    }

    /// <summary>The roots of all rounds one after another, 32 bytes each.</summary>
    public byte[] Roots { get; }

    /// <summary>Does all rounds, as many at a time as the lag of the seed chain allows.</summary>
    /// <param name="engine">Made for the session's shape before its clock started.</param>
    /// <param name="parameters">What the server asks.</param>
    /// <param name="seed">seed_0, 32 bytes.</param>
    /// <param name="progress">Told the number of finished rounds.</param>
    /// <param name="cancellation">Ends the run between rounds.</param>
    public static ProofRun Complete(
        IRoundEngine engine, ProofParameters parameters, ReadOnlySpan<byte> seed, Action<int>? progress, CancellationToken cancellation)
    {
        var run = new ProofRun(parameters);
        Span<byte> current = stackalloc byte[SeedChain.Length];
        seed.CopyTo(current);
        for (var t = 0; t < parameters.Rounds + parameters.Lag; t++)
        {
            cancellation.ThrowIfCancellationRequested();
            var lagged = t - parameters.Lag;
            if (t < parameters.Rounds) engine.Begin(t, current, run.digests[t]);
            if (lagged >= 0) run.End(engine, lagged, progress);
            if (t + 1 < parameters.Rounds) SeedChain.Next(t + 1, current, lagged >= 0 ? run.RootOf(lagged) : default, current);
        }

        return run;
    }

    /// <summary>Opens the drawn tiles, given in order of round, row and column.</summary>
    public IReadOnlyList<RoundOpening> Open(IEnumerable<TileAddress> drawn) =>
        [.. drawn.GroupBy(tile => tile.Round).Select(round => new RoundOpening(
            round.Key,
            nodes[round.Key],
            [.. round.Select(tile => tile.Row).Distinct().Select(row => new RowOpening(row, Row(round.Key, row)))]))];

    private Span<byte> RootOf(int round) => Roots.AsSpan(round * DigestTree.NodeLength, DigestTree.NodeLength);

    private void End(IRoundEngine engine, int round, Action<int>? progress)
    {
        engine.End(round);
        DigestTree.Build(digests[round], parameters.TilesPerSide, nodes[round], RootOf(round));
        progress?.Invoke(round + 1);
    }

    private ulong[] Row(int round, int row) => digests[round].AsSpan(row * parameters.TilesPerSide, parameters.TilesPerSide).ToArray();
}
