using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Marketplace.Verification.Protocol;

/// <summary>One tile of one round.</summary>
/// <param name="Round">0 to R - 1.</param>
/// <param name="Row">Row of tiles.</param>
/// <param name="Column">Column of tiles.</param>
public readonly record struct TileAddress(int Round, int Row, int Column);

/// <summary>Draws the tiles to open. The entropy must come into being only after every root is in, or it could be worked around.</summary>
public static class TileDraw
{
    /// <summary>Bytes of entropy of a draw.</summary>
    public const int EntropyLength = 32;

    /// <summary>
    /// q tiles, uniform over all rounds and with replacement as the bound assumes; tiles drawn twice are listed once. In order of
    /// round, row and column. The i-th draw is the high part of the first 64 bits of SHA-256("draw" ‖ i ‖ entropy) times the number of
    /// tiles, off from uniform by under 2^-34.
    /// </summary>
    public static IReadOnlyList<TileAddress> Draw(ProofParameters parameters, ReadOnlySpan<byte> entropy)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNotEqual(entropy.Length, EntropyLength);
        var side = parameters.TilesPerSide;
        var drawn = new SortedSet<long>();
        Span<byte> input = stackalloc byte[8 + EntropyLength];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        "draw"u8.CopyTo(input);
        entropy.CopyTo(input[8..]);
        for (var i = 0; i < parameters.Draws; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(input[4..], i);
            SHA256.HashData(input, digest);
            drawn.Add((long)Math.BigMul(BinaryPrimitives.ReadUInt64LittleEndian(digest), (ulong)parameters.TotalTiles, out _));
        }

        return [.. drawn.Select(i => new TileAddress((int)(i / (side * side)), (int)(i / side % side), (int)(i % side)))];
    }
}
