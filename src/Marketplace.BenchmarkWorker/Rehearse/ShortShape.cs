using System.Diagnostics;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Rehearse;

/// <summary>Finds the shape of a proof that keeps a device busy for about a second, by trying small ones.</summary>
internal static class ShortShape
{
    private const int Draws = 300;
    private const double Epsilon = 1e-6;
    private const double Seconds = 1;

    /// <summary>The most rounds, as the server has it: many enough for the chain, few enough for large shapes.</summary>
    private const int MostRounds = 256;

    /// <summary>A trial that takes this long says enough of the rate.</summary>
    private const double TrialSeconds = 0.02;

    /// <summary>Memory of a rehearsal: far more than caches hold, and a small part of what a machine has.</summary>
    private const long MemoryBytes = 512L << 20;

    /// <summary>Units in a block and mixes of a word as the server asks them of an ordinary processor.</summary>
    private const int UnitsInBlock = 8;
    private const int Mixes = 4;

    private static readonly int[] Sizes = [128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192];

    /// <summary>The shape for a device.</summary>
    /// <exception cref="NotSupportedException">The device has no engine for the workload.</exception>
    public static ProofParameters For(IDevice device, Workload workload) => workload switch
    {
        Workload.Fp64Chains => Chains(device),
        Workload.MemoryPasses => Memory(device),
        _ => Tiles(device, workload),
    };

    /// <summary>The most of K that the server asks for; M and N grow instead.</summary>
    private const int MostDepth = 6_144;

    /// <summary>The shape of an int8 proof at a given size.</summary>
    /// <param name="device">The device.</param>
    /// <param name="size">M and N, a multiple of 128.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is none.</exception>
    public static ProofParameters Int8(IDevice device, int size)
    {
        var depth = Math.Min(size, MostDepth);
        var rounds = Math.Ceiling(Seconds / SecondsOfRound(device, Shape(Workload.Int8Tiles, 1, size, size, depth)));
        return Shape(Workload.Int8Tiles, (int)Math.Clamp(rounds, 2, MostRounds), size, size, depth);
    }

    private static ProofParameters Tiles(IDevice device, Workload workload)
    {
        var rate = 0.0;
        foreach (var size in Sizes)
        {
            var trial = Shape(workload, 1, size, size, size);
            var seconds = SecondsOfRound(device, trial);
            rate = trial.TotalWork / seconds;
            if (seconds >= TrialSeconds) break;
        }

        var rounds = Sizes.Select(size => (Size: size, Rounds: Math.Ceiling(Seconds * rate / (2.0 * size * size * size)))).ToList();
        var fit = rounds.FirstOrDefault(r => r.Rounds <= MostRounds, rounds[^1]);
        return Shape(workload, (int)Math.Clamp(fit.Rounds, 1, MostRounds), fit.Size, fit.Size, fit.Size);
    }

    private static ProofParameters Chains(IDevice device)
    {
        const int steps = 4096;
        var blocks = 64;
        while (blocks < 1 << 20 && SecondsOfRound(device, Shape(Workload.Fp64Chains, 1, blocks, 1, steps)) < TrialSeconds) blocks *= 2;
        var seconds = SecondsOfRound(device, Shape(Workload.Fp64Chains, 1, blocks, 1, steps));
        return Shape(Workload.Fp64Chains, (int)Math.Clamp(Seconds / seconds, 2, MostRounds), blocks, 1, steps);
    }

    private static ProofParameters Memory(IDevice device)
    {
        var blocks = (int)(MemoryBytes / MemoryBlock.Bytes);
        var seconds = SecondsOfRound(device, Shape(Workload.MemoryPasses, 1, blocks, UnitsInBlock, Mixes));
        return Shape(Workload.MemoryPasses, (int)Math.Clamp(Seconds / seconds, 4, MostRounds), blocks, UnitsInBlock, Mixes);
    }

    private static ProofParameters Shape(Workload workload, int rounds, int rows, int columns, int depth) =>
        new(workload, 1, rounds, rows, columns, depth, workload == Workload.MemoryPasses ? 0 : 1, Draws, Epsilon);

    private static double SecondsOfRound(IDevice device, ProofParameters shape)
    {
        using var engine = device.Prepare(shape);
        engine.RunBare();
        var clock = Stopwatch.StartNew();
        engine.RunBare();
        return clock.Elapsed.TotalSeconds;
    }
}
