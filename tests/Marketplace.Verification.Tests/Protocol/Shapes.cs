using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Tests.Protocol;

/// <summary>Small parameters of every workload.</summary>
internal static class Shapes
{
    public static ProofParameters Int8(int size = 256, int rounds = 4, int draws = 12, int devices = 1, int lag = 1) =>
        new(Workload.Int8Tiles, devices, rounds, size, size, size, lag, draws, 1e-6);

    public static readonly ProofParameters Bf16 = new(Workload.Bf16Tiles, 2, 3, 256, 384, 128, 1, 12, 1e-6);

    public static readonly ProofParameters Fp64 = new(Workload.Fp64Chains, 2, 5, 40, 1, 128, 1, 12, 1e-6);

    public static readonly ProofParameters Memory = new(Workload.MemoryPasses, 2, 4, 3, 1, 1, 0, 12, 1e-6);

    /// <summary>Units of a quarter of a block, and three mixes of a word in a pass.</summary>
    public static readonly ProofParameters ProcessorMemory = new(Workload.MemoryPasses, 2, 4, 3, 4, 3, 0, 12, 1e-6);

    public static TheoryData<string> Names => [.. All.Keys];

    public static readonly IReadOnlyDictionary<string, ProofParameters> All = new Dictionary<string, ProofParameters>
    {
        ["int8"] = Int8(devices: 2),
        ["bf16"] = Bf16,
        ["fp64"] = Fp64,
        ["memory"] = Memory,
        ["memory of a processor"] = ProcessorMemory,
    };
}
