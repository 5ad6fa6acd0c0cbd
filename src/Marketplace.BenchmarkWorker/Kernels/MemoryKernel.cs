using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Kernels;

/// <summary>
/// One pass over one unit of memory, in the order in which it lies there, so that it is read and written once, with all mixes of a pass made in
/// registers. The digest's 512 states stay in the first cache meanwhile.
/// </summary>
internal static class MemoryKernel
{
    private const uint M0 = 0xed5ad4bb;
    private const uint M1 = 0xac4c1b51;
    private const uint M2 = 0x31848bab;
    private const uint DigestMultiplier = 0x9e3779b1;

    /// <summary>Words of 64 bits in a row of the digest.</summary>
    private const int RowWords = MemoryBlock.Columns / 2;

    /// <summary>Makes a pass in place and gives the unit's digest.</summary>
    /// <param name="words">The unit's words, a multiple of 256.</param>
    /// <param name="unit">Which unit of the device.</param>
    /// <param name="key">The key of the pass.</param>
    /// <param name="depth">Mixes of each word.</param>
    /// <param name="isFirst">Whether the words count as 0, whatever they hold.</param>
    public static ulong Pass(Span<ulong> words, int unit, ulong key, int depth, bool isFirst)
    {
        if (Avx2.IsSupported) return PassBy256(words, unit, key, depth, isFirst);
        return PassPortably(words, unit, key, depth, isFirst);
    }

    /// <summary>The same word by word.</summary>
    internal static ulong PassPortably(Span<ulong> words, int unit, ulong key, int depth, bool isFirst)
    {
        if (isFirst) words.Clear();
        return MemoryBlock.Pass(words, unit, key, depth);
    }

    // 32 words at a time, so that four mixes hide each other's latency. Of each eight the low halves lie in one register and the high halves in
    // another: within each 128 bits, a shuffle of two vectors takes the halves apart and unpacking joins them in the same order.
    private static ulong PassBy256(Span<ulong> words, int unit, ulong key, int depth, bool isFirst)
    {
        Span<uint> states = stackalloc uint[MemoryBlock.Columns];
        UnitStates.Start(states);
        ref var state = ref MemoryMarshal.GetReference(states);
        ref var word = ref MemoryMarshal.GetReference(words);
        var mask = isFirst ? Vector256<ulong>.Zero : Vector256<ulong>.AllBitsSet;
        var first = unchecked((ulong)unit * (uint)words.Length);
        var (keys, four, eight) = (Vector256.Create(key), Vector256.Create(unchecked(4 * MemoryBlock.G)), Vector256.Create(unchecked(8 * MemoryBlock.G)));
        var g = Vector256.Create(
            unchecked(first * MemoryBlock.G), unchecked((first + 1) * MemoryBlock.G), unchecked((first + 2) * MemoryBlock.G), unchecked((first + 3) * MemoryBlock.G));
        for (nuint row = 0; row < (nuint)words.Length; row += RowWords)
        {
            for (nuint i = 0; i < RowWords; i += 32)
            {
                var at = row + i;
                Apart(keys ^ g, keys ^ (g + four), out var low0, out var high0);
                g += eight;
                Apart(keys ^ g, keys ^ (g + four), out var low1, out var high1);
                g += eight;
                Apart(keys ^ g, keys ^ (g + four), out var low2, out var high2);
                g += eight;
                Apart(keys ^ g, keys ^ (g + four), out var low3, out var high3);
                g += eight;
                Apart(Vector256.LoadUnsafe(ref word, at) & mask, Vector256.LoadUnsafe(ref word, at + 4) & mask, out var a0, out var b0);
                Apart(Vector256.LoadUnsafe(ref word, at + 8) & mask, Vector256.LoadUnsafe(ref word, at + 12) & mask, out var a1, out var b1);
                Apart(Vector256.LoadUnsafe(ref word, at + 16) & mask, Vector256.LoadUnsafe(ref word, at + 20) & mask, out var a2, out var b2);
                Apart(Vector256.LoadUnsafe(ref word, at + 24) & mask, Vector256.LoadUnsafe(ref word, at + 28) & mask, out var a3, out var b3);
                for (var mix = 0; mix < depth; mix++)
                {
                    Mix(ref a0, ref b0, low0, high0);
                    Mix(ref a1, ref b1, low1, high1);
                    Mix(ref a2, ref b2, low2, high2);
                    Mix(ref a3, ref b3, low3, high3);
                }

                Store(a0, b0, ref word, at, ref state, 2 * i);
                Store(a1, b1, ref word, at + 8, ref state, (2 * i) + 16);
                Store(a2, b2, ref word, at + 16, ref state, (2 * i) + 32);
                Store(a3, b3, ref word, at + 24, ref state, (2 * i) + 48);
            }
        }

        return UnitStates.Fold(states);
    }

    // All of these are inlined and take vectors by reference: tuples of vectors go through memory, which takes more than twice as long.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apart(Vector256<ulong> one, Vector256<ulong> next, out Vector256<uint> low, out Vector256<uint> high)
    {
        low = Avx.Shuffle(one.AsSingle(), next.AsSingle(), 0b10_00_10_00).AsUInt32();
        high = Avx.Shuffle(one.AsSingle(), next.AsSingle(), 0b11_01_11_01).AsUInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref Vector256<uint> a, ref Vector256<uint> b, Vector256<uint> low, Vector256<uint> high)
    {
        a ^= low;
        b ^= high;
        b = (b ^ ((a << 13) | (a >>> 19))) * Vector256.Create(M0);
        a = (a ^ ((b << 17) | (b >>> 15))) * Vector256.Create(M1);
        b = (b ^ ((a << 16) | (a >>> 16))) * Vector256.Create(M2);
        a ^= b >>> 15;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<uint> a, Vector256<uint> b, ref ulong word, nuint at, ref uint state, nuint column)
    {
        var y0 = Avx2.UnpackLow(a, b);
        var y1 = Avx2.UnpackHigh(a, b);
        y0.AsUInt64().StoreUnsafe(ref word, at);
        y1.AsUInt64().StoreUnsafe(ref word, at + 4);
        Step(Vector256.LoadUnsafe(ref state, column), y0).StoreUnsafe(ref state, column);
        Step(Vector256.LoadUnsafe(ref state, column + 8), y1).StoreUnsafe(ref state, column + 8);
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
