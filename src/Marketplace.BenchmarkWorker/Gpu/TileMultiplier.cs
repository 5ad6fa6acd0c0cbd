using Marketplace.BenchmarkWorker.Gpu.Blas;
using Marketplace.BenchmarkWorker.Gpu.Driver;

namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>The shape of a product on a device.</summary>
/// <param name="Rows">Rows of A and C, a multiple of 128.</param>
/// <param name="Columns">Columns of B and C, a multiple of 128.</param>
/// <param name="Depth">Columns of A and rows of B, a multiple of 128.</param>
internal readonly record struct TileShape(int Rows, int Columns, int Depth);

/// <summary>
/// Multiplies on the device: C = A·B with A's rows, B's columns and C's rows side by side. By cuBLAS where it is installed and exact,
/// by our own kernel otherwise.
/// </summary>
internal sealed class TileMultiplier : IDisposable
{
    private const int Tile = 128;
    private readonly GpuContext context;
    private readonly TilePrecision precision;
    private readonly GpuModule module;
    private readonly GpuKernel kernel;
    private readonly ICublas? blas;
    private readonly nint handle;

    private TileMultiplier(GpuContext context, TilePrecision precision, ICublas? blas)
    {
        (this.context, this.precision, this.blas) = (context, precision, blas);
        module = context.Load(KernelTexts.Product(precision));
        kernel = module.Kernel("product");
        if (blas is null) return;
        Check(blas.Create(out handle), "begin");
        Check(blas.SetStream(handle, context.Stream), "use our stream");
    }

    /// <summary>How it multiplies, for reports.</summary>
    public string KernelPath => blas?.Name ?? "ptx-mma.sync";

    /// <summary>
    /// The first way that is exact on this device: cuBLAS, then our own kernel. (A tensor core that keeps fewer bits than fp32 does while
    /// it adds would only show as a failed verification.)
    /// </summary>
    /// <param name="context">Current.</param>
    /// <param name="precision">Of the elements.</param>
    /// <param name="blas">Null where it is not installed.</param>
    /// <exception cref="NotSupportedException">The device multiplies inexactly.</exception>
    public static TileMultiplier FirstExact(GpuContext context, TilePrecision precision, ICublas? blas)
    {
        if (blas is not null && TryExact(context, precision, blas) is { } byLibrary) return byLibrary;
        return TryExact(context, precision, null)
            ?? throw new NotSupportedException($"This GPU's {precision.Name} products are not exact: nothing can be proven with them.");
    }

    /// <summary>Queues one product.</summary>
    /// <param name="shape">How large.</param>
    /// <param name="a">Where A lies on the device, row by row.</param>
    /// <param name="b">Where B lies, column by column.</param>
    /// <param name="c">Receives C, row by row.</param>
    public void Multiply(TileShape shape, ulong a, ulong b, ulong c)
    {
        if (blas is null)
        {
            var (down, across) = (shape.Rows / Tile, shape.Columns / Tile);
            kernel.Launch(down * across, 1, 256, a, b, c, (ulong)down, (ulong)across, (ulong)(shape.Depth * precision.ElementBytes));
            return;
        }

        // To a library that thinks in columns our C is its transpose, so its first operand is our B and its second our A.
        Check(
            blas.GemmTransposed(handle, precision.BlasTypes, shape.Columns, shape.Rows, shape.Depth, b, shape.Depth, a, shape.Depth, c, shape.Columns),
            "multiply");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (blas is not null) _ = blas.Destroy(handle);
        module.Dispose();
    }

    private static TileMultiplier? TryExact(GpuContext context, TilePrecision precision, ICublas? blas)
    {
        TileMultiplier? multiplier = null;
        try
        {
            multiplier = new TileMultiplier(context, precision, blas);
            if (ExactnessTest.Passes(context, precision, multiplier)) return multiplier;
        }
        catch (GpuException fault) when (blas is not null && !fault.ContextIsLost)
        {
            // An installed library that can't be used here (another driver's, or a card it dropped): our own kernel can.
        }

        multiplier?.Dispose();
        return null;
    }

    private static void Check(int status, string what)
    {
        if (status != 0) throw new GpuException($"cuBLAS could not {what}: status {status}.", contextIsLost: false);
    }
}
