using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Marketplace.Verification.Protocol;

/// <summary>
/// The two-level SHA-256 tree over a round's digests. Level one: a node over each group of 32 digests, in order of units (the last
/// group may be shorter). Level two: a binary tree over the nodes, pair by pair; an odd last one moves up unchanged. An opened unit
/// needs the digests of its group and one node per level of the binary tree: 608 bytes where a round has 65,536 units.
/// </summary>
public static class DigestTree
{
    /// <summary>Bytes in a node and in a root.</summary>
    public const int NodeLength = 32;

    /// <summary>Digests under one node.</summary>
    public const int GroupSize = 32;

    /// <summary>Nodes over a round's units.</summary>
    public static int NodeCount(int units) => (units + GroupSize - 1) / GroupSize;

    /// <summary>Digests in the group of a unit.</summary>
    public static int GroupLength(int units, int unit) => Math.Min(GroupSize, units - (unit / GroupSize * GroupSize));

    /// <summary>Bytes of an opening of a unit: the digests of its group, 8 bytes each, then the neighbour at each level that has one.</summary>
    public static int OpeningLength(int units, int unit)
    {
        var length = GroupLength(units, unit) * 8;
        for (var (count, at) = (NodeCount(units), unit / GroupSize); count > 1; (count, at) = ((count + 1) / 2, at / 2))
        {
            if ((at ^ 1) < count) length += NodeLength;
        }

        return length;
    }

