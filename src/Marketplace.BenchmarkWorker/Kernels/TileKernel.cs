using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>
/// Computes one 128 x 128 tile of a product of small integers exactly: int8, or the integers up to ±256 of bf16. Operands come as packed blocks of 128 lines (rows of A, columns of B),
/// cut into panels; inside a panel, two neighbouring k of one line lie side by side as 16-bit numbers, then the next line's two.
/// All kernels give the same bits; they differ in panel widths and instructions.
/// </summary>
internal abstract class TileKernel
{
    /// <summary>Lines in a block and sums along a side of a tile.</summary>
    public const int Block = 128;

    /// <summary>The kernel's name in reports.</summary>
    public abstract string Name { get; }

    /// <summary>Lines in a panel of A; divides 128.</summary>
    public abstract int RowsPerPanel { get; }

    /// <summary>Lines in a panel of B; divides 128.</summary>
    public abstract int ColumnsPerPanel { get; }

    /// <summary>The fastest kernel this processor has.</summary>
    public static TileKernel Best => Supported[0];

    /// <summary>The kernels that run here, fastest first.</summary>
    public static IReadOnlyList<TileKernel> Supported { get; } = Detect();

    /// <summary>Multiplies two packed blocks into a tile, row by row.</summary>
    /// <param name="a">128 x depth numbers in panels of <see cref="RowsPerPanel"/>.</param>
    /// <param name="b">128 x depth numbers in panels of <see cref="ColumnsPerPanel"/>.</param>
    /// <param name="depth">Length of a line, even.</param>
    /// <param name="tile">Receives 16,384 sums.</param>
    public void Multiply(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int depth, Span<int> tile)
    {
        tile.Clear();

        // Along k in steps, so that a panel of B stays in the first-level cache while all panels of A pass by.
        const int step = 384;
        for (var k = 0; k < depth; k += step)
        {
            var pairs = Math.Min(step, depth - k) / 2;
            for (var j = 0; j < Block; j += ColumnsPerPanel)
            {
                for (var i = 0; i < Block; i += RowsPerPanel)
                {
                    AddCorner(
                        a.Slice((i * depth) + (k * RowsPerPanel), pairs * 2 * RowsPerPanel),
                        b.Slice((j * depth) + (k * ColumnsPerPanel), pairs * 2 * ColumnsPerPanel),
                        pairs,
                        tile[((i * Block) + j)..]);
                }
            }
        }
    }

    /// <summary>Adds the product of a piece of an A panel and a piece of a B panel to the tile, whose corner the span begins with.</summary>
    protected abstract void AddCorner(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int pairs, Span<int> corner);

    private static List<TileKernel> Detect()
    {
        var kernels = new List<TileKernel>();
        if (Avx512BW.IsSupported && Vector512.IsHardwareAccelerated) kernels.Add(new Avx512Kernel());
        if (AvxVnni.IsSupported) kernels.Add(new AvxVnniKernel());
        if (Avx2.IsSupported) kernels.Add(new Avx2Kernel());
        kernels.Add(new PortableKernel());
        return kernels;
    }
}
