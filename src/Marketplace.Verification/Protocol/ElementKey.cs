using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Marketplace.Verification.Protocol;

/// <summary>What of a round a key makes.</summary>
public enum Operand : byte
{
    /// <summary>The left matrix; element (i, k) has index i·K + k. Of chains: where they start.</summary>
    A = 1,

    /// <summary>The right matrix; element (k, j) has index j·K + k, so that a column is a run of indices. Of chains: the steps' constants.</summary>
    B = 2,

    /// <summary>A pass over memory.</summary>
    Memory = 3,
}

/// <summary>
/// The counter-based generator of one matrix: the element at an index is the top of a keyed 32-bit word of that index alone, so
/// any row or column can be made without the rest. Every element has its own word; nothing is shared along rows, columns or
/// diagonals that would give the matrix a low rank or a fast product.
/// </summary>
/// <remarks>
/// The word is three xor-shift-multiply rounds (constants of Ettinger's triple32,
/// <see href="https://github.com/skeeto/hash-prospector"/>) with a 32-bit word of the key added before each and after the last. It
/// need not be cryptographic: the key is known to the prover anyway. It must only leave no algebra to exploit, and mixing xor, shift
/// and multiplication is linear neither over the integers nor over GF(2). Vector and scalar forms give the same bits.
/// </remarks>
public readonly struct ElementKey
{
    private const uint M0 = 0xed5ad4bb;
    private const uint M1 = 0xac4c1b51;
    private const uint M2 = 0x31848bab;
    private readonly uint k0;
    private readonly uint k1;
    private readonly uint k2;
    private readonly uint k3;

    private ElementKey(ReadOnlySpan<byte> digest)
    {
        k0 = BinaryPrimitives.ReadUInt32LittleEndian(digest);
        k1 = BinaryPrimitives.ReadUInt32LittleEndian(digest[4..]);
        k2 = BinaryPrimitives.ReadUInt32LittleEndian(digest[8..]);
        k3 = BinaryPrimitives.ReadUInt32LittleEndian(digest[12..]);
    }

    /// <summary>The key of a matrix in the round of a seed: the first 16 bytes of SHA-256("elem" ‖ seed ‖ operand).</summary>
    public static ElementKey Derive(ReadOnlySpan<byte> seed, Operand operand)
    {
        Span<byte> input = stackalloc byte[4 + SeedChain.Length + 1];
        "elem"u8.CopyTo(input);
        seed[..SeedChain.Length].CopyTo(input[4..]);
        input[^1] = (byte)operand;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, digest);
        return new ElementKey(digest);
    }

    /// <summary>The first two words of the key as one number: the key of a pass over memory.</summary>
    public ulong First64 => ((ulong)k1 << 32) | k0;

    /// <summary>The int8 element at an index, -128 to 127: the top 8 bits of its word.</summary>
    public sbyte At(uint index) => unchecked((sbyte)(Word(index) >> 24));

    /// <summary>The bf16 element at an index, an integer from -256 to 255: the top 9 bits of its word. bf16 holds all of them.</summary>
    public short WideAt(uint index) => unchecked((short)((int)Word(index) >> 23));

    /// <summary>52 random bits of an index, as the fraction of a number from 1 to under 2: words 2·index (low) and 2·index + 1 (high).</summary>
    public double OneToTwoAt(uint index)
    {
        var bits = ((ulong)Word(unchecked((2 * index) + 1)) << 32) | Word(unchecked(2 * index));
        return BitConverter.UInt64BitsToDouble((bits >> 12) | 0x3FF0_0000_0000_0000UL);
    }

    /// <summary>The word of an index.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint Word(uint index)
    {
        unchecked
        {
            var x = index + k0;
            x = ((x ^ (x >> 17)) * M0) + k1;
            x = ((x ^ (x >> 11)) * M1) + k2;
            x = ((x ^ (x >> 15)) * M2) + k3;
            return x ^ (x >> 14);
        }
    }

    /// <summary>The words of eight indices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<uint> Words(Vector256<uint> index)
    {
        var x = index + Vector256.Create(k0);
        x = ((x ^ (x >>> 17)) * Vector256.Create(M0)) + Vector256.Create(k1);
        x = ((x ^ (x >>> 11)) * Vector256.Create(M1)) + Vector256.Create(k2);
        x = ((x ^ (x >>> 15)) * Vector256.Create(M2)) + Vector256.Create(k3);
        return x ^ (x >>> 14);
    }

    /// <summary>The words of sixteen indices.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<uint> Words(Vector512<uint> index)
    {
        var x = index + Vector512.Create(k0);
        x = ((x ^ (x >>> 17)) * Vector512.Create(M0)) + Vector512.Create(k1);
        x = ((x ^ (x >>> 11)) * Vector512.Create(M1)) + Vector512.Create(k2);
        x = ((x ^ (x >>> 15)) * Vector512.Create(M2)) + Vector512.Create(k3);
        return x ^ (x >>> 14);
    }

    /// <summary>The int8 elements of a run of indices, widened to 16 bits as the products want them.</summary>
    public void Fill(uint firstIndex, Span<short> elements) => Fill(firstIndex, elements, 24);

    /// <summary>The bf16 elements of a run of indices, as 16-bit integers.</summary>
    public void FillWide(uint firstIndex, Span<short> elements) => Fill(firstIndex, elements, 23);

    private void Fill(uint firstIndex, Span<short> elements, int shift)
    {
        var done = 0;
        if (Vector512.IsHardwareAccelerated) done = Fill512(firstIndex, elements, shift);
        else if (Vector256.IsHardwareAccelerated) done = Fill256(firstIndex, elements, shift);
        for (; done < elements.Length; done++) elements[done] = unchecked((short)((int)Word(firstIndex + (uint)done) >> shift));
    }

    private int Fill512(uint firstIndex, Span<short> elements, int shift)
    {
        var key = this;
        var index = Vector512.Create(firstIndex) + Vector512<uint>.Indices;
        var done = 0;
        for (; done <= elements.Length - 32; done += 32)
        {
            var low = key.Words(index).AsInt32() >> shift;
            var high = key.Words(index + Vector512.Create(16u)).AsInt32() >> shift;
            Vector512.Narrow(low, high).CopyTo(elements[done..]);
            index += Vector512.Create(32u);
        }

        return done;
    }

    private int Fill256(uint firstIndex, Span<short> elements, int shift)
    {
        var key = this;
        var index = Vector256.Create(firstIndex) + Vector256<uint>.Indices;
        var done = 0;
        for (; done <= elements.Length - 16; done += 16)
        {
            var low = key.Words(index).AsInt32() >> shift;
            var high = key.Words(index + Vector256.Create(8u)).AsInt32() >> shift;
            Vector256.Narrow(low, high).CopyTo(elements[done..]);
            index += Vector256.Create(16u);
        }

        return done;
    }
}
