using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>
/// One pass over one block of memory, in the order in which it lies there, so that it is read and written once at the memory's speed. The
/// digest's 512 states stay in the first cache meanwhile.
/// </summary>
internal static class MemoryKernel
{
    private const uint M0 = 0xed5ad4bb;
    private const uint M1 = 0xac4c1b51;
    private const uint M2 = 0x31848bab;
    private const uint DigestMultiplier = 0x9e3779b1;

    /// <summary>Words of 64 bits in a row of the digest.</summary>
    private const int RowWords = MemoryBlock.Columns / 2;

    /// <summary>Makes a pass in place and gives the block's digest.</summary>
    /// <param name="words">The block's 32,768 words.</param>
    /// <param name="block">Which block of the device.</param>
    /// <param name="key">The key of the pass.</param>
    /// <param name="isFirst">Whether the words count as 0, whatever they hold.</param>
    public static ulong Pass(Span<ulong> words, int block, ulong key, bool isFirst)
    {
        if (Avx2.IsSupported) return PassBy256(words, block, key, isFirst);
        if (isFirst) words.Clear();
        return MemoryBlock.Pass(words, block, key);
    }

    // Eight words at a time, their low halves in one register and their high halves in another: within each 128 bits, a shuffle of two
    // vectors takes the halves apart and unpacking joins them in the same order.
    private static ulong PassBy256(Span<ulong> words, int block, ulong key, bool isFirst)
    {
        Span<uint> states = stackalloc uint[MemoryBlock.Columns];
        UnitStates.Start(states);
        ref var state = ref MemoryMarshal.GetReference(states);
        ref var word = ref MemoryMarshal.GetReference(words);
        var mask = isFirst ? Vector256<ulong>.Zero : Vector256<ulong>.AllBitsSet;
        var first = unchecked((ulong)block * MemoryBlock.Words);
        var (keys, four, eight) = (Vector256.Create(key), Vector256.Create(unchecked(4 * MemoryBlock.G)), Vector256.Create(unchecked(8 * MemoryBlock.G)));
        var g = Vector256.Create(
            unchecked(first * MemoryBlock.G), unchecked((first + 1) * MemoryBlock.G), unchecked((first + 2) * MemoryBlock.G), unchecked((first + 3) * MemoryBlock.G));
        for (nuint row = 0; row < MemoryBlock.Words; row += RowWords)
        {
            for (nuint i = 0; i < RowWords; i += 8)
            {
                var x0 = ((Vector256.LoadUnsafe(ref word, row + i) & mask) ^ keys ^ g).AsSingle();
                var x1 = ((Vector256.LoadUnsafe(ref word, row + i + 4) & mask) ^ keys ^ (g + four)).AsSingle();
                g += eight;
                var a = Avx.Shuffle(x0, x1, 0b10_00_10_00).AsUInt32();
                var b = Avx.Shuffle(x0, x1, 0b11_01_11_01).AsUInt32();
                b = (b ^ ((a << 13) | (a >>> 19))) * Vector256.Create(M0);
                a = (a ^ ((b << 17) | (b >>> 15))) * Vector256.Create(M1);
                b = (b ^ ((a << 16) | (a >>> 16))) * Vector256.Create(M2);
                a ^= b >>> 15;
                var y0 = Avx2.UnpackLow(a, b);
                var y1 = Avx2.UnpackHigh(a, b);
                y0.AsUInt64().StoreUnsafe(ref word, row + i);
                y1.AsUInt64().StoreUnsafe(ref word, row + i + 4);
                Step(Vector256.LoadUnsafe(ref state, 2 * i), y0).StoreUnsafe(ref state, 2 * i);
                Step(Vector256.LoadUnsafe(ref state, (2 * i) + 8), y1).StoreUnsafe(ref state, (2 * i) + 8);
            }
        }

        return UnitStates.Fold(states);
    }

    private static Vector256<uint> Step(Vector256<uint> state, Vector256<uint> words)
    {
        var x = (state ^ words) * Vector256.Create(DigestMultiplier);
        return (x << 15) | (x >>> 17);
    }
}

/// <summary>The two ends of <see cref="UnitDigest"/>, for kernels that take in their words as they make them.</summary>
internal static class UnitStates
{
    private const ulong FoldMultiplier = 0x9fb21c651e98df25;

    /// <summary>The states before the first word.</summary>
    public static void Start(Span<uint> states)
    {
        for (var column = 0; column < states.Length; column++) states[column] = unchecked(((uint)column + 1) * 0x85ebca77);
    }

    /// <summary>The digest of the states after the last.</summary>
    public static ulong Fold(ReadOnlySpan<uint> states)
    {
        var fold = 0x27d4eb2f165667c5UL;
        foreach (var state in states)
        {
            fold = unchecked((fold ^ state) * FoldMultiplier);
            fold ^= fold >> 32;
        }

        return fold;
    }
}
