namespace Marketplace.Verification.Protocol;

/// <summary>Why a proof does not hold, in order of precedence.</summary>
public enum ProofFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>There is not exactly one root of 32 bytes per device and round.</summary>
    RootsMalformed,

    /// <summary>The openings have not the one length that the drawn units give.</summary>
    OpeningsMalformed,

    /// <summary>An opening doesn't lead to the round's root.</summary>
    PathMismatch,

    /// <summary>A drawn unit's digest is not the right one: it was skipped, guessed or computed wrongly.</summary>
    DigestMismatch,
}

/// <summary>The outcome of a check, with the first unit at fault where one is.</summary>
/// <param name="Fault">What is wrong, if anything.</param>
/// <param name="Unit">Where.</param>
public readonly record struct ProofOutcome(ProofFault Fault, UnitAddress? Unit)
{
    /// <summary>Whether the proof holds.</summary>
    public bool Holds => Fault == ProofFault.None;
}

/// <summary>
/// The server's check of one part. It follows each drawn unit to its root, replays the chains of seeds from the roots and recomputes the unit
/// exactly. Cheap faults are looked for first, so that a malformed answer costs no arithmetic.
/// </summary>
public static class ProofCheck
{
    /// <summary>Whether the roots have the one allowed length; their truth shows only in the openings.</summary>
    public static bool RootsAreWellFormed(ProofParameters parameters, ReadOnlySpan<byte> roots)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return roots.Length == parameters.RootsLength;
    }

    /// <summary>Bytes of the openings of drawn units: a <see cref="DigestTree.OpeningLength"/> for each, in order and without gaps.</summary>
    public static int OpeningsLength(ProofParameters parameters, IReadOnlyList<UnitAddress> drawn)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return drawn.Sum(unit => DigestTree.OpeningLength(parameters.UnitsPerRound, unit.Unit));
    }

    /// <summary>Checks the openings of the drawn units.</summary>
    /// <param name="parameters">The part's parameters.</param>
    /// <param name="seeds">seed_0 of each device one after another, 32 bytes each.</param>
    /// <param name="roots">All roots, device by device and round by round, 32 bytes each.</param>
    /// <param name="drawn">What <see cref="UnitDraw"/> drew after the roots were in.</param>
    /// <param name="openings">What the worker shows.</param>
    public static ProofOutcome Check(
        ProofParameters parameters, ReadOnlySpan<byte> seeds, ReadOnlySpan<byte> roots, IReadOnlyList<UnitAddress> drawn, ReadOnlySpan<byte> openings)
    {
        ArgumentNullException.ThrowIfNull(drawn);
        ArgumentOutOfRangeException.ThrowIfNotEqual(seeds.Length, parameters.SeedsLength);
        if (!RootsAreWellFormed(parameters, roots)) return new ProofOutcome(ProofFault.RootsMalformed, null);
        if (openings.Length != OpeningsLength(parameters, drawn)) return new ProofOutcome(ProofFault.OpeningsMalformed, null);
        var claimed = new ulong[drawn.Count];
        var path = FollowPaths(parameters, roots, drawn, openings, claimed);
        return path.Holds ? Recompute(parameters, seeds, roots, drawn, claimed) : path;
    }

    private static ProofOutcome FollowPaths(
        ProofParameters parameters, ReadOnlySpan<byte> roots, IReadOnlyList<UnitAddress> drawn, ReadOnlySpan<byte> openings, Span<ulong> claimed)
    {
        Span<byte> root = stackalloc byte[DigestTree.NodeLength];
        var units = parameters.UnitsPerRound;
        for (var i = 0; i < drawn.Count; i++)
        {
            var unit = drawn[i];
            var length = DigestTree.OpeningLength(units, unit.Unit);
            claimed[i] = DigestTree.Follow(units, unit.Unit, openings[..length], root);
            openings = openings[length..];
            if (!root.SequenceEqual(roots.Slice(((unit.Device * parameters.Rounds) + unit.Round) * SeedChain.Length, SeedChain.Length)))
                return new ProofOutcome(ProofFault.PathMismatch, unit);
        }

        return default;
    }

    private static ProofOutcome Recompute(
        ProofParameters parameters, ReadOnlySpan<byte> seeds, ReadOnlySpan<byte> roots, IReadOnlyList<UnitAddress> drawn, ReadOnlySpan<ulong> claimed)
    {
        var replay = new UnitReplay(parameters);
        var (device, chain) = (-1, Array.Empty<byte>());
        for (var i = 0; i < drawn.Count; i++)
        {
            var unit = drawn[i];
            if (unit.Device != device)
            {
                device = unit.Device;
                var length = parameters.Rounds * SeedChain.Length;
                chain = SeedChain.Replay(parameters.Lag, seeds.Slice(device * SeedChain.Length, SeedChain.Length), roots.Slice(device * length, length));
            }

            if (replay.Digest(chain, unit.Round, unit.Unit) != claimed[i]) return new ProofOutcome(ProofFault.DigestMismatch, unit);
        }

        return default;
    }
}
