using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Marketplace.Verification.Protocol;

/// <summary>
/// The unit of <c>memory-passes-1</c>: a block of 32,768 64-bit words in one pass over a device's memory. Word i of the device (block b holds
/// words 32,768·b and up) is 0 at first, and each pass p takes it to mix(M[i] xor key_p xor i·G), where key_p is
/// <see cref="ElementKey.First64"/> of <see cref="Operand.Memory"/> in the round's seed. The block's digest is <see cref="UnitDigest"/> of its
/// words after the pass, as 128 rows of 512 32-bit words (low half first), so it is taken from registers in the same pass.
/// </summary>
/// <remarks>
/// <para>
/// The key of a pass takes in the root of the pass before, which takes in every word of it: nobody can begin a pass before having finished the
/// last one, nor make two passes at one reading. So each pass reads and writes all of the memory, R passes 2R·V bytes (the first only
/// writes), less what stays in caches between two passes.
/// </para>
/// <para>
/// A word can be had without its memory only by all mixes since the start: p + 1 mixes at pass p, R/2 on average for every missing word and
/// pass, where a kept word costs 16 bytes of traffic. A prover that can make mu mixes a second and keeps all but the fraction f does
/// f·(V/8)·R²/2 of them, so f is at most 16·mu·(t1 - t0)/(V·R²). For a card that reads and writes 4.8 TB/s and mixes 2·10^12 words a second
/// (an estimate), V = 134 GB, R = 320 in 18 s: f is about 4 %. Keeping every k-th block, or blocks of an earlier pass, is the same trade: an old state of a
/// block takes as much memory as its new one. Words elsewhere count as missing: over a link of B bytes a second about B/(2V·R/(t1 - t0)) of them can be
/// fetched in time.
/// </para>
/// <para>
/// The mix is a bijection of 64 bits made of 32-bit operations (three multiplications), so that GPUs without fast 64-bit arithmetic make it
/// faster than they read. Xor, multiplication and rotation alternate: several passes fold into nothing shorter.
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
    /// A word after a pass. With x = word xor key xor index·G and a its low and b its high half: b = (b xor rotl(a, 13))·M0,
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

    /// <summary>Makes one pass over one block in place, word by word, and gives its digest: the reference for faster kernels.</summary>
    /// <param name="words">The 32,768 words.</param>
    /// <param name="block">Which block of the device.</param>
    /// <param name="key">The key of the pass.</param>
    public static ulong Pass(Span<ulong> words, int block, ulong key)
    {
        var first = (ulong)block * Words;
        for (var i = 0; i < Words; i++) words[i] = Mix(words[i], key, first + (uint)i);
        return UnitDigest.Of(MemoryMarshal.Cast<ulong, uint>(words[..Words]), Columns);
    }

    /// <summary>The digest of a block after passes, from nothing but their keys: the server's way.</summary>
    /// <param name="keys">The keys of the passes from the first on.</param>
    /// <param name="block">Which block of the device.</param>
    /// <param name="words">Receives the 32,768 words.</param>
    public static ulong Replay(ReadOnlySpan<ulong> keys, int block, Span<ulong> words)
    {
        var first = (ulong)block * Words;
        for (var i = 0; i < Words; i += Lanes)
        {
            var together = words.Slice(i, Lanes);
            if (Vector256.IsHardwareAccelerated) MixTogether(keys, first + (uint)i, together);
            else MixPortably(keys, first + (uint)i, together);
        }

        return UnitDigest.Of(MemoryMarshal.Cast<ulong, uint>(words[..Words]), Columns);
    }

    internal static void MixPortably(ReadOnlySpan<ulong> keys, ulong first, Span<ulong> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            var word = 0UL;
            foreach (var key in keys) word = Mix(word, key, first + (uint)i);
            words[i] = word;
        }
    }

    // Low halves and high halves lie in registers of their own for all passes; four times eight words hide the multiplications' latency.
    internal static void MixTogether(ReadOnlySpan<ulong> keys, ulong first, Span<ulong> words)
    {
        Span<uint> low = stackalloc uint[Lanes];
        Span<uint> high = stackalloc uint[Lanes];
        for (var i = 0; i < Lanes; i++)
        {
            var g = unchecked((first + (uint)i) * G);
            (low[i], high[i]) = (unchecked((uint)g), (uint)(g >> 32));
        }

        var (g0, g1, g2, g3) = (Vector256.Create<uint>(low), Vector256.Create<uint>(low[8..]), Vector256.Create<uint>(low[16..]), Vector256.Create<uint>(low[24..]));
        var (h0, h1, h2, h3) = (Vector256.Create<uint>(high), Vector256.Create<uint>(high[8..]), Vector256.Create<uint>(high[16..]), Vector256.Create<uint>(high[24..]));
        Vector256<uint> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        foreach (var key in keys)
        {
            var (keyLow, keyHigh) = (Vector256.Create(unchecked((uint)key)), Vector256.Create((uint)(key >> 32)));
            (a0, b0) = Mix(a0 ^ keyLow ^ g0, b0 ^ keyHigh ^ h0);
            (a1, b1) = Mix(a1 ^ keyLow ^ g1, b1 ^ keyHigh ^ h1);
            (a2, b2) = Mix(a2 ^ keyLow ^ g2, b2 ^ keyHigh ^ h2);
            (a3, b3) = Mix(a3 ^ keyLow ^ g3, b3 ^ keyHigh ^ h3);
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

    private static (Vector256<uint> A, Vector256<uint> B) Mix(Vector256<uint> a, Vector256<uint> b)
    {
        b = (b ^ ((a << 13) | (a >>> 19))) * Vector256.Create(M0);
        a = (a ^ ((b << 17) | (b >>> 15))) * Vector256.Create(M1);
        b = (b ^ ((a << 16) | (a >>> 16))) * Vector256.Create(M2);
        return (a ^ (b >>> 15), b);
    }
}
