using Marketplace.Verification.Protocol;

namespace Marketplace.Benchmarks.Verification;

/// <summary>
/// A prover that knows the draw beforehand, which no real one does: it computes the drawn units only, so that proofs of shapes that fill a
/// GPU for a minute can be made here. The server can't tell it from an honest one, and has the same work with it.
/// </summary>
internal sealed class ForesightProver
{
    public ForesightProver(ProofParameters parameters, byte[] seeds, IReadOnlyList<UnitAddress> drawn)
    {
        Roots = new byte[parameters.RootsLength];
        Openings = new byte[ProofCheck.OpeningsLength(parameters, drawn)];
        var rest = Openings.AsSpan();
        var (length, next) = (parameters.Rounds * SeedChain.Length, 0);
        var (digests, nodes) = (new ulong[parameters.UnitsPerRound], new byte[DigestTree.NodeCount(parameters.UnitsPerRound) * DigestTree.NodeLength]);
        var replay = new UnitReplay(parameters);
        for (var device = 0; device < parameters.Devices; device++)
        {
            var chain = new byte[length];
            var roots = Roots.AsSpan(device * length, length);
            seeds.AsSpan(device * SeedChain.Length, SeedChain.Length).CopyTo(chain);
            for (var t = 0; t < parameters.Rounds; t++)
            {
                var units = new List<int>();
                for (; next < drawn.Count && drawn[next].Device == device && drawn[next].Round == t; next++) units.Add(drawn[next].Unit);
                foreach (var unit in units) digests[unit] = replay.Digest(chain, t, unit);
                var root = roots.Slice(t * SeedChain.Length, SeedChain.Length);
                if (units.Count == 0)
                {
                    // Nobody will look.
                    root.Fill((byte)t);
                }
                else
                {
                    DigestTree.Nodes(digests, nodes);
                    DigestTree.Root(digests.Length, nodes, root);
                    foreach (var unit in units)
                    {
                        var opening = rest[..DigestTree.OpeningLength(digests.Length, unit)];
                        var group = unit / DigestTree.GroupSize * DigestTree.GroupSize;
                        DigestTree.Open(digests.Length, unit, digests.AsSpan(group, DigestTree.GroupLength(digests.Length, unit)), nodes, opening);
                        rest = rest[opening.Length..];
                    }
                }

                if (t + 1 < parameters.Rounds)
                    SeedChain.Next(t + 1, chain.AsSpan(t * SeedChain.Length, SeedChain.Length), SeedChain.Lagged(parameters.Lag, t, roots), chain.AsSpan((t + 1) * SeedChain.Length, SeedChain.Length));
            }
        }
    }

    public byte[] Roots { get; }

    public byte[] Openings { get; }
}
