using Marketplace.BenchmarkWorker.Gpu.Blas;
using Marketplace.BenchmarkWorker.Gpu.Driver;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>One GPU, as it proves.</summary>
internal sealed class GpuDevice(ICudaDriver driver, int handle, GpuFacts facts, ICublas? blas) : IDevice
{
    private GpuContext? context;

    /// <summary>What the GPU says of itself.</summary>
    public GpuFacts Facts => facts;

    /// <inheritdoc/>
    public string Name => facts.Name;

    /// <summary>The device in use; made when first wanted, since a context takes some 500 MB of its memory.</summary>
    public GpuContext Context => context ??= new GpuContext(driver, handle);

    /// <inheritdoc/>
    public IRoundEngine Prepare(ProofParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var shape = new TileShape(parameters.Size, parameters.Size, parameters.Size);
        return new TilesEngine(Context, facts.Multiprocessors, TilePrecision.Int8, shape, parameters.Lag + 1, blas);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        context?.Dispose();
        context = null;
    }
}
