namespace Marketplace.Verification.Protocol;

/// <summary>Why a proof does not hold, in order of precedence.</summary>
public enum ProofFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>There is not exactly one root of 32 bytes per round.</summary>
    RootsMalformed,

    /// <summary>The openings are not exactly the drawn rounds and rows, in order and in full.</summary>
    OpeningsMalformed,

    /// <summary>An opened row or its nodes don't lead to the round's root.</summary>
    PathMismatch,

    /// <summary>A drawn tile's digest is not that of the product: it was skipped, guessed or computed wrongly.</summary>
    DigestMismatch,
}

/// <summary>The outcome of a check, with the first tile at fault where one is.</summary>
/// <param name="Fault">What is wrong, if anything.</param>
/// <param name="Tile">Where.</param>
public readonly record struct ProofOutcome(ProofFault Fault, TileAddress? Tile)
{
    /// <summary>Whether the proof holds.</summary>
    public bool Holds => Fault == ProofFault.None;
}

/// <summary>
/// The server's check of a finished session. It replays the seed chain from the roots, follows each drawn tile to its root and
/// recomputes the tile exactly. Cheap faults are looked for first, so that a malformed answer costs no arithmetic.
/// </summary>
public static class ProofCheck
{
    /// <summary>Whether the roots have the one allowed length; their truth shows only in the openings.</summary>
    public static bool RootsAreWellFormed(ProofParameters parameters, ReadOnlySpan<byte> roots)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return roots.Length == parameters.Rounds * SeedChain.Length;
    }

    /// <summary>Checks the openings of the drawn tiles.</summary>
    /// <param name="parameters">The session's parameters.</param>
    /// <param name="seed">seed_0, 32 bytes.</param>
    /// <param name="roots">All roots one after another.</param>
    /// <param name="drawn">What <see cref="TileDraw"/> drew after the roots were in.</param>
    /// <param name="openings">What the worker shows.</param>
    public static ProofOutcome Check(
        ProofParameters parameters, ReadOnlySpan<byte> seed, ReadOnlySpan<byte> roots, IReadOnlyList<TileAddress> drawn, IReadOnlyList<RoundOpening> openings)
    {
        ArgumentNullException.ThrowIfNull(drawn);
        ArgumentNullException.ThrowIfNull(openings);
        if (!RootsAreWellFormed(parameters, roots)) return new ProofOutcome(ProofFault.RootsMalformed, null);
        if (!AreExactlyTheDrawn(parameters, drawn, openings)) return new ProofOutcome(ProofFault.OpeningsMalformed, null);
        var path = CheckPaths(parameters, roots, openings);
        return path.Holds ? CheckTiles(parameters, SeedChain.Replay(parameters, seed, roots), drawn, openings) : path;
    }

    private static bool AreExactlyTheDrawn(ProofParameters parameters, IReadOnlyList<TileAddress> drawn, IReadOnlyList<RoundOpening> openings)
    {
        var rounds = drawn.GroupBy(tile => tile.Round).ToList();
        if (rounds.Count != openings.Count) return false;
        return rounds.Zip(openings).All(pair =>
            pair.Second is { Nodes: not null, Rows: not null } opening
            && opening.Round == pair.First.Key
            && opening.Nodes.Length == parameters.TilesPerSide * DigestTree.NodeLength
            && opening.Rows.Count <= parameters.TilesPerSide
            && opening.Rows.All(row => row is { Digests: not null } && row.Digests.Count == parameters.TilesPerSide)
            && opening.Rows.Select(row => row.Row).SequenceEqual(pair.First.Select(tile => tile.Row).Distinct()));
    }

    private static ProofOutcome CheckPaths(ProofParameters parameters, ReadOnlySpan<byte> roots, IReadOnlyList<RoundOpening> openings)
    {
        Span<byte> hash = stackalloc byte[DigestTree.NodeLength];
        Span<ulong> digests = stackalloc ulong[parameters.TilesPerSide];
        foreach (var opening in openings)
        {
            DigestTree.Root(opening.Nodes, hash);
            if (!hash.SequenceEqual(roots.Slice(opening.Round * SeedChain.Length, SeedChain.Length)))
                return new ProofOutcome(ProofFault.PathMismatch, new TileAddress(opening.Round, 0, 0));
            foreach (var row in opening.Rows)
            {
                for (var i = 0; i < digests.Length; i++) digests[i] = row.Digests[i];
                DigestTree.Node(row.Row, digests, hash);
                if (!hash.SequenceEqual(opening.Nodes.AsSpan(row.Row * DigestTree.NodeLength, DigestTree.NodeLength)))
                    return new ProofOutcome(ProofFault.PathMismatch, new TileAddress(opening.Round, row.Row, 0));
            }
        }

        return default;
    }

    private static ProofOutcome CheckTiles(
        ProofParameters parameters, ReadOnlySpan<byte> seeds, IReadOnlyList<TileAddress> drawn, IReadOnlyList<RoundOpening> openings)
    {
        var claimed = openings.SelectMany(o => o.Rows.Select(row => (o.Round, row))).ToDictionary(r => (r.Round, r.row.Row), r => r.row.Digests);
        var product = new TileProduct(parameters.Size);
        foreach (var tile in drawn)
        {
            var sums = product.Compute(seeds.Slice(tile.Round * SeedChain.Length, SeedChain.Length), tile.Row, tile.Column);
            if (TileDigest.Compute(sums) != claimed[(tile.Round, tile.Row)][tile.Column]) return new ProofOutcome(ProofFault.DigestMismatch, tile);
        }

        return default;
    }
}
