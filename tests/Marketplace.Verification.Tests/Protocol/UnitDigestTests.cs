using System.Runtime.InteropServices;
using CsCheck;
using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Tests.Protocol;

public sealed class UnitDigestTests
{
    private static int[] Tile(int seed)
    {
        var key = ElementKey.Derive(HonestProver.Bytes(seed), Operand.A);
        return [.. Enumerable.Range(0, 128 * 128).Select(i => unchecked((int)key.Word((uint)i)))];
    }

    private static ReadOnlySpan<uint> Words(int[] tile) => MemoryMarshal.Cast<int, uint>(tile);

    [Fact]
    public void All_widths_give_the_same_digest()
    {
        foreach (var (seed, columns) in Enumerable.Range(0, 20).SelectMany(seed => new[] { 64, 128, 256, 512, 1024 }.Select(columns => (seed, columns))))
        {
            var tile = Tile(seed);
            Assert.Equal(UnitDigest.OfPortably(Words(tile), columns), UnitDigest.Of(Words(tile), columns));
            Assert.Equal(UnitDigest.OfPortably(Words(tile), columns), UnitDigest.OfBy256(Words(tile), columns));
        }
    }

    [Fact]
    public void Known_digests_stay_what_they_were()
    {
        Assert.Equal(16058508395087533273UL, UnitDigest.OfTile(new int[128 * 128]));
        Assert.Equal(7819905249664204952UL, UnitDigest.OfTile(Tile(1)));
    }

    [Fact]
    public void Any_one_changed_sum_changes_the_digest()
    {
        var tile = Tile(1);
        var whole = UnitDigest.OfTile(tile);
        Gen.Select(Gen.Int[0, tile.Length - 1], Gen.Int[1, int.MaxValue]).Sample(
            (at, change) =>
            {
                var other = (int[])tile.Clone();
                other[at] = unchecked(other[at] + change);
                return UnitDigest.OfTile(other) != whole;
            },
            iter: 500);
    }

    [Fact]
    public void Exchanged_sums_change_the_digest()
    {
        var tile = Tile(1);
        var whole = UnitDigest.OfTile(tile);
        Gen.Select(Gen.Int[0, tile.Length - 1], Gen.Int[0, tile.Length - 1]).Where((x, y) => x != y).Sample(
            (x, y) =>
            {
                var other = (int[])tile.Clone();
                (other[x], other[y]) = (other[y], other[x]);
                return UnitDigest.OfTile(other) != whole;
            },
            iter: 500);
    }

    /// <summary>For a digest affine in C, over the integers or by xor, the fourth corner of a parallelogram follows from the other three.</summary>
    [Fact]
    public void The_digest_is_affine_neither_by_sum_nor_by_xor()
    {
        var (zero, x, y) = (new int[128 * 128], Tile(1), Tile(2));
        var sum = x.Zip(y, (p, q) => unchecked(p + q)).ToArray();
        var xor = x.Zip(y, (p, q) => p ^ q).ToArray();
        var (d0, dx, dy) = (UnitDigest.OfTile(zero), UnitDigest.OfTile(x), UnitDigest.OfTile(y));
        Assert.NotEqual(unchecked(dx + dy - d0), UnitDigest.OfTile(sum));
        Assert.NotEqual(dx ^ dy ^ d0, UnitDigest.OfTile(xor));
    }
}
