using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Marketplace.Verification.Protocol;

/// <summary>One unit (tile or block) of one round of one device.</summary>
/// <param name="Device">0 to N - 1.</param>
/// <param name="Round">0 to R - 1.</param>
/// <param name="Unit">0 to the units of a round - 1; tiles are numbered row by row.</param>
public readonly record struct UnitAddress(int Device, int Round, int Unit);

/// <summary>Draws the units to open. The entropy must come into being only after every root is in, or it could be worked around.</summary>
public static class UnitDraw
{
    /// <summary>Bytes of entropy of a draw.</summary>
    public const int EntropyLength = 32;

    /// <summary>
    /// q units, uniform over all devices and rounds and with replacement as the bound assumes; units drawn twice are listed once. In
    /// order of device, round and unit. The i-th draw is the high part of the first 64 bits of SHA-256("draw" ‖ i ‖ entropy) times the
    /// number of units, off from uniform by under 2^-28.
    /// </summary>
    public static IReadOnlyList<UnitAddress> Draw(ProofParameters parameters, ReadOnlySpan<byte> entropy)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNotEqual(entropy.Length, EntropyLength);
        var drawn = new SortedSet<long>();
        Span<byte> input = stackalloc byte[8 + EntropyLength];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        "draw"u8.CopyTo(input);
        entropy.CopyTo(input[8..]);
        for (var i = 0; i < parameters.Draws; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(input[4..], i);
            SHA256.HashData(input, digest);
            drawn.Add((long)Math.BigMul(BinaryPrimitives.ReadUInt64LittleEndian(digest), (ulong)parameters.TotalUnits, out _));
        }

        var units = parameters.UnitsPerRound;
        return [.. drawn.Select(i => new UnitAddress((int)(i / units / parameters.Rounds), (int)(i / units % parameters.Rounds), (int)(i % units)))];
    }
}
