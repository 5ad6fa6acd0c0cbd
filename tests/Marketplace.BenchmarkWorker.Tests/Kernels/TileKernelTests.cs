using CsCheck;
using Marketplace.BenchmarkWorker.Kernels;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Tests.Kernels;

public sealed class TileKernelTests
{
    public static TheoryData<string> Kernels => [.. TileKernel.Supported.Select(kernel => kernel.Name)];

    private static TileKernel Named(string name) => TileKernel.Supported.Single(kernel => kernel.Name == name);

    /// <summary>Lines as the naive model has them, and the same lines packed for a kernel.</summary>
    private static short[] Pack(short[] lines, int depth, int panel)
    {
        var packed = new short[lines.Length];
        for (var line = 0; line < 128; line++)
        {
            for (var k = 0; k < depth; k++)
                packed[(line / panel * panel * depth) + (k / 2 * panel * 2) + (line % panel * 2) + (k % 2)] = lines[(line * depth) + k];
        }

        return packed;
    }

    private static int[] Naive(short[] a, short[] b, int depth)
    {
        var tile = new int[128 * 128];
        for (var i = 0; i < 128; i++)
        {
            for (var j = 0; j < 128; j++)
            {
                for (var k = 0; k < depth; k++) tile[(i * 128) + j] += a[(i * depth) + k] * b[(j * depth) + k];
            }
        }

        return tile;
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_tile_equals_the_naive_product_for_any_depth(string name)
    {
        var kernel = Named(name);
        Gen.Select(Gen.Int[1, 450], Gen.Int[0, int.MaxValue]).Sample(
            (pairs, seed) =>
            {
                var depth = pairs * 2;
                var random = new Random(seed);
                short[] Elements() => [.. Enumerable.Range(0, 128 * depth).Select(_ => (short)random.Next(-256, 257))];
                var (a, b) = (Elements(), Elements());
                var tile = new int[128 * 128];
                kernel.Multiply(Pack(a, depth, kernel.RowsPerPanel), Pack(b, depth, kernel.ColumnsPerPanel), depth, tile);
                Assert.Equal(Naive(a, b, depth), tile);
            },
            iter: 12);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Extreme_elements_give_exact_sums(string name)
    {
        const int depth = 512;
        var kernel = Named(name);
        foreach (var (x, y) in new (short, short)[] { (-128, -128), (-128, 127), (127, 127), (-256, -256), (-256, 255) })
        {
            short[] a = [.. Enumerable.Repeat(x, 128 * depth)];
            short[] b = [.. Enumerable.Repeat(y, 128 * depth)];
            var tile = new int[128 * 128];
            kernel.Multiply(a, b, depth, tile);
            Assert.All(tile, sum => Assert.Equal(x * y * depth, sum));
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_packed_block_holds_the_generators_elements_of_both_kinds(string name)
    {
        var kernel = Named(name);
        foreach (var panel in new[] { kernel.RowsPerPanel, kernel.ColumnsPerPanel })
        {
            const int depth = 256;
            var key = ElementKey.Derive(new byte[32], Operand.A);
            var block = new short[128 * depth];
            PanelPacker.Pack(key, 24, 128, depth, panel, block);
            var lines = Enumerable.Range(0, 128 * depth).Select(i => (short)key.At((uint)((128 * depth) + i))).ToArray();
            Assert.Equal(Pack(lines, depth, panel), block);
            PanelPacker.Pack(key, 23, 128, depth, panel, block);
            lines = [.. Enumerable.Range(0, 128 * depth).Select(i => key.WideAt((uint)((128 * depth) + i)))];
            Assert.Equal(Pack(lines, depth, panel), block);
        }
    }

    [Theory]
    [InlineData(8)]
    [InlineData(32)]
    public void All_packers_give_the_same_panel(int panel)
    {
        const int depth = 384;
        var key = ElementKey.Derive(new byte[32], Operand.B);
        var (plain, by256, by512) = (new short[panel * depth], new short[panel * depth], new short[panel * depth]);
        PanelPacker.PackPanel(key, 24, 12_345, depth, panel, plain);
        PanelPacker.PackPanel256(key, 24, 12_345, depth, panel, by256);
        PanelPacker.PackPanel512(key, 24, 12_345, depth, panel, by512);
        Assert.Equal(plain, by256);
        Assert.Equal(plain, by512);
    }
}
