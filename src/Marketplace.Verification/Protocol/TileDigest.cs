using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Marketplace.Verification.Protocol;

/// <summary>
/// The 64-bit digest of one 128 x 128 tile of C. Each column has a 32-bit state that takes in its 128 sums from the top down,
/// h = rotl((h xor c)·M, 15); the 128 states are then folded into 64 bits.
/// </summary>
/// <remarks>
/// It must be impossible to get cheaper than through C itself. A linear digest is: r·(A·B)·s = (r·A)·(B·s) costs two products with a
/// vector, and a quadratic one reduces to Gram matrices. Here xor, multiplication modulo 2^32 and rotation alternate 128 times, so the
/// digest is no polynomial of useful degree in the elements over any ring, and the order matters: knowing the inputs' structure, or
/// some sums of C, or its low bits, gives nothing until every one of the 16,384 sums is known exactly (for fixed c each step is a
/// bijection of h, so one unknown sum leaves some 2^19 likely digests at n = 1536). It need not resist collisions: the server compares with the one right
/// value, so another tile with the same digest helps nobody. Columns are lanes, hence vector and scalar forms give the same bits.
/// </remarks>
public static class TileDigest
{
    private const int Size = ProofParameters.TileSize;
    private const uint M = 0x9e3779b1;
    private const ulong FoldMultiplier = 0x9fb21c651e98df25;

    /// <summary>The digest of a tile.</summary>
    /// <param name="tile">The sums row by row, 16,384 of them.</param>
    public static ulong Compute(ReadOnlySpan<int> tile)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(tile.Length, Size * Size);
        Span<uint> states = stackalloc uint[Size];
        var sums = MemoryMarshal.Cast<int, uint>(tile);
        if (Vector512.IsHardwareAccelerated) Absorb512(sums, states);
        else if (Vector256.IsHardwareAccelerated) Absorb256(sums, states);
        else Absorb(sums, states);
        return Fold(states);
    }

    /// <summary>The same digest without vector instructions, which the others must equal.</summary>
    internal static ulong ComputePortably(ReadOnlySpan<int> tile)
    {
        Span<uint> states = stackalloc uint[Size];
        Absorb(MemoryMarshal.Cast<int, uint>(tile), states);
        return Fold(states);
    }

    /// <summary>The same digest by 256-bit vectors.</summary>
    internal static ulong ComputeBy256(ReadOnlySpan<int> tile)
    {
        Span<uint> states = stackalloc uint[Size];
        Absorb256(MemoryMarshal.Cast<int, uint>(tile), states);
        return Fold(states);
    }

    private static uint Start(int column) => unchecked(((uint)column + 1) * 0x85ebca77);

    private static void Absorb(ReadOnlySpan<uint> sums, Span<uint> states)
    {
        for (var column = 0; column < Size; column++)
        {
            var h = Start(column);
            for (var row = 0; row < Size; row++) h = BitOperations.RotateLeft(unchecked((h ^ sums[(row * Size) + column]) * M), 15);
            states[column] = h;
        }
    }

    private static void Absorb256(ReadOnlySpan<uint> sums, Span<uint> states)
    {
        for (var column = 0; column < Size; column++) states[column] = Start(column);
        for (var block = 0; block < Size; block += 32)
        {
            Span<uint> s = states.Slice(block, 32);
            var (h0, h1, h2, h3) = (Vector256.Create<uint>(s), Vector256.Create<uint>(s[8..]), Vector256.Create<uint>(s[16..]), Vector256.Create<uint>(s[24..]));
            for (var row = 0; row < Size; row++)
            {
                var line = sums.Slice((row * Size) + block, 32);
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

    private static void Absorb512(ReadOnlySpan<uint> sums, Span<uint> states)
    {
        for (var column = 0; column < Size; column++) states[column] = Start(column);
        for (var block = 0; block < Size; block += 64)
        {
            Span<uint> s = states.Slice(block, 64);
            var (h0, h1, h2, h3) = (Vector512.Create<uint>(s), Vector512.Create<uint>(s[16..]), Vector512.Create<uint>(s[32..]), Vector512.Create<uint>(s[48..]));
            for (var row = 0; row < Size; row++)
            {
                var line = sums.Slice((row * Size) + block, 64);
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
