using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>4 x 16 sums at a time in 256-bit registers by VPMADDWD, exact as in <see cref="Avx512Kernel"/>.</summary>
internal sealed class Avx2Kernel : TileKernel
{
    /// <inheritdoc/>
    public override string Name => "avx2";

    /// <inheritdoc/>
    public override int RowsPerPanel => 4;

    /// <inheritdoc/>
    public override int ColumnsPerPanel => 16;

    /// <inheritdoc/>
    protected override void AddCorner(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int pairs, Span<int> corner) =>
        AddCorner(ref MemoryMarshal.GetReference(a), ref MemoryMarshal.GetReference(b), pairs, ref MemoryMarshal.GetReference(corner));

    // The sums are locals so that they stay in registers, and products are grouped in fours before they are added: Zen 4 issues
    // that a fifth faster than product and sum in turn.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddCorner(ref short a, ref short b, int pairs, ref int corner)
    {
        Vector256<int> s00 = default, s01 = default;
        Vector256<int> s10 = default, s11 = default;
        Vector256<int> s20 = default, s21 = default;
        Vector256<int> s30 = default, s31 = default;
        ref var line = ref Unsafe.As<short, int>(ref a);
        for (var p = 0; p < pairs; p++)
        {
            var y0 = Vector256.LoadUnsafe(ref b);
            var y1 = Vector256.LoadUnsafe(ref b, 16);
            var x0 = Vector256.Create(line).AsInt16();
            var x1 = Vector256.Create(Unsafe.Add(ref line, 1)).AsInt16();
            var p00 = Avx2.MultiplyAddAdjacent(x0, y0);
            var p01 = Avx2.MultiplyAddAdjacent(x0, y1);
            var p10 = Avx2.MultiplyAddAdjacent(x1, y0);
            var p11 = Avx2.MultiplyAddAdjacent(x1, y1);
            s00 += p00;
            s01 += p01;
            s10 += p10;
            s11 += p11;
            var x2 = Vector256.Create(Unsafe.Add(ref line, 2)).AsInt16();
            var x3 = Vector256.Create(Unsafe.Add(ref line, 3)).AsInt16();
            var p20 = Avx2.MultiplyAddAdjacent(x2, y0);
            var p21 = Avx2.MultiplyAddAdjacent(x2, y1);
            var p30 = Avx2.MultiplyAddAdjacent(x3, y0);
            var p31 = Avx2.MultiplyAddAdjacent(x3, y1);
            s20 += p20;
            s21 += p21;
            s30 += p30;
            s31 += p31;
            line = ref Unsafe.Add(ref line, 4);
            b = ref Unsafe.Add(ref b, 32);
        }

        AddRow(ref Unsafe.Add(ref corner, 0 * Block), s00, s01);
        AddRow(ref Unsafe.Add(ref corner, 1 * Block), s10, s11);
        AddRow(ref Unsafe.Add(ref corner, 2 * Block), s20, s21);
        AddRow(ref Unsafe.Add(ref corner, 3 * Block), s30, s31);
    }

    private static void AddRow(ref int row, Vector256<int> left, Vector256<int> right)
    {
        (Vector256.LoadUnsafe(ref row) + left).StoreUnsafe(ref row);
        (Vector256.LoadUnsafe(ref row, 8) + right).StoreUnsafe(ref row, 8);
    }
}
