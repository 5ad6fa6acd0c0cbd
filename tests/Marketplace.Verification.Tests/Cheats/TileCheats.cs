using Marketplace.Verification.Protocol;
using Marketplace.Verification.Tests.Protocol;

namespace Marketplace.Verification.Tests.Cheats;

/// <summary>Cheaper ways to something that looks like a tile, for small products.</summary>
internal static class TileCheats
{
    private const int Size = ProofParameters.TileSize;

    /// <summary>A and B of rank two, a(i) + b(k) and c(j) + d(k), as came out of uniform inputs in a published scheme: four numbers per sum.</summary>
    public static Cheat RankTwo(ProofParameters parameters) => Tile(parameters, (a, b, tile) =>
    {
        var depth = parameters.Depth;
        var (sumB, sumD, sumBd) = (0, 0, 0);
        for (var k = 0; k < depth; k++) (sumB, sumD, sumBd) = (sumB + a[k], sumD + b[k], sumBd + (a[k] * b[k]));
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < Size; j++)
            {
                var (x, y) = (a[i * depth], b[j * depth]);
                tile[(i * Size) + j] = (depth * x * y) + (x * sumD) + (y * sumB) + sumBd;
            }
        }
    });

    /// <summary>A and B as if elements hung on i + k alone (Hankel, as in another scheme): a diagonal follows from its neighbour by one product.</summary>
    public static Cheat Hankel(ProofParameters parameters) => Tile(parameters, (a, b, tile) =>
    {
        var depth = parameters.Depth;
        int At(ReadOnlySpan<short> lines, int line, int k) => lines[line + k < depth ? line + k : ((line + k - depth + 1) * depth) + depth - 1];
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < Size; j++)
            {
                var sum = 0;
                if (i > 0 && j > 0)
                    sum = tile[((i - 1) * Size) + j - 1] - (At(a, i - 1, 0) * At(b, j - 1, 0)) + (At(a, i, depth - 1) * At(b, j, depth - 1));
                else
                    for (var k = 0; k < depth; k++) sum += At(a, i, k) * At(b, j, k);
                tile[(i * Size) + j] = sum;
            }
        }
    });

    /// <summary>A·(B·r) for r of ones, put into one column: it has the right C·r, which is all that a check by C·r could see.</summary>
    public static Cheat OnlyTimesVector(ProofParameters parameters) => Tile(parameters, (a, b, tile) =>
    {
        var depth = parameters.Depth;
        var sums = new int[depth];
        for (var j = 0; j < Size; j++)
        {
            for (var k = 0; k < depth; k++) sums[k] += b[(j * depth) + k];
        }

        for (var i = 0; i < Size; i++)
        {
            for (var k = 0; k < depth; k++) tile[i * Size] += a[(i * depth) + k] * sums[k];
        }
    });

    /// <summary>The product of elements without their low bits: what a narrower unit could do.</summary>
    public static Cheat WithoutLowBits(ProofParameters parameters, int bits) => Tile(parameters, (a, b, tile) =>
    {
        var (x, y) = (a.ToArray(), b.ToArray());
        for (var i = 0; i < x.Length; i++) (x[i], y[i]) = ((short)(x[i] >> bits << bits), (short)(y[i] >> bits << bits));
        TileProduct.Multiply(x, y, parameters.Depth, tile);
    });

    /// <summary>The product of elements cut to what int8 holds.</summary>
    public static Cheat CutToInt8(ProofParameters parameters) => Tile(parameters, (a, b, tile) =>
    {
        var (x, y) = (a.ToArray(), b.ToArray());
        for (var i = 0; i < x.Length; i++) (x[i], y[i]) = (short.Clamp(x[i], -128, 127), short.Clamp(y[i], -128, 127));
        TileProduct.Multiply(x, y, parameters.Depth, tile);
    });

    /// <summary>Exact products added up with a given rounding after each addition.</summary>
    public static Cheat Accumulating(ProofParameters parameters, Func<float, float> round) => Tile(parameters, (a, b, tile) =>
    {
        var depth = parameters.Depth;
        for (var i = 0; i < Size; i++)
        {
            for (var j = 0; j < Size; j++)
            {
                var sum = 0f;
                for (var k = 0; k < depth; k++) sum = round(sum + (a[(i * depth) + k] * b[(j * depth) + k]));
                tile[(i * Size) + j] = float.IsFinite(sum) ? (int)sum : int.MaxValue;
            }
        }
    });

    /// <summary>
    /// bf16 by int8 units, exactly: each element is 2·h + l with h in int8 and l one bit, so that C = 4·HH' + 2·(HL' + LH') + LL', and
    /// HL' + LH' = (H + L)·(H' + L') - HH' - LL'. Two products of (nearly) int8 and one of bits.
    /// </summary>
    public static Cheat ByInt8Digits(ProofParameters parameters) => Tile(parameters, (a, b, tile) =>
    {
        var products = Enumerable.Range(0, 3).Select(_ => new int[tile.Length]).ToArray();
        Func<short, short>[] digits = [x => (short)(x >> 1), x => (short)(x & 1), x => (short)((x >> 1) + (x & 1))];
        for (var d = 0; d < 3; d++) TileProduct.Multiply(Array.ConvertAll(a.ToArray(), x => digits[d](x)), Array.ConvertAll(b.ToArray(), x => digits[d](x)), parameters.Depth, products[d]);
        for (var i = 0; i < tile.Length; i++)
        {
            var (high, low, both) = (products[0][i], products[1][i], products[2][i]);
            tile[i] = (4 * high) + (2 * (both - high - low)) + low;
        }
    });

    /// <summary>Rounds to the 10 bits after the point that tf32 and fp16 keep, without fp16's narrow range.</summary>
    public static float Tf32(float x) => BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(x) + 0x1000) & ~0x1FFF);

    /// <summary>Rounds to fp16.</summary>
    public static float Fp16(float x) => (float)(Half)x;

    private delegate void Fill(ReadOnlySpan<short> rows, ReadOnlySpan<short> columns, int[] tile);

    private static Cheat Tile(ProofParameters parameters, Fill fill)
    {
        var (rows, columns) = (new short[Size * parameters.Depth], new short[Size * parameters.Depth]);
        return (seeds, unit, _) =>
        {
            var seed = seeds.AsSpan(unit.Round * SeedChain.Length, SeedChain.Length);
            var tileColumns = parameters.Columns / Size;
            Elements(parameters, ElementKey.Derive(seed, Operand.A), unit.Unit / tileColumns, rows);
            Elements(parameters, ElementKey.Derive(seed, Operand.B), unit.Unit % tileColumns, columns);
            var tile = new int[Size * Size];
            fill(rows, columns, tile);
            return UnitDigest.OfTile(tile);
        };
    }

    private static void Elements(ProofParameters parameters, ElementKey key, int line, short[] elements)
    {
        var first = (uint)(line * Size * parameters.Depth);
        if (parameters.Workload == Workload.Bf16Tiles) key.FillWide(first, elements);
        else key.Fill(first, elements);
    }
}
