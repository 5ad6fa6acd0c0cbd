using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>This machine's processor, with all or some of its cores, as one device.</summary>
/// <param name="name">The processor's name.</param>
/// <param name="cores">How many cores to use, 1 or more.</param>
internal sealed class CpuDevice(string name, int cores) : IDevice
{
    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public IRoundEngine Prepare(ProofParameters parameters)
    {
        // One round before any clock, so that everything is compiled and every page is there.
        var engine = Make(parameters);
        engine.Begin(0, new byte[SeedChain.Length], new ulong[parameters.UnitsPerRound]);
        return engine;
    }

    private IRoundEngine Make(ProofParameters parameters) => parameters.Workload switch
    {
        Workload.Int8Tiles or Workload.Bf16Tiles => new TilesEngine(TileKernel.Best, parameters, cores),
        Workload.Fp64Chains => new ChainsEngine(parameters, cores),
        Workload.MemoryPasses => new MemoryEngine(parameters, cores),
        _ => throw new NotSupportedException($"The processor has no engine for {parameters.Workload.Name()}."),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing but managed memory.
    }
}
