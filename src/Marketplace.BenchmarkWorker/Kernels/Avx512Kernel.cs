using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>
/// 8 x 32 sums at a time in 512-bit registers by VPMADDWD: two 16-bit products and their sum, exact because 2·256² fits in 32 bits.
/// </summary>
internal sealed class Avx512Kernel : TileKernel
{
    /// <inheritdoc/>
    public override string Name => "avx512";

    /// <inheritdoc/>
    public override int RowsPerPanel => 8;

    /// <inheritdoc/>
    public override int ColumnsPerPanel => 32;

    /// <inheritdoc/>
    protected override void AddCorner(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int pairs, Span<int> corner) =>
        AddCorner(ref MemoryMarshal.GetReference(a), ref MemoryMarshal.GetReference(b), pairs, ref MemoryMarshal.GetReference(corner));

    // The sums are locals so that they stay in registers, and products are grouped in fours before they are added: Zen 4 issues
    // that a fifth faster than product and sum in turn.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddCorner(ref short a, ref short b, int pairs, ref int corner)
    {
        Vector512<int> s00 = default, s01 = default;
        Vector512<int> s10 = default, s11 = default;
        Vector512<int> s20 = default, s21 = default;
        Vector512<int> s30 = default, s31 = default;
        Vector512<int> s40 = default, s41 = default;
        Vector512<int> s50 = default, s51 = default;
        Vector512<int> s60 = default, s61 = default;
        Vector512<int> s70 = default, s71 = default;
        ref var line = ref Unsafe.As<short, int>(ref a);
        for (var p = 0; p < pairs; p++)
        {
            var y0 = Vector512.LoadUnsafe(ref b);
            var y1 = Vector512.LoadUnsafe(ref b, 32);
            var x0 = Vector512.Create(line).AsInt16();
            var x1 = Vector512.Create(Unsafe.Add(ref line, 1)).AsInt16();
            var p00 = Avx512BW.MultiplyAddAdjacent(x0, y0);
            var p01 = Avx512BW.MultiplyAddAdjacent(x0, y1);
            var p10 = Avx512BW.MultiplyAddAdjacent(x1, y0);
            var p11 = Avx512BW.MultiplyAddAdjacent(x1, y1);
            s00 += p00;
            s01 += p01;
            s10 += p10;
            s11 += p11;
            var x2 = Vector512.Create(Unsafe.Add(ref line, 2)).AsInt16();
            var x3 = Vector512.Create(Unsafe.Add(ref line, 3)).AsInt16();
            var p20 = Avx512BW.MultiplyAddAdjacent(x2, y0);
            var p21 = Avx512BW.MultiplyAddAdjacent(x2, y1);
            var p30 = Avx512BW.MultiplyAddAdjacent(x3, y0);
            var p31 = Avx512BW.MultiplyAddAdjacent(x3, y1);
            s20 += p20;
            s21 += p21;
            s30 += p30;
            s31 += p31;
            var x4 = Vector512.Create(Unsafe.Add(ref line, 4)).AsInt16();
            var x5 = Vector512.Create(Unsafe.Add(ref line, 5)).AsInt16();
            var p40 = Avx512BW.MultiplyAddAdjacent(x4, y0);
            var p41 = Avx512BW.MultiplyAddAdjacent(x4, y1);
            var p50 = Avx512BW.MultiplyAddAdjacent(x5, y0);
            var p51 = Avx512BW.MultiplyAddAdjacent(x5, y1);
            s40 += p40;
            s41 += p41;
            s50 += p50;
            s51 += p51;
            var x6 = Vector512.Create(Unsafe.Add(ref line, 6)).AsInt16();
            var x7 = Vector512.Create(Unsafe.Add(ref line, 7)).AsInt16();
            var p60 = Avx512BW.MultiplyAddAdjacent(x6, y0);
            var p61 = Avx512BW.MultiplyAddAdjacent(x6, y1);
            var p70 = Avx512BW.MultiplyAddAdjacent(x7, y0);
            var p71 = Avx512BW.MultiplyAddAdjacent(x7, y1);
            s60 += p60;
            s61 += p61;
            s70 += p70;
            s71 += p71;
            line = ref Unsafe.Add(ref line, 8);
            b = ref Unsafe.Add(ref b, 64);
        }

        AddRow(ref Unsafe.Add(ref corner, 0 * Block), s00, s01);
        AddRow(ref Unsafe.Add(ref corner, 1 * Block), s10, s11);
        AddRow(ref Unsafe.Add(ref corner, 2 * Block), s20, s21);
        AddRow(ref Unsafe.Add(ref corner, 3 * Block), s30, s31);
        AddRow(ref Unsafe.Add(ref corner, 4 * Block), s40, s41);
        AddRow(ref Unsafe.Add(ref corner, 5 * Block), s50, s51);
        AddRow(ref Unsafe.Add(ref corner, 6 * Block), s60, s61);
        AddRow(ref Unsafe.Add(ref corner, 7 * Block), s70, s71);
    }

    private static void AddRow(ref int row, Vector512<int> left, Vector512<int> right)
    {
        (Vector512.LoadUnsafe(ref row) + left).StoreUnsafe(ref row);
        (Vector512.LoadUnsafe(ref row, 16) + right).StoreUnsafe(ref row, 16);
    }
}
