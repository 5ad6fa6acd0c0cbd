using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>
/// 4 x 16 sums at a time in 256-bit registers by VPDPWSSD, which is VPMADDWD and the addition in one: exact as in
/// <see cref="Avx512Kernel"/>, on the same panels as <see cref="Avx2Kernel"/>.
/// </summary>
internal sealed class AvxVnniKernel : TileKernel
{
    /// <inheritdoc/>
    public override string Name => "avx-vnni";

    /// <inheritdoc/>
    public override int RowsPerPanel => 4;

    /// <inheritdoc/>
    public override int ColumnsPerPanel => 16;

    /// <inheritdoc/>
    protected override void AddCorner(ReadOnlySpan<short> a, ReadOnlySpan<short> b, int pairs, Span<int> corner) =>
        AddCorner(ref MemoryMarshal.GetReference(a), ref MemoryMarshal.GetReference(b), pairs, ref MemoryMarshal.GetReference(corner));

    // The sums are locals so that they stay in registers.
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
            s00 = AvxVnni.MultiplyWideningAndAdd(s00, x0, y0);
            s01 = AvxVnni.MultiplyWideningAndAdd(s01, x0, y1);
            var x1 = Vector256.Create(Unsafe.Add(ref line, 1)).AsInt16();
            s10 = AvxVnni.MultiplyWideningAndAdd(s10, x1, y0);
            s11 = AvxVnni.MultiplyWideningAndAdd(s11, x1, y1);
            var x2 = Vector256.Create(Unsafe.Add(ref line, 2)).AsInt16();
            s20 = AvxVnni.MultiplyWideningAndAdd(s20, x2, y0);
            s21 = AvxVnni.MultiplyWideningAndAdd(s21, x2, y1);
            var x3 = Vector256.Create(Unsafe.Add(ref line, 3)).AsInt16();
            s30 = AvxVnni.MultiplyWideningAndAdd(s30, x3, y0);
            s31 = AvxVnni.MultiplyWideningAndAdd(s31, x3, y1);
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
