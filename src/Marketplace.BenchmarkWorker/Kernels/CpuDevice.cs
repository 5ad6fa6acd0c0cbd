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
    public IRoundEngine Prepare(ProofParameters parameters) => new Int8TilesEngine(Int8Kernel.Best, parameters.Depth, cores);

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing but managed memory.
    }
}