    /// <summary>The node of a group: SHA-256("node" ‖ group ‖ digests), numbers little-endian.</summary>
    public static void Node(int group, ReadOnlySpan<ulong> digests, Span<byte> node)
    {
        Span<byte> input = stackalloc byte[8 + (GroupSize * 8)];
        for (var i = 0; i < digests.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(input[(8 + (i * 8))..], digests[i]);
        NodeOfBytes(group, input[..(8 + (digests.Length * 8))], node);
    }

    /// <summary>All nodes of a round, 32 bytes each.</summary>
    public static void Nodes(ReadOnlySpan<ulong> digests, Span<byte> nodes)
    {
        for (var i = 0; i < NodeCount(digests.Length); i++)
            Node(i, digests.Slice(i * GroupSize, GroupLength(digests.Length, i * GroupSize)), nodes.Slice(i * NodeLength, NodeLength));
    }

    /// <summary>
    /// The root of a round: SHA-256("root" ‖ number of units ‖ top), where a pair of the binary tree is SHA-256("pair" ‖ left ‖ right).
    /// </summary>
    /// <param name="units">Units of the round.</param>
    /// <param name="nodes">All its nodes, in order.</param>
    /// <param name="root">Receives 32 bytes.</param>
    public static void Root(int units, ReadOnlySpan<byte> nodes, Span<byte> root)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nodes.Length, NodeCount(units) * NodeLength);
        var level = nodes.ToArray();
        for (var count = NodeCount(units); count > 1; count = (count + 1) / 2) Raise(level, count);
        RootOfTop(units, level.AsSpan(0, NodeLength), root);
    }

    /// <summary>Opens units of one round, one after another.</summary>
    /// <param name="digests">All digests of the round.</param>
    /// <param name="units">The units to open.</param>
    /// <param name="opening">Receives the <see cref="OpeningLength"/> of each, without gaps.</param>
    public static void Open(ReadOnlySpan<ulong> digests, ReadOnlySpan<int> units, Span<byte> opening)
    {
        var nodes = new byte[NodeCount(digests.Length) * NodeLength];
        Nodes(digests, nodes);
        foreach (var unit in units)
        {
            var length = OpeningLength(digests.Length, unit);
            Open(digests.Length, unit, digests.Slice(unit / GroupSize * GroupSize, GroupLength(digests.Length, unit)), nodes, opening[..length]);
            opening = opening[length..];
        }
    }

    /// <summary>Opens one unit, for a prover that keeps a round's nodes and makes single groups of digests again.</summary>
    /// <param name="units">Units of the round.</param>
    /// <param name="unit">The unit to open.</param>
    /// <param name="group">The digests of its group.</param>
    /// <param name="nodes">All nodes of the round.</param>
    /// <param name="opening">Receives <see cref="OpeningLength"/> bytes.</param>
    public static void Open(int units, int unit, ReadOnlySpan<ulong> group, ReadOnlySpan<byte> nodes, Span<byte> opening)
    {
        for (var i = 0; i < group.Length; i++) BinaryPrimitives.WriteUInt64LittleEndian(opening[(i * 8)..], group[i]);
        opening = opening[(group.Length * 8)..];
        var level = nodes.ToArray();
        for (var (count, at) = (NodeCount(units), unit / GroupSize); count > 1; (count, at) = ((count + 1) / 2, at / 2))
        {
            if ((at ^ 1) < count)
            {
                level.AsSpan((at ^ 1) * NodeLength, NodeLength).CopyTo(opening);
                opening = opening[NodeLength..];
            }

            Raise(level, count);
        }
    }

    /// <summary>Follows an opening up to the root it leads to, and gives the digest it claims for its unit.</summary>
    /// <param name="units">Units of the round.</param>
    /// <param name="unit">The opened unit.</param>
    /// <param name="opening">Exactly <see cref="OpeningLength"/> bytes.</param>
    /// <param name="root">Receives 32 bytes.</param>
    public static ulong Follow(int units, int unit, ReadOnlySpan<byte> opening, Span<byte> root)
    {
        var group = GroupLength(units, unit) * 8;
        Span<byte> input = stackalloc byte[8 + (GroupSize * 8)];
        opening[..group].CopyTo(input[8..]);
        Span<byte> node = stackalloc byte[NodeLength];
        NodeOfBytes(unit / GroupSize, input[..(8 + group)], node);
        var path = opening[group..];
        for (var (count, at) = (NodeCount(units), unit / GroupSize); count > 1; (count, at) = ((count + 1) / 2, at / 2))
        {
            if ((at ^ 1) >= count) continue;
            if (at % 2 == 0) Pair(node, path[..NodeLength], node);
            else Pair(path[..NodeLength], node, node);
            path = path[NodeLength..];
        }

        RootOfTop(units, node, root);
        return BinaryPrimitives.ReadUInt64LittleEndian(opening[(unit % GroupSize * 8)..]);
    }

    private static void Raise(Span<byte> level, int count)
    {
        for (var i = 0; i < count / 2; i++)
            Pair(level.Slice(2 * i * NodeLength, NodeLength), level.Slice(((2 * i) + 1) * NodeLength, NodeLength), level.Slice(i * NodeLength, NodeLength));
        if (count % 2 == 1) level.Slice((count - 1) * NodeLength, NodeLength).CopyTo(level[(count / 2 * NodeLength)..]);
    }

    private static void NodeOfBytes(int group, Span<byte> input, Span<byte> node)
    {
        "node"u8.CopyTo(input);
        BinaryPrimitives.WriteInt32LittleEndian(input[4..], group);
        SHA256.HashData(input, node);
    }

    private static void Pair(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> parent)
    {
        Span<byte> input = stackalloc byte[4 + (2 * NodeLength)];
        "pair"u8.CopyTo(input);
        left.CopyTo(input[4..]);
        right.CopyTo(input[(4 + NodeLength)..]);
        SHA256.HashData(input, parent);
    }

    private static void RootOfTop(int units, ReadOnlySpan<byte> top, Span<byte> root)
    {
        Span<byte> input = stackalloc byte[8 + NodeLength];
        "root"u8.CopyTo(input);
        BinaryPrimitives.WriteInt32LittleEndian(input[4..], units);
        top.CopyTo(input[8..]);
        SHA256.HashData(input, root);
    }
}
