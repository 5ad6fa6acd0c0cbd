using Marketplace.Verification.Protocol;
using Marketplace.Verification.Tests.Protocol;

namespace Marketplace.Verification.Tests.Cheats;

/// <summary>A cheat of the gallery.</summary>
/// <param name="Parameters">The part it plays.</param>
/// <param name="Fraction">Of how many of the units it cheats.</param>
/// <param name="Make">Its way to those units' digests, anew for each run.</param>
/// <param name="IsAtEnd">Whether those units are the last ones of the last device, as if it had run out of time; else they are anywhere.</param>
internal sealed record GalleryCheat(ProofParameters Parameters, double Fraction, Func<Cheat> Make, bool IsAtEnd = false);

/// <summary>What playing a cheat came to.</summary>
/// <param name="Wrong">The fraction of units with a wrong digest.</param>
/// <param name="Expected">The formula's pass rate, averaged over the runs.</param>
/// <param name="Passed">Sessions that passed.</param>
/// <param name="Sessions">Sessions played.</param>
internal readonly record struct Played(double Wrong, double Expected, int Passed, int Sessions)
{
    public double Measured => (double)Passed / Sessions;
}

/// <summary>Cheats that are caught by chance, as often as the formula (1 - f)^q says.</summary>
internal static class Gallery
{
    private const int Runs = 2;
    private static readonly ProofParameters Int8 = new(Workload.Int8Tiles, 1, 50, 256, 256, 128, 1, 8, 1e-6);
    private static readonly ProofParameters Bf16 = new(Workload.Bf16Tiles, 2, 25, 256, 256, 128, 1, 8, 1e-6);
    private static readonly ProofParameters Fp64 = new(Workload.Fp64Chains, 1, 40, 25, 1, 64, 1, 60, 1e-6);
    private static readonly ProofParameters Fp64At300 = new(Workload.Fp64Chains, 2, 20, 25, 1, 64, 1, 300, 1e-6);
    private static readonly ProofParameters Memory = new(Workload.MemoryPasses, 1, 4, 50, 1, 1, 0, 8, 1e-6);

    public static readonly IReadOnlyDictionary<string, GalleryCheat> All = Build();

    /// <summary>Plays a cheat against the server's check: some runs, each opened by many draws.</summary>
    public static Played Play(GalleryCheat cheat, int sessions, int seed)
    {
        var (wrong, expected, passed, each) = (0.0, 0.0, 0, (sessions + Runs - 1) / Runs);
        for (var run = 0; run < Runs; run++)
        {
            var parameters = cheat.Parameters;
            var seeds = HonestProver.Seeds(parameters, (seed * 100) + run);
            var (chosen, way, wrongUnits) = (Choose(cheat, seed + run), cheat.Make(), 0L);
            var prover = new HonestProver(parameters, seeds, (chain, unit, right) =>
            {
                var digest = chosen.Contains(unit) ? way(chain, unit, right) : right;
                if (digest != right) wrongUnits++;
                return digest;
            });
            wrong += (double)wrongUnits / parameters.TotalUnits / Runs;
            expected += Math.Pow(1 - ((double)wrongUnits / parameters.TotalUnits), parameters.Draws) / Runs;
            for (var draw = 0; draw < each; draw++)
            {
                var drawn = UnitDraw.Draw(parameters, HonestProver.Bytes((((seed * 10) + run) * 100_000) + draw));
                if (ProofCheck.Check(parameters, seeds, prover.Roots, drawn, prover.Open(drawn)).Holds) passed++;
            }
        }

        return new Played(wrong, expected, passed, each * Runs);
    }

    private static Dictionary<string, GalleryCheat> Build()
    {
        var all = new Dictionary<string, GalleryCheat>();
        foreach (var parameters in new[] { Int8, Bf16, Fp64At300, Memory })
        {
            foreach (var percent in new[] { 1, 5, 12.5 }) all[$"{parameters.Workload.Name()}: skips the last {percent} %"] = new(parameters, percent / 100, () => OtherCheats.Skip, IsAtEnd: true);
        }

        Add(Int8, "multiplies matrices of rank 2", () => TileCheats.RankTwo(Int8));
        Add(Int8, "multiplies Hankel matrices", () => TileCheats.Hankel(Int8));
        Add(Int8, "computes C·r only", () => TileCheats.OnlyTimesVector(Int8));
        Add(Int8, "drops the lowest bit", () => TileCheats.WithoutLowBits(Int8, 1));
        Add(Int8, "uses int4 units", () => TileCheats.WithoutLowBits(Int8, 4));
        Add(Bf16, "accumulates in fp16", () => TileCheats.Accumulating(Bf16, TileCheats.Fp16));
        Add(Bf16, "accumulates in tf32", () => TileCheats.Accumulating(Bf16, TileCheats.Tf32));
        Add(Bf16, "drops the lowest bit, for int8 units", () => TileCheats.WithoutLowBits(Bf16, 1));
        Add(Bf16, "cuts elements to int8", () => TileCheats.CutToInt8(Bf16));
        Add(Fp64, "computes in fp32", () => OtherCheats.Chains(Fp64, (x, c) => MathF.FusedMultiplyAdd((float)x, (float)x, (float)c)));
        Add(Fp64, "multiplies, rounds and then adds", () => OtherCheats.Chains(Fp64, (x, c) => (x * x) + c));
        Add(Fp64, "drops the two lowest bits of every step", () => OtherCheats.Chains(Fp64, (x, c) => Cut(Math.FusedMultiplyAdd(x, x, c), 2)));
        Add(Fp64, "leaves out the first half of the steps", () => OtherCheats.Chains(Fp64, (x, c) => Math.FusedMultiplyAdd(x, x, c), Fp64.Depth / 2));
        Add(Memory, "fills blocks from a generator", () => OtherCheats.FilledFromGenerator);
        Add(Memory, "makes two passes at one reading", () => OtherCheats.FusedPasses);
        foreach (var parameters in new[] { Int8, Fp64, Memory })
        {
            all[$"{parameters.Workload.Name()}: hands in the roots of one round for all"] = new(parameters, 1, OtherCheats.ReusedRoots);
            all[$"{parameters.Workload.Name()}: uses the first seed in all rounds"] = new(parameters, 1, () => OtherCheats.ReusedSeed(parameters));
        }

        all["int8-tiles-2: answers with the first tile for all of a round"] = new(Int8, 1, OtherCheats.ReusedUnit);
        all["memory-passes-1: keeps 7 blocks of 8 and guesses the others"] = new(Memory, 1, () => OtherCheats.KeepingAllButEvery(8));
        return all;

        // Such a worker does 19 units of 20 right, so that there is something to count.
        void Add(ProofParameters parameters, string name, Func<Cheat> make) => all[$"{parameters.Workload.Name()}: {name}, in 5 % of the units"] = new(parameters, 0.05, make);
    }

    private static double Cut(double x, int bits) => BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(x) >> bits << bits);

    private static HashSet<UnitAddress> Choose(GalleryCheat cheat, int seed)
    {
        var (parameters, random) = (cheat.Parameters, new Random(seed));
        var units =
            from device in Enumerable.Range(0, parameters.Devices)
            from round in Enumerable.Range(0, parameters.Rounds)
            from unit in Enumerable.Range(0, parameters.UnitsPerRound)
            select new UnitAddress(device, round, unit);
        var count = (int)Math.Round(cheat.Fraction * parameters.TotalUnits);
        return [.. cheat.IsAtEnd ? units.TakeLast(count) : units.OrderBy(_ => random.Next()).Take(count)];
    }
}
