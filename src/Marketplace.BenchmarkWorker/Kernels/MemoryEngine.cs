using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>Passes over this machine's main memory with the processor's cores. The memory is taken and touched before the clock starts.</summary>
internal sealed unsafe class MemoryEngine : IRoundEngine
{
    private readonly ParallelOptions options;
    private readonly int units;
    private readonly int unitWords;
    private readonly int depth;
    private ulong* memory;

    /// <summary>Takes the memory and touches every page.</summary>
    /// <param name="shape">How many blocks, of how many units, and how often a word is mixed.</param>
    /// <param name="cores">How many cores to use, 1 or more.</param>
    /// <exception cref="NotSupportedException">The machine has not that much memory.</exception>
    public MemoryEngine(ProofParameters shape, int cores)
    {
        var available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (shape.ResidentBytes > available) throw new NotSupportedException($"{shape.ResidentBytes} bytes of memory are asked for, and this machine has {available}.");
        (units, unitWords, depth) = (shape.UnitsPerRound, MemoryBlock.Words / shape.Columns, shape.Depth);
        options = new ParallelOptions { MaxDegreeOfParallelism = cores };
        memory = (ulong*)NativeMemory.AlignedAlloc((nuint)shape.ResidentBytes, 4096);
        Parallel.For(0, units, options, unit => Words(unit).Clear());
    }

    /// <inheritdoc/>
    public string KernelPath => Avx2.IsSupported ? "avx2" : "portable";

    /// <inheritdoc/>
    public void Begin(int round, ReadOnlySpan<byte> seed, ulong[] digests)
    {
        var key = MemoryBlock.Key(seed);
        Parallel.For(0, units, options, unit => digests[unit] = MemoryKernel.Pass(Words(unit), unit, key, depth, isFirst: round == 0));
    }

    /// <inheritdoc/>
    public void End(int round)
    {
        // Done when it was begun.
    }

    /// <summary>Reads and writes all of the memory once, doing next to nothing with it.</summary>
    public void RunBare() => Parallel.For(0, units, options, unit =>
    {
        foreach (ref var four in MemoryMarshal.Cast<ulong, Vector256<ulong>>(Words(unit))) four = ~four;
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(memory);
        memory = null;
    }

    private Span<ulong> Words(int unit) => new(memory + ((long)unit * unitWords), unitWords);
}
