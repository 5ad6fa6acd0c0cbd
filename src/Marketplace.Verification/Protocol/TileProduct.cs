using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Marketplace.Verification.Protocol;

/// <summary>
/// The server's own way to a tile of <c>int8-tiles-2</c> and <c>bf16-tiles-1</c>: makes the tile's rows of A and columns of B from the seed
/// and multiplies them exactly. Written apart from the worker's kernels on purpose, as dot products along k, so that one mistake can't hide
/// in both. Not thread-safe: it keeps its buffers.
/// </summary>
/// <remarks>
/// C = A·B with M x K and K x N elements from <see cref="ElementKey"/>, keyed by the round's seed: of int8 the top 8 bits of each word, of
/// bf16 the top 9, so integers from -256 to 255. Two int8 digits are needed for each of those, so units that multiply int8 at twice the rate
/// of bf16 gain nothing (four products, or three at Karatsuba's price). A unit is a tile of 128 x 128 sums, tile (r, c) is unit
/// r·N/128 + c, and its digest is <see cref="UnitDigest"/> of the sums as 32-bit integers, row by row, also for bf16.
/// </remarks>
public sealed class TileProduct
{
    private const int Size = ProofParameters.TileSize;

    // Lines are multiplied piece by piece along k, so that six of them stay in the first cache.
    private const int Piece = 1024;
    private readonly bool isWide;
    private readonly int depth;
    private readonly short[] rows;
    private readonly short[] columns;
    private readonly int[] tile = new int[Size * Size];

    /// <summary>Makes the buffers.</summary>
    /// <param name="workload">Which of the two.</param>
    /// <param name="depth">K, a multiple of 128.</param>
    public TileProduct(Workload workload, int depth)
    {
        isWide = workload == Workload.Bf16Tiles;
        this.depth = depth;
        rows = new short[Size * depth];
        columns = new short[Size * depth];
    }

    /// <summary>The sums of a tile, row by row. The memory is used again by the next call.</summary>
    /// <param name="seed">The seed of the round, 32 bytes.</param>
    /// <param name="tileRow">Row of tiles.</param>
    /// <param name="tileColumn">Column of tiles.</param>
    public ReadOnlySpan<int> Compute(ReadOnlySpan<byte> seed, int tileRow, int tileColumn)
    {
        Fill(ElementKey.Derive(seed, Operand.A), tileRow, rows);
        Fill(ElementKey.Derive(seed, Operand.B), tileColumn, columns);
        Multiply(rows, columns, depth, tile);
        return tile;
    }

    private void Fill(ElementKey key, int tileLine, Span<short> lines)
    {
        var first = (uint)((long)tileLine * Size * depth);
        if (isWide) key.FillWide(first, lines);
        else key.Fill(first, lines);
    }

    /// <summary>Dot products of all lines of one side with all lines of the other.</summary>
    internal static void Multiply(ReadOnlySpan<short> rows, ReadOnlySpan<short> columns, int depth, Span<int> tile)
    {
        tile.Clear();
        for (var k = 0; k < depth; k += Piece)
        {
            var length = Math.Min(Piece, depth - k);
            for (var i = 0; i < Size; i += 4)
            {
                var lines = rows[((i * depth) + k)..];
                for (var j = 0; j < Size; j += 2)
                {
                    var pair = columns[((j * depth) + k)..];
                    var corner = tile[((i * Size) + j)..];
                    if (Avx512BW.IsSupported) FourByTwo512(lines, pair, depth, length, corner);
                    else if (Avx2.IsSupported) FourByTwo256(lines, pair, depth, length, corner);
                    else FourByTwo(lines, pair, depth, length, corner);
                }
            }
        }
    }

    internal static void FourByTwo(ReadOnlySpan<short> lines, ReadOnlySpan<short> pair, int depth, int length, Span<int> corner)
    {
        for (var i = 0; i < 4; i++)
        {
            for (var j = 0; j < 2; j++)
            {
                var x = lines.Slice(i * depth, length);
                var y = pair.Slice(j * depth, length);
                var sum = 0;
                for (var k = 0; k < x.Length; k++) sum = unchecked(sum + (x[k] * y[k]));
                corner[(i * Size) + j] += sum;
            }
        }
    }

    internal static void FourByTwo512(ReadOnlySpan<short> lines, ReadOnlySpan<short> pair, int depth, int length, Span<int> corner)
    {
        Vector512<int> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        ref var x = ref MemoryMarshal.GetReference(lines);
        ref var y = ref MemoryMarshal.GetReference(pair);
        for (var k = 0; k < length; k += Vector512<short>.Count)
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

        Add(corner, Vector512.Sum(s00), Vector512.Sum(s01));
        Add(corner[Size..], Vector512.Sum(s10), Vector512.Sum(s11));
        Add(corner[(2 * Size)..], Vector512.Sum(s20), Vector512.Sum(s21));
        Add(corner[(3 * Size)..], Vector512.Sum(s30), Vector512.Sum(s31));
    }

    internal static void FourByTwo256(ReadOnlySpan<short> lines, ReadOnlySpan<short> pair, int depth, int length, Span<int> corner)
    {
        Vector256<int> s00 = default, s01 = default, s10 = default, s11 = default, s20 = default, s21 = default, s30 = default, s31 = default;
        ref var x = ref MemoryMarshal.GetReference(lines);
        ref var y = ref MemoryMarshal.GetReference(pair);
        for (var k = 0; k < length; k += Vector256<short>.Count)
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

        Add(corner, Vector256.Sum(s00), Vector256.Sum(s01));
        Add(corner[Size..], Vector256.Sum(s10), Vector256.Sum(s11));
        Add(corner[(2 * Size)..], Vector256.Sum(s20), Vector256.Sum(s21));
        Add(corner[(3 * Size)..], Vector256.Sum(s30), Vector256.Sum(s31));
    }

    private static void Add(Span<int> corner, int left, int right)
    {
        corner[0] += left;
        corner[1] += right;
    }
}
