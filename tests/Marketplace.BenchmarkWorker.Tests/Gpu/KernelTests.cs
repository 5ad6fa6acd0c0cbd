using System.Buffers.Binary;
using System.Text;
using Marketplace.BenchmarkWorker.Gpu;
using Marketplace.BenchmarkWorker.Tests.Ptx;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Tests.Gpu;

/// <summary>Each kernel's text against the protocol's own arithmetic, bit by bit, threads running in both orders.</summary>
public sealed class KernelTests
{
    private static readonly byte[] Seed = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];
    private readonly PtxMemory memory = new(64 << 20);

    [Fact]
    public void Texts_are_what_the_grammar_allows_with_every_gap_filled_and_every_register_used()
    {
        string[] texts =
        [
            KernelTexts.Elements(TilePrecision.Int8), KernelTexts.Elements(TilePrecision.Bfloat16),
            KernelTexts.Product(TilePrecision.Int8), KernelTexts.Product(TilePrecision.Bfloat16),
            KernelTexts.Digest(TilePrecision.Int8), KernelTexts.Digest(TilePrecision.Bfloat16),
            KernelTexts.Read("chains.ptx"), KernelTexts.Read("memory.ptx"),
        ];
        Assert.All(texts, text => Assert.True(Ascii.IsValid(text) && !text.Contains('@' + "STORE", StringComparison.Ordinal)));

        // A register that one precision needs and the other does not is fine.
        var unused = texts.SelectMany(text => PtxModule.Parse(text).Kernels.Values).GroupBy(kernel => kernel.Name).SelectMany(kernels =>
            kernels.SelectMany(kernel => kernel.Registers.Keys).Except(kernels.SelectMany(kernel => kernel.Instructions).SelectMany(i => i.Names)));
        Assert.Empty(unused);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Elements_are_the_generators(bool wide)
    {
        var precision = wide ? TilePrecision.Bfloat16 : TilePrecision.Int8;
        const int count = 5_000;
        var key = ElementKey.Derive(Seed, Operand.A);
        var at = memory.Allocate(count * 2);
        Launch(KernelTexts.Elements(precision), "elements", (3, 1), 64, [at, count / 4, key.Parts.K0, key.Parts.K1, key.Parts.K2, key.Parts.K3]);
        var bytes = memory.Bytes(at, count * 2);
        for (var i = 0; i < count; i++)
        {
            if (wide) Assert.Equal(key.WideAt((uint)i), BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]) << 16));
            else Assert.Equal(key.At((uint)i), unchecked((sbyte)bytes[i]));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Products_of_a_tile_are_the_servers(bool wide)
    {
        var precision = wide ? TilePrecision.Bfloat16 : TilePrecision.Int8;
        const int rows = 128, columns = 128, depth = 256;
        var (left, right) = (ElementKey.Derive(Seed, Operand.A), ElementKey.Derive(Seed, Operand.B));
        var a = Operands(precision, left, rows * depth);
        var b = Operands(precision, right, columns * depth);
        var c = memory.Allocate(rows * columns * 4);
        Launch(KernelTexts.Product(precision), "product", (rows / 128 * (columns / 128), 1), 256, [a, b, c, rows / 128, columns / 128, (ulong)(depth * precision.ElementBytes)]);
        var product = new TileProduct(wide ? Workload.Bf16Tiles : Workload.Int8Tiles, depth).Compute(Seed, 0, 0);
        for (var i = 0; i < product.Length; i++) Assert.Equal(product[i], precision.SumOf(SumAt(c, i)));
    }

    [Fact]
    public void Every_tile_is_made_once_where_rows_of_tiles_are_no_multiple_of_the_group()
    {
        // 17 rows of tiles: a group of sixteen and one of one. The shape is thin, so that the interpreter gets through.
        const int rows = 17 * 128, columns = 256, depth = 128;
        var (left, right) = (ElementKey.Derive(Seed, Operand.A), ElementKey.Derive(Seed, Operand.B));
        var a = Operands(TilePrecision.Int8, left, rows * depth);
        var b = Operands(TilePrecision.Int8, right, columns * depth);
        var c = memory.Allocate(rows * columns * 4);
        Launch(KernelTexts.Product(TilePrecision.Int8), "product", (17 * 2, 1), 256, [a, b, c, 17, 2, depth], orders: 1);
        for (var i = 0; i < rows; i += 128)
        {
            for (var j = 0; j < columns; j += 128)
            {
                var sum = Enumerable.Range(0, depth).Sum(k => left.At((uint)((i * depth) + k)) * right.At((uint)((j * depth) + k)));
                Assert.Equal(sum, SumAt(c, (i * columns) + j));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Digests_of_tiles_are_the_protocols(bool wide)
    {
        var precision = wide ? TilePrecision.Bfloat16 : TilePrecision.Int8;
        const int columns = 256, rows = 256;
        var key = ElementKey.Derive(Seed, Operand.A);
        var sums = memory.Allocate(rows * columns * 4);
        for (var i = 0; i < rows * columns; i++) memory.Write(sums + (ulong)(i * 4), 4, Bits(wide, Sum(key, i)));
        var digests = memory.Allocate(4 * 8);
        Launch(KernelTexts.Digest(precision), "digest", (2, 2), 128, [sums, digests, columns * 4]);
        var tile = new int[128 * 128];
        for (var unit = 0; unit < 4; unit++)
        {
            for (var i = 0; i < tile.Length; i++) tile[i] = Sum(key, (((unit / 2 * 128) + (i / 128)) * columns) + (unit % 2 * 128) + (i % 128));
            Assert.Equal(UnitDigest.OfTile(tile), memory.Read(digests + (ulong)(unit * 8), 8));
        }
    }

    [Fact]
    public void Chains_end_where_the_protocols_do()
    {
        const int blocks = 5, steps = 128;
        var (starts, constants, digests) = (memory.Allocate(blocks * 128 * 8), memory.Allocate(steps * 8), memory.Allocate(blocks * 8));
        Uniform(starts, blocks * 128, ElementKey.Derive(Seed, Operand.A), 1, -1.5);
        Uniform(constants, steps, ElementKey.Derive(Seed, Operand.B), -0.125, -1.675);
        Launch(KernelTexts.Read("chains.ptx"), "chains", (2, 1), 128, [starts, constants, digests, blocks, steps]);
        var shared = new double[steps];
        ChainBlock.Constants(Seed, shared);
        for (var block = 0; block < blocks; block++)
        {
            var chains = new double[128];
            ChainBlock.Starts(Seed, block, chains);
            ChainBlock.Run(shared, chains);
            Assert.Equal(ChainBlock.Digest(chains), memory.Read(digests + (ulong)(block * 8), 8));
        }
    }

    [Fact]
    public void Passes_over_memory_are_the_protocols_and_the_first_reads_nothing()
    {
        const int blocks = 2;
        var (at, digests) = (memory.Allocate(blocks * MemoryBlock.Bytes), memory.Allocate(blocks * 8));
        ulong[] keys = [0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210, 42];
        for (var p = 0; p < keys.Length; p++)
        {
            Launch(KernelTexts.Read("memory.ptx"), "pass", (blocks, 1), 128, [at, digests, keys[p], p == 0 ? 1UL : 0], orders: 1, lastFirst: p == 1);
            for (var block = 0; block < blocks; block++)
                Assert.Equal(MemoryBlock.Replay(keys.AsSpan(0, p + 1), 1, block, new ulong[MemoryBlock.Words]), memory.Read(digests + (ulong)(block * 8), 8));
        }
    }

    private static int Element(bool wide, ElementKey key, int index) => wide ? key.WideAt((uint)index) : key.At((uint)index);

    // Any sum of 24 bits and a sign will do: fp32 holds it.
    private static int Sum(ElementKey key, int index) => unchecked((int)key.Word((uint)index)) >> 8;

    private static uint Bits(bool wide, int sum) => wide ? BitConverter.SingleToUInt32Bits(sum) : unchecked((uint)sum);

    private int SumAt(ulong sums, int index) => unchecked((int)memory.Read(sums + (ulong)(index * 4), 4));

    private ulong Operands(TilePrecision precision, ElementKey key, int count)
    {
        var at = memory.Allocate((ulong)(count * precision.ElementBytes));
        for (var i = 0; i < count; i++)
            precision.WriteElement(memory.Bytes(at + (ulong)(i * precision.ElementBytes), (ulong)precision.ElementBytes), Element(precision.ElementBytes == 2, key, i));
        return at;
    }

    private void Uniform(ulong to, int count, ElementKey key, double scale, double offset) => Launch(
        KernelTexts.Read("chains.ptx"),
        "uniform",
        (2, 1),
        64,
        [to, (ulong)count, key.Parts.K0, key.Parts.K1, key.Parts.K2, key.Parts.K3, BitConverter.DoubleToUInt64Bits(scale), BitConverter.DoubleToUInt64Bits(offset)]);

    private void Launch(string text, string kernel, (int X, int Y) grid, int threads, ulong[] arguments, int orders = 2, bool lastFirst = false)
    {
        var parsed = PtxModule.Parse(text).Kernels[kernel];
        for (var i = 0; i < orders; i++) PtxMachine.Launch(parsed, memory, grid, threads, arguments, lastFirst ^ (i == 0 && orders > 1));
    }
}
