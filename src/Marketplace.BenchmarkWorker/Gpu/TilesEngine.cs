using Marketplace.BenchmarkWorker.Gpu.Blas;
using Marketplace.BenchmarkWorker.Gpu.Driver;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>
/// Rounds of a product. A and B live on the device, C in strips of rows, each digested before the next is made: a large C need not fit.
/// 8 bytes per tile of 16,384 sums leave the device, so that the link to the host is no part of the rate.
/// </summary>
internal sealed class TilesEngine : GpuEngine
{
    /// <summary>Sums kept at a time: enough rows for a library to be at its best, and little beside A and B.</summary>
    public const long UsualStripBytes = 2L << 30;

    private const int Tile = 128;
    private readonly GpuGrid grid;
    private readonly TilePrecision precision;
    private readonly TileShape shape;
    private readonly int stripRows;
    private TileMultiplier multiplier = null!;
    private GpuKernel elements = null!;
    private GpuKernel digest = null!;
    private DeviceMemory a = null!;
    private DeviceMemory b = null!;
    private DeviceMemory c = null!;
    private DeviceMemory digests = null!;

    /// <summary>Compiles the kernels, tests that products are exact, takes the memory.</summary>
    /// <param name="context">The device.</param>
    /// <param name="grid">How much it does at once.</param>
    /// <param name="precision">Of the elements.</param>
    /// <param name="shape">Of the product.</param>
    /// <param name="inFlight">Rounds begun and not ended at most.</param>
    /// <param name="blas">Null where it is not installed.</param>
    /// <param name="stripBytes">Bytes of sums kept at a time, at most; one row of tiles is kept in any case.</param>
    /// <exception cref="NotSupportedException">Not the memory, or inexact products.</exception>
    /// <exception cref="GpuException">The driver refuses.</exception>
    public TilesEngine(
        GpuContext context, GpuGrid grid, TilePrecision precision, TileShape shape, int inFlight, ICublas? blas, long stripBytes = UsualStripBytes) : base(context)
    {
        (this.grid, this.precision, this.shape) = (grid, precision, shape);
        stripRows = (int)Math.Clamp(stripBytes / (shape.Columns * 4L) / Tile * Tile, Tile, shape.Rows);
        var units = shape.Rows / Tile * (shape.Columns / Tile);
        Take(units, inFlight, () =>
        {
            multiplier = Own(TileMultiplier.FirstExact(context, precision, blas));
            elements = Own(context.Load(KernelTexts.Elements(precision))).Kernel("elements");
            digest = Own(context.Load(KernelTexts.Digest(precision))).Kernel("digest");
            a = Own(context.Allocate((long)shape.Rows * shape.Depth * precision.ElementBytes));
            b = Own(context.Allocate((long)shape.Columns * shape.Depth * precision.ElementBytes));
            c = Own(context.Allocate((long)stripRows * shape.Columns * 4));
            digests = Own(context.Allocate(units * 8L));
        });
    }

    /// <inheritdoc/>
    public override string KernelPath => multiplier.KernelPath;

    /// <inheritdoc/>
    protected override DeviceMemory Queue(int round, ReadOnlySpan<byte> seed)
    {
        Generate(a, shape.Rows, ElementKey.Derive(seed, Operand.A));
        Generate(b, shape.Columns, ElementKey.Derive(seed, Operand.B));
        for (var row = 0; row < shape.Rows; row += stripRows)
        {
            var rows = Multiply(row);
            var unit = (ulong)(row / Tile * (shape.Columns / Tile));
            digest.Launch(shape.Columns / Tile, rows / Tile, Tile, c.Address, digests.Address + (unit * 8), (ulong)shape.Columns * 4);
        }

        return digests;
    }

    /// <inheritdoc/>
    protected override void QueueBare()
    {
        for (var row = 0; row < shape.Rows; row += stripRows) Multiply(row);
    }

    private int Multiply(int row)
    {
        var rows = Math.Min(stripRows, shape.Rows - row);
        multiplier.Multiply(shape with { Rows = rows }, a.Address + ((ulong)row * (ulong)shape.Depth * (ulong)precision.ElementBytes), b.Address, c.Address);
        return rows;
    }

    private void Generate(DeviceMemory matrix, int lines, ElementKey key)
    {
        var groups = (long)lines * shape.Depth / 4;
        var (k0, k1, k2, k3) = key.Parts;
        elements.Launch(grid.BlocksFor(groups), 1, GpuGrid.Threads, matrix.Address, (ulong)groups, k0, k1, k2, k3);
    }
}
