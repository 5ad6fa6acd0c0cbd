using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Gpu.Check;

/// <summary>How much a dry run does.</summary>
/// <param name="Side">Rows and columns of C.</param>
/// <param name="Depth">Of the products.</param>
/// <param name="ChainBlocks">Blocks of 128 chains.</param>
/// <param name="Steps">Steps of a chain.</param>
/// <param name="MemoryShare">Part of the device's memory that passes go over.</param>
/// <param name="Draws">Units checked.</param>
/// <param name="CopyBytes">Bytes of a copy between host and device.</param>
internal sealed record GpuCheckSizes(int Side, int Depth, int ChainBlocks, int Steps, double MemoryShare, int Draws, int CopyBytes)
{
    /// <summary>As a session has them, for cards from 8 GB.</summary>
    public static GpuCheckSizes Usual { get; } = new(32_768, 8_192, 32_768, 4_096, 0.95, 300, 256 << 20);

    private const double Epsilon = 1e-6;

    /// <summary>A part of a workload on one device.</summary>
    /// <param name="workload">Which.</param>
    /// <param name="rounds">How many rounds.</param>
    /// <param name="memoryBytes">Of the device.</param>
    public ProofParameters Part(Workload workload, int rounds, long memoryBytes) => workload switch
    {
        Workload.Fp64Chains => new(workload, 1, rounds, ChainBlocks, 1, Steps, 1, Draws, Epsilon),
        Workload.MemoryPasses => new(workload, 1, Math.Min(rounds, ProofParameters.MaxPasses), (int)(memoryBytes * MemoryShare / MemoryBlock.Bytes), 1, 1, 0, Draws, Epsilon),
        _ => new(workload, 1, rounds, Side, Side, Depth, 1, Draws, Epsilon),
    };
}
