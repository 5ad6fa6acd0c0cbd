using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Marketplace.Verification.Protocol;

/// <summary>
/// The server's own way to a tile: makes the tile's rows of A and columns of B from the seed and multiplies them exactly. Written
/// apart from the worker's kernel on purpose, as dot products along k, so that one mistake can't hide in both. Not thread-safe: it
/// keeps its buffers.
/// </summary>
public sealed class TileProduct
{
    private const int Size = ProofParameters.TileSize;
    private readonly int depth;
    private readonly short[] rows;
    private readonly short[] columns;
    private readonly int[] tile = new int[Size * Size];

    /// <summary>Makes the buffers for matrices of size n.</summary>
    public TileProduct(int size)
    {
        depth = size;
        rows = new short[Size * size];
        columns = new short[Size * size];
    }

    /// <summary>The sums of a tile, row by row. The memory is used again by the next call.</summary>
    /// <param name="seed">The seed of the round, 32 bytes.</param>
    /// <param name="tileRow">Row of tiles.</param>
    /// <param name="tileColumn">Column of tiles.</param>
    public ReadOnlySpan<int> Compute(ReadOnlySpan<byte> seed, int tileRow, int tileColumn)
    {
        ElementKey.Derive(seed, Operand.A).Fill((uint)(tileRow * Size * depth), rows);
        ElementKey.Derive(seed, Operand.B).Fill((uint)(tileColumn * Size * depth), columns);
        Multiply(rows, columns, depth, tile);
        return tile;
    }

    /// <summary>Dot products of all lines of one side with all lines of the other.</summary>
    internal static void Multiply(ReadOnlySpan<short> rows, ReadOnlySpan<short> columns, int depth, Span<int> tile)
    {
        for (var i = 0; i < Size; i += 4)
        {
            var lines = rows.Slice(i * depth, 4 * depth);
            for (var j = 0; j < Size; j += 2)
            {
                var pair = columns.Slice(j * depth, 2 * depth);
                var corner = tile[((i * Size) + j)..];
                if (Avx512BW.IsSupported) FourByTwo512(lines, pair, depth, corner);
                else if (Avx2.IsSupported) FourByTwo256(lines, pair, depth, corner);
                else FourByTwo(lines, pair, depth, corner);
            }
        }
    }

    internal static void FourByTwo(ReadOnlySpan<short> lines, ReadOnlySpan<short> pair, int depth, Span<int> corner)
    {
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 2; j++)
            {
                var x = lines.Slice(i * depth, depth);
                var y = pair.Slice(j * depth, depth);
                var sum = 0;
                for (var k = 0; k < x.Length; k++) sum = unchecked(sum + (x[k] * y[k]));
                corner[(i * Size) + j] = sum;
            }
        }
    }

    internal static void FourByTwo512(ReadOnlySpan<short> lines, ReadOnlySpan<short> pair, int depth, Span<int> corner)
    {
        Vector512<int> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        ref var x = ref MemoryMarshal.GetReference(lines);
        ref var y = ref MemoryMarshal.GetReference(pair);
        for (var k = 0; k < depth; k += Vector512<short>.Count)
        {
            var (y0, y1) = (Vector512.LoadUnsafe(ref y, (nuint)k), Vector512.LoadUnsafe(ref y, (nuint)(k + depth)));
            var x0 = Vector512.LoadUnsafe(ref x, (nuint)k);
            s00 += Avx512BW.MultiplyAddAdjacent(x0, y0);
            s01 += Avx512BW.MultiplyAddAdjacent(x0, y1);
            var x1 = Vector512.LoadUnsafe(ref x, (nuint)(k + depth));
            s10 += Avx512BW.MultiplyAddAdjacent(x1, y0);
            s11 += Avx512BW.MultiplyAddAdjacent(x1, y1);
            var x2 = Vector512.LoadUnsafe(ref x, (nuint)(k + (2 * depth)));
            s20 += Avx512BW.MultiplyAddAdjacent(x2, y0);
            s21 += Avx512BW.MultiplyAddAdjacent(x2, y1);
            var x3 = Vector512.LoadUnsafe(ref x, (nuint)(k + (3 * depth)));
            s30 += Avx512BW.MultiplyAddAdjacent(x3, y0);
            s31 += Avx512BW.MultiplyAddAdjacent(x3, y1);
        }

        (corner[0], corner[1]) = (Vector512.Sum(s00), Vector512.Sum(s01));
        (corner[Size], corner[Size + 1]) = (Vector512.Sum(s10), Vector512.Sum(s11));
        (corner[2 * Size], corner[(2 * Size) + 1]) = (Vector512.Sum(s20), Vector512.Sum(s21));
        (corner[3 * Size], corner[(3 * Size) + 1]) = (Vector512.Sum(s30), Vector512.Sum(s31));
    }

    internal static void FourByTwo256(ReadOnlySpan<short> lines, ReadOnlySpan<short> pair, int depth, Span<int> corner)
    {
        Vector256<int> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        ref var x = ref MemoryMarshal.GetReference(lines);
        ref var y = ref MemoryMarshal.GetReference(pair);
        for (var k = 0; k < depth; k += Vector256<short>.Count)
        {
            var (y0, y1) = (Vector256.LoadUnsafe(ref y, (nuint)k), Vector256.LoadUnsafe(ref y, (nuint)(k + depth)));
            var x0 = Vector256.LoadUnsafe(ref x, (nuint)k);
            s00 += Avx2.MultiplyAddAdjacent(x0, y0);
            s01 += Avx2.MultiplyAddAdjacent(x0, y1);
            var x1 = Vector256.LoadUnsafe(ref x, (nuint)(k + depth));
            s10 += Avx2.MultiplyAddAdjacent(x1, y0);
            s11 += Avx2.MultiplyAddAdjacent(x1, y1);
            var x2 = Vector256.LoadUnsafe(ref x, (nuint)(k + (2 * depth)));
            s20 += Avx2.MultiplyAddAdjacent(x2, y0);
            s21 += Avx2.MultiplyAddAdjacent(x2, y1);
            var x3 = Vector256.LoadUnsafe(ref x, (nuint)(k + (3 * depth)));
            s30 += Avx2.MultiplyAddAdjacent(x3, y0);
            s31 += Avx2.MultiplyAddAdjacent(x3, y1);
        }

        (corner[0], corner[1]) = (Vector256.Sum(s00), Vector256.Sum(s01));
        (corner[Size], corner[Size + 1]) = (Vector256.Sum(s10), Vector256.Sum(s11));
        (corner[2 * Size], corner[(2 * Size) + 1]) = (Vector256.Sum(s20), Vector256.Sum(s21));
        (corner[3 * Size], corner[(3 * Size) + 1]) = (Vector256.Sum(s30), Vector256.Sum(s31));
    }
}
