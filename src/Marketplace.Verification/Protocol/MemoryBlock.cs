using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Marketplace.Verification.Protocol;

/// <summary>
/// The units of <c>memory-passes-1</c>: blocks of 32,768 64-bit words of a device's memory, or equal parts of blocks, in one pass over it.
/// Unit u of n words holds words n·u and up. Word i of the device is 0 at first, and each pass p takes it D times in a row to
/// mix(M[i] xor key_p xor i·G), where key_p is <see cref="ElementKey.First64"/> of <see cref="Operand.Memory"/> in the round's seed and D the
/// depth of the part. The unit's digest is <see cref="UnitDigest"/> of its words after the pass, as rows of 512 32-bit words (low half first), so
/// it is taken from registers in the same pass.
/// </summary>
/// <remarks>
/// <para>
/// The key of a pass takes in the root of the pass before, which takes in every word of it: nobody can begin a pass before having finished the
/// last one, nor make two passes at one reading. So each pass reads and writes all of the memory, R passes 2R·V bytes (the first only
/// writes), less what stays in caches between two passes.
/// </para>
/// <para>
/// A word can be had without its memory only by all mixes since the start: (p + 1)·D mixes at pass p, D·R(R + 1)/2 in all, where a kept word costs
/// D·R and 16 bytes of traffic a pass. Hence <see cref="ProofParameters.MissingFraction"/>. Keeping every k-th block, or blocks of an earlier
/// pass, is the same trade: an old state of a block takes as much memory as its new one. Words elsewhere count as missing: over a link of B bytes
/// a second about B/(2V·R/(t1 - t0)) of them can be fetched in time.
/// </para>
/// <para>
/// D is 1 for GPUs, whose memory is small for its bandwidth, so that hundreds of passes fit into seconds: for a card that reads and writes
/// 4.8 TB/s and mixes 2·10^12 words a second (an estimate), V = 134 GB, R = 320 in 18 s, about 4 % can be recomputed. A processor makes
/// few passes in a minute and mixes many words in the time in which its memory moves one; there D is about as many mixes as fit into
/// that time, so that nothing is left over for others.
/// </para>
/// <para>
/// The mix is a bijection of 64 bits made of 32-bit operations (three multiplications), so that GPUs without fast 64-bit arithmetic make it
/// faster than they read. Xor, multiplication and rotation alternate: several mixes or passes fold into nothing shorter. The D mixes of a pass
/// are the same permutation, of a word's own index and the pass's key. That needs no constant of each mix's own: no two words and no two
/// passes share a permutation, so there is nothing to prepare once and use again, and each is used on one starting point.
/// </para>
/// </remarks>
public static class MemoryBlock
{
    /// <summary>Bytes in a block.</summary>
    public const int Bytes = Words * 8;

    /// <summary>64-bit words in a block.</summary>
    public const int Words = 32_768;

    /// <summary>32-bit columns of the digest.</summary>
    public const int Columns = 512;

    /// <summary>G, the odd number that tells words apart.</summary>
    public const ulong G = 0x9e3779b97f4a7c15;

    private const uint M0 = 0xed5ad4bb;
    private const uint M1 = 0xac4c1b51;
    private const uint M2 = 0x31848bab;
    private const int Lanes = 32;

    /// <summary>The key of the pass of a seed.</summary>
    public static ulong Key(ReadOnlySpan<byte> seed) => ElementKey.Derive(seed, Operand.Memory).First64;

    /// <summary>
    /// A word after a mix. With x = word xor key xor index·G and a its low and b its high half: b = (b xor rotl(a, 13))·M0,
    /// a = (a xor rotl(b, 17))·M1, b = (b xor rotl(a, 16))·M2, a = a xor (b &gt;&gt; 15).
    /// </summary>
    public static ulong Mix(ulong word, ulong key, ulong index)
    {
        unchecked
        {
            var x = word ^ key ^ (index * G);
            var (a, b) = ((uint)x, (uint)(x >> 32));
            b = (b ^ BitOperations.RotateLeft(a, 13)) * M0;
            a = (a ^ BitOperations.RotateLeft(b, 17)) * M1;
            b = (b ^ BitOperations.RotateLeft(a, 16)) * M2;
            a ^= b >> 15;
            return ((ulong)b << 32) | a;
        }
    }

    /// <summary>Makes one pass over one unit in place, word by word, and gives its digest: the reference for faster kernels.</summary>
    /// <param name="words">The unit's words; how many, says how large units are.</param>
    /// <param name="unit">Which unit of the device.</param>
    /// <param name="key">The key of the pass.</param>
    /// <param name="depth">D, mixes of each word.</param>
    public static ulong Pass(Span<ulong> words, int unit, ulong key, int depth)
    {
        MixPortably([key], depth, FirstOf(unit, words), words);
        return Digest(words);
    }

