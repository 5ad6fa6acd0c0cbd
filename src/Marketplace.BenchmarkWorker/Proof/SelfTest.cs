using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Proof;

/// <summary>
/// Compares a device with the server's own arithmetic before the first round: a device, driver, library or compiler that computes wrongly
/// would otherwise only show as a failed verification.
/// </summary>
internal static class SelfTest
{
    private const int Rounds = 3;

    /// <summary>Computes a few rounds of a small shape and compares every digest.</summary>
    /// <param name="device">The device.</param>
    /// <param name="parameters">What will be asked of it; memory is tried with the same units and mixes.</param>
    /// <exception cref="InvariantException">The device is wrong.</exception>
    /// <exception cref="NotSupportedException">The device has no engine for the workload.</exception>
    public static void Run(IDevice device, ProofParameters parameters)
    {
        var shape = ShapeOf(parameters);
        using var engine = device.Prepare(shape);
        var seeds = new byte[Rounds * SeedChain.Length];
        for (var i = 0; i < seeds.Length; i++) seeds[i] = (byte)(i * 7 % 251);
        var replay = new UnitReplay(shape);
        var digests = new ulong[shape.UnitsPerRound];
        for (var round = 0; round < Rounds; round++)
        {
            engine.Begin(round, seeds.AsSpan(round * SeedChain.Length, SeedChain.Length), digests);
            engine.End(round);
            for (var unit = 0; unit < digests.Length; unit++)
            {
                InvariantException.Require(
                    digests[unit] == replay.Digest(seeds, round, unit),
                    $"'{device.Name}' computes {shape.Workload.Name()} by {engine.KernelPath} as the server does (round {round}, unit {unit}).");
            }
        }
    }

    private static ProofParameters ShapeOf(ProofParameters asked) => asked.Workload switch
    {
        Workload.Fp64Chains => new ProofParameters(asked.Workload, 1, Rounds, 3, 1, 192, 0, 1, 0.5),
        Workload.MemoryPasses => new ProofParameters(asked.Workload, 1, Rounds, 2, asked.Columns, asked.Depth, 0, 1, 0.5),
        _ => new ProofParameters(asked.Workload, 1, Rounds, 256, 128, 512, 0, 1, 0.5),
    };
}
