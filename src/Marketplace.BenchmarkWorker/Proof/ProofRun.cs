using Marketplace.BenchmarkWorker.Kernels;
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
            DigestTree.Build(run.digests[t], parameters.TilesPerSide, run.nodes[t], run.Roots.AsSpan(t * DigestTree.NodeLength, DigestTree.NodeLength));
            var lagged = t - parameters.Lag;
            var root = lagged >= 0 ? run.Roots.AsSpan(lagged * DigestTree.NodeLength, DigestTree.NodeLength) : default;
            SeedChain.Next(t + 1, current, root, current);
            progress?.Invoke(t + 1);
        }

        return run;
    }

    /// <summary>Opens the drawn tiles, given in order of round, row and column.</summary>
    public IReadOnlyList<RoundOpening> Open(IEnumerable<TileAddress> drawn) =>
        [.. drawn.GroupBy(tile => tile.Round).Select(round => new RoundOpening(
            round.Key,
            nodes[round.Key],
            [.. round.Select(tile => tile.Row).Distinct().Select(row => new RowOpening(row, Row(round.Key, row)))]))];

    private ulong[] Row(int round, int row) => digests[round].AsSpan(row * parameters.TilesPerSide, parameters.TilesPerSide).ToArray();
}