    /// <summary>The digest of a unit after passes, from nothing but their keys: the server's way.</summary>
    /// <param name="keys">The keys of the passes from the first on.</param>
    /// <param name="depth">D, mixes of each word in each pass.</param>
    /// <param name="unit">Which unit of the device.</param>
    /// <param name="words">Receives the unit's words; how many, says how large units are: a multiple of 256.</param>
    public static ulong Replay(ReadOnlySpan<ulong> keys, int depth, int unit, Span<ulong> words)
    {
        words.Clear();
        return Continue(keys, depth, unit, words);
    }

    /// <summary>The same from the words as they are after earlier passes.</summary>
    /// <inheritdoc cref="Replay"/>
    public static ulong Continue(ReadOnlySpan<ulong> keys, int depth, int unit, Span<ulong> words)
    {
        var first = FirstOf(unit, words);
        for (var i = 0; i < words.Length; i += Lanes)
        {
            var together = words.Slice(i, Lanes);
            if (Vector256.IsHardwareAccelerated) MixTogether(keys, depth, first + (uint)i, together);
            else MixPortably(keys, depth, first + (uint)i, together);
        }

        return Digest(words);
    }

    internal static void MixPortably(ReadOnlySpan<ulong> keys, int depth, ulong first, Span<ulong> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            foreach (var key in keys)
            {
                for (var mix = 0; mix < depth; mix++) word = Mix(word, key, first + (uint)i);
            }

            words[i] = word;
        }
    }

    // Low halves and high halves lie in registers of their own for all passes; four times eight words hide the multiplications' latency.
    internal static void MixTogether(ReadOnlySpan<ulong> keys, int depth, ulong first, Span<ulong> words)
    {
        Span<uint> low = stackalloc uint[Lanes];
        Span<uint> high = stackalloc uint[Lanes];
        for (var i = 0; i < Lanes; i++) (low[i], high[i]) = Halves(unchecked((first + (uint)i) * G));
        var (g0, g1, g2, g3) = (Vector256.Create<uint>(low), Vector256.Create<uint>(low[8..]), Vector256.Create<uint>(low[16..]), Vector256.Create<uint>(low[24..]));
        var (h0, h1, h2, h3) = (Vector256.Create<uint>(high), Vector256.Create<uint>(high[8..]), Vector256.Create<uint>(high[16..]), Vector256.Create<uint>(high[24..]));
        for (var i = 0; i < Lanes; i++) (low[i], high[i]) = Halves(words[i]);
        var (a0, a1, a2, a3) = (Vector256.Create<uint>(low), Vector256.Create<uint>(low[8..]), Vector256.Create<uint>(low[16..]), Vector256.Create<uint>(low[24..]));
        var (b0, b1, b2, b3) = (Vector256.Create<uint>(high), Vector256.Create<uint>(high[8..]), Vector256.Create<uint>(high[16..]), Vector256.Create<uint>(high[24..]));
        foreach (var key in keys)
        {
            var (keyLow, keyHigh) = (Vector256.Create(unchecked((uint)key)), Vector256.Create((uint)(key >> 32)));
            for (var mix = 0; mix < depth; mix++)
            {
                Mix(ref a0, ref b0, keyLow ^ g0, keyHigh ^ h0);
                Mix(ref a1, ref b1, keyLow ^ g1, keyHigh ^ h1);
                Mix(ref a2, ref b2, keyLow ^ g2, keyHigh ^ h2);
                Mix(ref a3, ref b3, keyLow ^ g3, keyHigh ^ h3);
            }
        }

        a0.CopyTo(low);
        a1.CopyTo(low[8..]);
        a2.CopyTo(low[16..]);
        a3.CopyTo(low[24..]);
        b0.CopyTo(high);
        b1.CopyTo(high[8..]);
        b2.CopyTo(high[16..]);
        b3.CopyTo(high[24..]);
        for (var i = 0; i < Lanes; i++) words[i] = ((ulong)high[i] << 32) | low[i];
    }

    private static ulong FirstOf(int unit, Span<ulong> words) => (ulong)unit * (uint)words.Length;

    private static (uint Low, uint High) Halves(ulong word) => (unchecked((uint)word), (uint)(word >> 32));

    private static ulong Digest(Span<ulong> words) => UnitDigest.Of(MemoryMarshal.Cast<ulong, uint>(words), Columns);

    // By reference and inlined: a tuple of vectors goes through memory, which takes more than twice as long.
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
}
