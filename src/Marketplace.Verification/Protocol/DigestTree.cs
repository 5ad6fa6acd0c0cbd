using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Marketplace.Verification.Protocol;

/// <summary>
/// The two-level SHA-256 tree over a round's digests: one node per row of tiles, over its digests, and the root over the nodes. An
/// opened tile then needs the digests of its row and the nodes of the round, the square root of the round's digests.
/// </summary>
public static class DigestTree
{
    /// <summary>Bytes in a node and in a root.</summary>
    public const int NodeLength = 32;

    /// <summary>The node of a row of tiles: SHA-256("node" ‖ row ‖ digests, little-endian).</summary>
    public static void Node(int tileRow, ReadOnlySpan<ulong> digests, Span<byte> node)
    {
        Span<byte> input = stackalloc byte[8 + (digests.Length * 8)];
        "node"u8.CopyTo(input);
        BinaryPrimitives.WriteInt32LittleEndian(input[4..], tileRow);
        for (var i = 0; i < digests.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(input[(8 + (i * 8))..], digests[i]);
        SHA256.HashData(input, node);
    }

    /// <summary>The root of a round: SHA-256("root" ‖ number of nodes ‖ nodes).</summary>
    public static void Root(ReadOnlySpan<byte> nodes, Span<byte> root)
    {
        Span<byte> input = stackalloc byte[8 + nodes.Length];
        "root"u8.CopyTo(input);
        BinaryPrimitives.WriteInt32LittleEndian(input[4..], nodes.Length / NodeLength);
        nodes.CopyTo(input[8..]);
        SHA256.HashData(input, root);
    }

    /// <summary>All nodes and the root of a round's digests, given row by row.</summary>
    /// <param name="digests">The square of the tiles per side.</param>
    /// <param name="tilesPerSide">Rows of tiles.</param>
    /// <param name="nodes">Receives 32 bytes per row.</param>
    /// <param name="root">Receives 32 bytes.</param>
    public static void Build(ReadOnlySpan<ulong> digests, int tilesPerSide, Span<byte> nodes, Span<byte> root)
    {
        for (var row = 0; row < tilesPerSide; row++)
            Node(row, digests.Slice(row * tilesPerSide, tilesPerSide), nodes.Slice(row * NodeLength, NodeLength));
        Root(nodes[..(tilesPerSide * NodeLength)], root);
    }
}
