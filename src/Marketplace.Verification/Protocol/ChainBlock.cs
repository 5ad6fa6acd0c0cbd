using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Marketplace.Verification.Protocol;

/// <summary>
/// The unit of <c>fp64-chains-1</c>: 128 chains of dependent IEEE 754 double fused multiply-adds. Chain i of a device starts at
/// x = u(A, i) - 1.5 and does x = fma(x, x, c_s) for s = 0 to S - 1, with c_s = fma(-0.125, u(B, s), -1.675) the same for all chains of
/// the round, where u is <see cref="ElementKey.OneToTwoAt"/>. Block b holds the chains 128·b to 128·b + 127; its digest is
/// <see cref="UnitDigest"/> of the bits of the 128 ends, as 256 words (low half first) in one row. A step counts as two operations.
/// </summary>
/// <remarks>
/// <para>
/// Integers can't prove fp64: int8 units multiply them exactly. A chain of x = a·x + b can't either: over the reals it folds into one
/// step, and with |a| under 1 it forgets where it began, so that its last 60 steps are enough. The square can't be folded (S steps are a
/// polynomial of degree 2^S), and it forgets nothing: with c from -1.925 to -1.8 the map is chaotic: an error grows by half or
/// more at each step on average, so that the smallest spoils every bit within some hundred, and each rounding must be made. c changes at each step by a key, so
/// there is no cycle to find and no table to keep. Two chains of a round fall together only by chance (some 2^-52 for each pair and step).
/// </para>
/// <para>
/// All values stay small: |x| at most 1.925 gives x² + c between -1.925 and 1.925² - 1.8 = 1.906. There is no overflow and no NaN; x near
/// 0 is at least 2^-105 in size unless it is 0, so its square is a normal number. Every step takes the same time.
/// </para>
/// <para>A machine that has no fp64 units and makes the same bits with integer units at that rate has what it claims.</para>
/// </remarks>
public static class ChainBlock
{
    /// <summary>Chains in a block.</summary>
    public const int Chains = 128;

    /// <summary>The constants of all steps of a round.</summary>
    /// <param name="seed">The seed of the round, 32 bytes.</param>
    /// <param name="constants">Receives one for each step.</param>
    public static void Constants(ReadOnlySpan<byte> seed, Span<double> constants)
    {
        var key = ElementKey.Derive(seed, Operand.B);
        for (var s = 0; s < constants.Length; s++) constants[s] = Math.FusedMultiplyAdd(-0.125, key.OneToTwoAt((uint)s), -1.675);
    }

    /// <summary>Where the chains of a block start.</summary>
    /// <param name="seed">The seed of the round, 32 bytes.</param>
    /// <param name="block">0 and up.</param>
    /// <param name="chains">Receives 128.</param>
    public static void Starts(ReadOnlySpan<byte> seed, int block, Span<double> chains)
    {
        var key = ElementKey.Derive(seed, Operand.A);
        for (var i = 0; i < Chains; i++) chains[i] = key.OneToTwoAt(((uint)block * Chains) + (uint)i) - 1.5;
    }

    /// <summary>Takes the chains of a block from their starts to their ends.</summary>
    public static void Run(ReadOnlySpan<double> constants, Span<double> chains)
    {
        if (Vector256.IsHardwareAccelerated) RunBy256(constants, chains);
        else RunPortably(constants, chains);
    }

    /// <summary>The digest of a block's 128 ends.</summary>
    public static ulong Digest(ReadOnlySpan<double> ends) => UnitDigest.Of(MemoryMarshal.Cast<double, uint>(ends[..Chains]), 2 * Chains);

    /// <summary>The same without vectors, which the vectors must equal.</summary>
    internal static void RunPortably(ReadOnlySpan<double> constants, Span<double> chains)
    {
        for (var i = 0; i < Chains; i++)
        {
            var x = chains[i];
            foreach (var c in constants) x = Math.FusedMultiplyAdd(x, x, c);
            chains[i] = x;
        }
    }

    // Eight vectors at a time: a fused multiply-add takes four cycles and two can begin in each.
    private static void RunBy256(ReadOnlySpan<double> constants, Span<double> chains)
    {
        for (var i = 0; i < Chains; i += 32)
        {
            var s = chains.Slice(i, 32);
            var (x0, x1, x2, x3) = (Load(s, 0), Load(s, 4), Load(s, 8), Load(s, 12));
            var (x4, x5, x6, x7) = (Load(s, 16), Load(s, 20), Load(s, 24), Load(s, 28));
            foreach (var constant in constants)
            {
                var c = Vector256.Create(constant);
                x0 = Vector256.FusedMultiplyAdd(x0, x0, c);
                x1 = Vector256.FusedMultiplyAdd(x1, x1, c);
                x2 = Vector256.FusedMultiplyAdd(x2, x2, c);
                x3 = Vector256.FusedMultiplyAdd(x3, x3, c);
                x4 = Vector256.FusedMultiplyAdd(x4, x4, c);
                x5 = Vector256.FusedMultiplyAdd(x5, x5, c);
                x6 = Vector256.FusedMultiplyAdd(x6, x6, c);
                x7 = Vector256.FusedMultiplyAdd(x7, x7, c);
            }

            x0.CopyTo(s);
            x1.CopyTo(s[4..]);
            x2.CopyTo(s[8..]);
            x3.CopyTo(s[12..]);
            x4.CopyTo(s[16..]);
            x5.CopyTo(s[20..]);
            x6.CopyTo(s[24..]);
            x7.CopyTo(s[28..]);
        }
    }

    private static Vector256<double> Load(ReadOnlySpan<double> chains, int at) => Vector256.Create(chains.Slice(at, 4));
}
