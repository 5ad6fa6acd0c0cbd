using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>Chains of fp64 multiply-adds on the processor's cores, block by block, with the widest vectors it has.</summary>
/// <param name="shape">Blocks and steps.</param>
/// <param name="cores">How many cores to use, 1 or more.</param>
internal sealed class ChainsEngine(ProofParameters shape, int cores) : IRoundEngine
{
    private const int Chains = ChainBlock.Chains;
    private readonly ParallelOptions options = new() { MaxDegreeOfParallelism = cores };
    private readonly double[] constants = new double[shape.Depth];

    /// <inheritdoc/>
    public string KernelPath => Vector512.IsHardwareAccelerated ? "avx512" : Vector256.IsHardwareAccelerated ? "avx2" : "portable";

    /// <inheritdoc/>
    public void Begin(int round, ReadOnlySpan<byte> seed, ulong[] digests)
    {
        ChainBlock.Constants(seed, constants);
        var key = ElementKey.Derive(seed, Operand.A);
        Parallel.For(0, shape.Rows, options, block =>
        {
            Span<double> chains = stackalloc double[Chains];
            Start(key, block, chains);
            Run(constants, chains);
            digests[block] = ChainBlock.Digest(chains);
        });
    }

    /// <inheritdoc/>
    public void End(int round)
    {
        // Done when it was begun.
    }

    /// <inheritdoc/>
    public void RunBare() => Parallel.For(0, shape.Rows, options, block =>
    {
        Span<double> chains = stackalloc double[Chains];
        chains.Fill(0.5);
        Run(constants, chains);
    });

    /// <inheritdoc/>
    public void Dispose()
    {
        // Nothing but managed memory.
    }

    // Four starts at a time: two neighbouring words of the generator, low one first, are the 64 bits of one start.
    private static void Start(ElementKey key, int block, Span<double> chains)
    {
        var first = unchecked((uint)block * 2 * Chains);
        var targets = MemoryMarshal.Cast<double, ulong>(chains);
        for (var i = 0; i < Chains; i += 4)
        {
            var bits = key.Words(Vector256.Create(unchecked(first + (2 * (uint)i))) + Vector256<uint>.Indices).AsUInt64();
            ((bits >>> 12) | Vector256.Create(0x3FF0_0000_0000_0000UL)).CopyTo(targets[i..]);
        }

        for (var i = 0; i < Chains; i += 4) (Vector256.Create<double>(chains[i..]) - Vector256.Create(1.5)).CopyTo(chains[i..]);
    }

    /// <summary>Takes the chains of a block from their starts to their ends.</summary>
    internal static void Run(ReadOnlySpan<double> constants, Span<double> chains)
    {
        if (Vector512.IsHardwareAccelerated) RunBy512(constants, chains);
        else ChainBlock.Run(constants, chains);
    }

    // Eight vectors at a time: a fused multiply-add takes four cycles and two can begin in each.
    internal static void RunBy512(ReadOnlySpan<double> constants, Span<double> chains)
    {
        for (var i = 0; i < Chains; i += 64)
        {
            var s = chains.Slice(i, 64);
            var (x0, x1, x2, x3) = (Load(s, 0), Load(s, 8), Load(s, 16), Load(s, 24));
            var (x4, x5, x6, x7) = (Load(s, 32), Load(s, 40), Load(s, 48), Load(s, 56));
            foreach (var constant in constants)
            {
                var c = Vector512.Create(constant);
                x0 = Vector512.FusedMultiplyAdd(x0, x0, c);
                x1 = Vector512.FusedMultiplyAdd(x1, x1, c);
                x2 = Vector512.FusedMultiplyAdd(x2, x2, c);
                x3 = Vector512.FusedMultiplyAdd(x3, x3, c);
                x4 = Vector512.FusedMultiplyAdd(x4, x4, c);
                x5 = Vector512.FusedMultiplyAdd(x5, x5, c);
                x6 = Vector512.FusedMultiplyAdd(x6, x6, c);
                x7 = Vector512.FusedMultiplyAdd(x7, x7, c);
            }

            x0.CopyTo(s);
            x1.CopyTo(s[8..]);
            x2.CopyTo(s[16..]);
            x3.CopyTo(s[24..]);
            x4.CopyTo(s[32..]);
            x5.CopyTo(s[40..]);
            x6.CopyTo(s[48..]);
            x7.CopyTo(s[56..]);
        }
    }

    private static Vector512<double> Load(ReadOnlySpan<double> chains, int at) => Vector512.Create(chains.Slice(at, 8));
}
