using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Marketplace.Verification.Protocol;

/// <summary>
/// The 64-bit digest of one unit: 32-bit words in rows and columns (a tile's 128 x 128 sums, the 1 x 256 words of a block of chains, the
/// 128 x 512 words of a block of memory). Each column has a 32-bit state that takes in its words from the top down,
/// h = rotl((h xor w)·M, 15), starting from (column + 1)·0x85ebca77; the states are then folded into 64 bits, from the first to the last:
/// f = (f xor h)·F, f = f xor (f &gt;&gt; 32).
/// </summary>
/// <remarks>
/// It must be impossible to get cheaper than through the words themselves. A linear digest of a product is: r·(A·B)·s = (r·A)·(B·s) costs
/// two products with a vector, and a quadratic one reduces to Gram matrices. Here xor, multiplication modulo 2^32 and rotation alternate
/// 128 times, so the digest is no polynomial of useful degree in the elements over any ring, and the order matters: knowing the inputs'
/// structure, or some sums of C, or its low bits, gives nothing until every one of the 16,384 sums is known exactly (for fixed c each
/// step is a bijection of h, so one unknown sum leaves some 2^19 likely digests at K = 1536). It need not resist collisions: the server
/// compares with the one right value, so another unit with the same digest helps nobody. Columns are lanes, hence vector and scalar forms
/// give the same bits.
/// </remarks>
public static class UnitDigest
{
    private const uint M = 0x9e3779b1;
    private const ulong FoldMultiplier = 0x9fb21c651e98df25;
    private const int MostColumns = 1024;

    /// <summary>The digest of a tile.</summary>
    /// <param name="tile">The sums row by row, 16,384 of them.</param>
    public static ulong OfTile(ReadOnlySpan<int> tile)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tile.Length, ProofParameters.TileSize * ProofParameters.TileSize);
        return Of(MemoryMarshal.Cast<int, uint>(tile), ProofParameters.TileSize);
    }

    /// <summary>The digest of words in rows.</summary>
    /// <param name="words">Row by row.</param>
    /// <param name="columns">Words in a row, a multiple of 64 up to 1,024.</param>
    public static ulong Of(ReadOnlySpan<uint> words, int columns)
    {
        Span<uint> states = stackalloc uint[MostColumns];
        states = states[..columns];
        Start(states);
        if (Vector512.IsHardwareAccelerated) Absorb512(words, states);
        else if (Vector256.IsHardwareAccelerated) Absorb256(words, states);
        else Absorb(words, states);
        return Fold(states);
    }

    /// <summary>The same digest without vector instructions, which the others must equal.</summary>
    internal static ulong OfPortably(ReadOnlySpan<uint> words, int columns)
    {
        var states = new uint[columns];
        Start(states);
        Absorb(words, states);
        return Fold(states);
    }

    /// <summary>The same digest by 256-bit vectors.</summary>
    internal static ulong OfBy256(ReadOnlySpan<uint> words, int columns)
    {
        var states = new uint[columns];
        Start(states);
        Absorb256(words, states);
        return Fold(states);
    }

    private static void Start(Span<uint> states)
    {
        for (var column = 0; column < states.Length; column++) states[column] = unchecked(((uint)column + 1) * 0x85ebca77);
    }

    private static void Absorb(ReadOnlySpan<uint> words, Span<uint> states)
    {
        for (var at = 0; at < words.Length; at += states.Length)
        {
            for (var column = 0; column < states.Length; column++)
                states[column] = BitOperations.RotateLeft(unchecked((states[column] ^ words[at + column]) * M), 15);
        }
    }

    private static void Absorb256(ReadOnlySpan<uint> words, Span<uint> states)
    {
        for (var block = 0; block < states.Length; block += 32)
        {
            Span<uint> s = states.Slice(block, 32);
            var (h0, h1, h2, h3) = (Vector256.Create<uint>(s), Vector256.Create<uint>(s[8..]), Vector256.Create<uint>(s[16..]), Vector256.Create<uint>(s[24..]));
            for (var at = block; at < words.Length; at += states.Length)
            {
                var line = words.Slice(at, 32);
                h0 = Step(h0, Vector256.Create(line));
                h1 = Step(h1, Vector256.Create(line[8..]));
                h2 = Step(h2, Vector256.Create(line[16..]));
                h3 = Step(h3, Vector256.Create(line[24..]));
            }

            h0.CopyTo(s);
            h1.CopyTo(s[8..]);
            h2.CopyTo(s[16..]);
            h3.CopyTo(s[24..]);
        }
    }

    private static void Absorb512(ReadOnlySpan<uint> words, Span<uint> states)
    {
        for (var block = 0; block < states.Length; block += 64)
        {
            Span<uint> s = states.Slice(block, 64);
            var (h0, h1, h2, h3) = (Vector512.Create<uint>(s), Vector512.Create<uint>(s[16..]), Vector512.Create<uint>(s[32..]), Vector512.Create<uint>(s[48..]));
            for (var at = block; at < words.Length; at += states.Length)
            {
                var line = words.Slice(at, 64);
                h0 = Step(h0, Vector512.Create(line));
                h1 = Step(h1, Vector512.Create(line[16..]));
                h2 = Step(h2, Vector512.Create(line[32..]));
                h3 = Step(h3, Vector512.Create(line[48..]));
            }

            h0.CopyTo(s);
            h1.CopyTo(s[16..]);
            h2.CopyTo(s[32..]);
            h3.CopyTo(s[48..]);
        }
    }

    private static Vector256<uint> Step(Vector256<uint> h, Vector256<uint> c)
    {
        var x = (h ^ c) * Vector256.Create(M);
        return (x << 15) | (x >>> 17);
    }

    private static Vector512<uint> Step(Vector512<uint> h, Vector512<uint> c)
    {
        var x = (h ^ c) * Vector512.Create(M);
        return (x << 15) | (x >>> 17);
    }

    private static ulong Fold(ReadOnlySpan<uint> states)
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
