using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>
/// Products of one shape on the processor's cores, for both kinds of tiles: makes A and B packed, then computes every tile and keeps only its
/// digest. C never exists as a whole. bf16 takes the way of int8: its elements are small integers, so sums of 32-bit integers are exact.
/// </summary>
internal sealed class TilesEngine : IRoundEngine
{
    private const int Block = TileKernel.Block;
    private readonly TileKernel kernel;
    private readonly ParallelOptions cores;
    private readonly ProofParameters shape;
    private readonly int shift;
    private readonly short[] a;
    private readonly short[] b;

    /// <summary>Makes the buffers.</summary>
    /// <param name="kernel">The kernel to use.</param>
    /// <param name="shape">The product's shape.</param>
    /// <param name="cores">How many cores to use, 1 or more.</param>
    /// <exception cref="NotSupportedException">A matrix is larger than 2^30 elements.</exception>
    public TilesEngine(TileKernel kernel, ProofParameters shape, int cores)
    {
        this.kernel = kernel;
        this.shape = shape;
        this.cores = new ParallelOptions { MaxDegreeOfParallelism = cores };
        shift = shape.Workload == Workload.Bf16Tiles ? 23 : 24;
        a = Matrix(shape.Rows, shape.Depth);
        b = Matrix(shape.Columns, shape.Depth);
    }

    /// <inheritdoc/>
    public string KernelPath => kernel.Name;

    /// <inheritdoc/>
    public void Begin(int round, ReadOnlySpan<byte> seed, ulong[] digests)
    {
        Generate(ElementKey.Derive(seed, Operand.A), ElementKey.Derive(seed, Operand.B));
        ForEachTile((tile, sums) => digests[tile] = UnitDigest.OfTile(sums));
    }

    /// <inheritdoc/>
    public void End(int round)
    {
        // Done when it was begun.
    }

    /// <inheritdoc/>
    public void RunBare() => ForEachTile(static (_, _) => { });

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing but managed memory.
    }

    private static short[] Matrix(int lines, int depth) => (long)lines * depth <= 1 << 30
        ? GC.AllocateUninitializedArray<short>(lines * depth, pinned: true)
        : throw new NotSupportedException($"A matrix of {lines} x {depth} is too large for this machine's processor.");

    private void Generate(ElementKey keyA, ElementKey keyB)
    {
        var blocksOfA = shape.Rows / Block;
        Parallel.For(0, blocksOfA + (shape.Columns / Block), cores, block =>
        {
            var isA = block < blocksOfA;
            var line = (isA ? block : block - blocksOfA) * Block;
            var target = (isA ? a : b).AsSpan(line * shape.Depth, Block * shape.Depth);
            PanelPacker.Pack(isA ? keyA : keyB, shift, line, shape.Depth, isA ? kernel.RowsPerPanel : kernel.ColumnsPerPanel, target);
        });
    }

    private void ForEachTile(Action<int, int[]> done)
    {
        var (length, columns) = (Block * shape.Depth, shape.Columns / Block);
        Parallel.For(
            0,
            shape.UnitsPerRound,
            cores,
            static () => GC.AllocateUninitializedArray<int>(Block * Block),
            (tile, _, sums) =>
            {
                kernel.Multiply(a.AsSpan(tile / columns * length, length), b.AsSpan(tile % columns * length, length), shape.Depth, sums);
                done(tile, sums);
                return sums;
            },
            static _ => { });
    }
}
