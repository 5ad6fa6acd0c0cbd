using Marketplace.Verification.Protocol;
using Marketplace.Verification.Tests.Protocol;

namespace Marketplace.Verification.Tests.Cheats;

/// <summary>Cheaper ways to something that looks like the right digest of any workload, of chains and of memory.</summary>
internal static class OtherCheats
{
    /// <summary>Does nothing and guesses.</summary>
    public static Cheat Skip => (_, unit, _) => unchecked(0x9e3779b97f4a7c15UL * (ulong)(1 + unit.GetHashCode()));

    /// <summary>Does one round and hands in its roots for all: the answers of round 0 everywhere.</summary>
    public static Cheat ReusedRoots()
    {
        var first = new Dictionary<(int, int), ulong>();
        return (_, unit, right) => first.TryAdd((unit.Device, unit.Unit), right) ? right : first[(unit.Device, unit.Unit)];
    }

    /// <summary>Makes the inputs once and multiplies them in every round: all rounds from seed 0.</summary>
    public static Cheat ReusedSeed(ProofParameters parameters)
    {
        var replay = new UnitReplay(parameters);
        return (seeds, unit, _) => replay.Digest(seeds, 0, unit.Unit);
    }

    /// <summary>Computes one unit of a round and answers with it for the others.</summary>
    public static Cheat ReusedUnit()
    {
        var first = new Dictionary<int, ulong>();
        return (_, unit, right) => first.TryAdd(unit.Round, right) ? right : first[unit.Round];
    }

    /// <summary>Chains made by a step of its own, from a share of the way on.</summary>
    /// <param name="parameters">The part.</param>
    /// <param name="step">From x and c to the next x.</param>
    /// <param name="firstStep">How many steps are left out at the beginning.</param>
    public static Cheat Chains(ProofParameters parameters, Func<double, double, double> step, int firstStep = 0) => (seeds, unit, _) =>
    {
        var seed = seeds.AsSpan(unit.Round * SeedChain.Length, SeedChain.Length);
        var (constants, chains) = (new double[parameters.Depth], new double[ChainBlock.Chains]);
        ChainBlock.Constants(seed, constants);
        ChainBlock.Starts(seed, unit.Unit, chains);
        for (var i = 0; i < chains.Length; i++)
        {
            foreach (var c in constants.AsSpan(firstStep)) chains[i] = step(chains[i], c);
        }

        return ChainBlock.Digest(chains);
    };

    /// <summary>Has memory for all blocks but every k-th, and guesses those in every pass.</summary>
    public static Cheat KeepingAllButEvery(int k) => (seeds, unit, right) => unit.Unit % k == k - 1 ? Skip(seeds, unit, right) : right;

    /// <summary>Keeps no memory: fills the block from a generator keyed by the pass, as if the state before did not matter.</summary>
    public static Cheat FilledFromGenerator => (seeds, unit, _) =>
        MemoryBlock.Replay([KeyOf(seeds, unit.Round)], 1, unit.Unit, new ulong[MemoryBlock.Words]);

    /// <summary>Makes two passes at one reading, with a key from before the pass's own root: the last key twice.</summary>
    public static Cheat FusedPasses => (seeds, unit, right) =>
    {
        if (unit.Round == 0) return right;
        var keys = Enumerable.Range(0, unit.Round + 1).Select(pass => KeyOf(seeds, Math.Min(pass, unit.Round - 1))).ToArray();
        return MemoryBlock.Replay(keys, 1, unit.Unit, new ulong[MemoryBlock.Words]);
    };

    /// <summary>
    /// Keeps memory for the first units of a device and makes the others anew from the keys, each time it needs them: right answers, and so many mixes.
    /// </summary>
    /// <param name="parameters">A memory part.</param>
    /// <param name="kept">Units of a device that it keeps.</param>
    /// <param name="isSkipped">Which units it gives up instead, and guesses.</param>
    /// <param name="mixed">Told the mixes that each digest took.</param>
    public static Cheat Recomputing(ProofParameters parameters, int kept, Func<UnitAddress, bool> isSkipped, Action<long> mixed)
    {
        var words = new ulong[MemoryBlock.Words / parameters.Columns];
        var once = (long)words.Length * parameters.Depth;
        return (seeds, unit, right) =>
        {
            if (isSkipped(unit)) return Skip(seeds, unit, right);
            mixed(unit.Unit < kept ? once : once * (unit.Round + 1));
            if (unit.Unit < kept) return right;
            var keys = Enumerable.Range(0, unit.Round + 1).Select(pass => KeyOf(seeds, pass)).ToArray();
            return MemoryBlock.Replay(keys, parameters.Depth, unit.Unit, words);
        };
    }

    private static ulong KeyOf(byte[] seeds, int pass) => MemoryBlock.Key(seeds.AsSpan(pass * SeedChain.Length, SeedChain.Length));
}
