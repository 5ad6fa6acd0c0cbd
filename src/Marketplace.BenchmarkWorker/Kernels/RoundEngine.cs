using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>
/// Does the rounds of one matrix size on all cores: makes A and B packed, then computes every tile and keeps only its digest. C never
/// exists as a whole.
/// </summary>
internal sealed class RoundEngine
{
    private readonly Int8Kernel kernel;
    private readonly ParallelOptions cores;
    private readonly int size;
    private readonly int side;
    private readonly short[] a;
    private readonly short[] b;

    /// <summary>Makes the buffers.</summary>
    /// <param name="kernel">The kernel to use.</param>
    /// <param name="size">n, a multiple of 128.</param>
    /// <param name="cores">How many cores to use, 1 or more.</param>
    public RoundEngine(Int8Kernel kernel, int size, int cores)
    {
        this.kernel = kernel;
        this.size = size;
        this.cores = new ParallelOptions { MaxDegreeOfParallelism = cores };
        side = size / Int8Kernel.Block;
        a = GC.AllocateUninitializedArray<short>(size * size, pinned: true);
        b = GC.AllocateUninitializedArray<short>(size * size, pinned: true);
    }

    /// <summary>n.</summary>
    public int Size => size;

    /// <summary>Makes the operands of a seed and computes the digests of all tiles, row by row.</summary>
    public void Run(ReadOnlySpan<byte> seed, ulong[] digests)
    {
        Generate(ElementKey.Derive(seed, Operand.A), ElementKey.Derive(seed, Operand.B));
        ForEachTile((tile, sums) => digests[tile] = UnitDigest.OfTile(sums));
    }

    /// <summary>Only the products, of whatever the operands hold: the machine's bare rate.</summary>
    public void MultiplyOnly() => ForEachTile(static (_, _) => { });

    private void Generate(ElementKey keyA, ElementKey keyB) =>
        Parallel.For(0, 2 * side, cores, block =>
        {
            var (line, isA) = (block % side * Int8Kernel.Block, block < side);
            var target = (isA ? a : b).AsSpan(line * size, Int8Kernel.Block * size);
            PanelPacker.Pack(isA ? keyA : keyB, line, size, isA ? kernel.RowsPerPanel : kernel.ColumnsPerPanel, target);
        });

    private void ForEachTile(Action<int, int[]> done) =>
        Parallel.For(
            0,
            side * side,
            cores,
            static () => GC.AllocateUninitializedArray<int>(Int8Kernel.Block * Int8Kernel.Block),
            (tile, _, sums) =>
            {
                var length = Int8Kernel.Block * size;
                kernel.Multiply(a.AsSpan(tile / side * length, length), b.AsSpan(tile % side * length, length), size, sums);
                done(tile, sums);
                return sums;
            },
            static _ => { });
}
