using System.Runtime.Intrinsics.X86;
using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Tests.Protocol;

public sealed class TileProductTests
{
    [Theory]
    [InlineData(Workload.Int8Tiles, 384)]
    [InlineData(Workload.Bf16Tiles, 384)]
    [InlineData(Workload.Int8Tiles, 2176)]
    [InlineData(Workload.Bf16Tiles, 2176)]
    public void A_tile_equals_the_plain_product_of_its_elements(Workload workload, int n)
    {
        var seed = HonestProver.Bytes(7);
        var (a, b) = (ElementKey.Derive(seed, Operand.A), ElementKey.Derive(seed, Operand.B));
        var tile = new TileProduct(workload, n).Compute(seed, 2, 1);
        for (var i = 0; i < 128; i += 5)
        {
            for (var j = 0; j < 128; j++)
            {
                var sum = 0;
                for (var k = 0; k < n; k++) sum += At(a, ((256 + i) * n) + k) * At(b, ((128 + j) * n) + k);
                Assert.Equal(sum, tile[(i * 128) + j]);
            }
        }

        int At(ElementKey key, int index) => workload == Workload.Int8Tiles ? key.At((uint)index) : key.WideAt((uint)index);
    }

    /// <summary>The largest index of the largest product needs all 32 bits.</summary>
    [Fact]
    public void The_last_tile_of_the_largest_product_is_where_it_should_be()
    {
        var seed = HonestProver.Bytes(7);
        var tile = new TileProduct(Workload.Int8Tiles, 32_768).Compute(seed, 1023, 1023);
        var (a, b) = (ElementKey.Derive(seed, Operand.A), ElementKey.Derive(seed, Operand.B));
        var sum = 0;
        for (var k = 0; k < 32_768; k++) sum += a.At((uint)((131_071L * 32_768) + k)) * b.At((uint)((131_071L * 32_768) + k));
        Assert.Equal(sum, tile[^1]);
    }

    [Theory]
    [InlineData(-256, -256)]
    [InlineData(-256, 255)]
    [InlineData(-128, -128)]
    [InlineData(-128, 127)]
    [InlineData(127, 127)]
    public void Extreme_elements_give_exact_sums_on_every_path(short x, short y)
    {
        const int depth = 1024;
        short[] lines = [.. Enumerable.Repeat(x, 4 * depth)];
        short[] pair = [.. Enumerable.Repeat(y, 2 * depth)];
        var (portable, by256, by512) = (new int[386], new int[386], new int[386]);
        TileProduct.FourByTwo(lines, pair, depth, depth, portable);
        Assert.Equal(x * y * depth, portable[385]);
        if (Avx2.IsSupported) TileProduct.FourByTwo256(lines, pair, depth, depth, by256);
        if (Avx512BW.IsSupported) TileProduct.FourByTwo512(lines, pair, depth, depth, by512);
        if (Avx2.IsSupported) Assert.Equal(portable, by256);
        if (Avx512BW.IsSupported) Assert.Equal(portable, by512);
    }

    [Fact]
    public void All_paths_agree_on_random_lines()
    {
        var key = ElementKey.Derive(HonestProver.Bytes(3), Operand.A);
        foreach (var depth in new[] { 128, 384, 1536 })
        {
            var (lines, pair) = (new short[4 * depth], new short[2 * depth]);
            key.Fill(0, lines);
            key.Fill(1_000_000, pair);
            var (portable, by256, by512) = (new int[386], new int[386], new int[386]);
            TileProduct.FourByTwo(lines, pair, depth, depth, portable);
            if (Avx2.IsSupported) TileProduct.FourByTwo256(lines, pair, depth, depth, by256);
            if (Avx512BW.IsSupported) TileProduct.FourByTwo512(lines, pair, depth, depth, by512);
            if (Avx2.IsSupported) Assert.Equal(portable, by256);
            if (Avx512BW.IsSupported) Assert.Equal(portable, by512);
        }
    }
}
