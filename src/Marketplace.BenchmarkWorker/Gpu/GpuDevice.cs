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
        var inFlight = parameters.Lag + 1;
        return parameters.Workload switch
        {
            Workload.Int8Tiles => Tiles(TilePrecision.Int8, parameters, inFlight),
            Workload.Bf16Tiles => Tiles(TilePrecision.Bfloat16, parameters, inFlight),
            Workload.Fp64Chains => new ChainsEngine(Context, Grid, parameters.Rows, parameters.Depth, inFlight),
            Workload.MemoryPasses => parameters is { Columns: 1, Depth: 1 }
                ? new MemoryEngine(Context, parameters.Rows, inFlight)
                : throw new NotSupportedException(
                    $"A GPU mixes each word of its memory once a pass, in blocks of one unit; {parameters.Depth} mixes and {parameters.Columns} units are asked for."),
        };
    }

    /// <summary>The engine of a product, by a library or, where none is given, by our own kernel.</summary>
    public TilesEngine Tiles(TilePrecision precision, ProofParameters parameters, int inFlight) =>
        new(Context, Grid, precision, new TileShape(parameters.Rows, parameters.Columns, parameters.Depth), inFlight, blas);

    private GpuGrid Grid => new(facts.Multiprocessors);

    /// <inheritdoc/>
    public void Dispose()
    {
        context?.Dispose();
        context = null;
    }
}
