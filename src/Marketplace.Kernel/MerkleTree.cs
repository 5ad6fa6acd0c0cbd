using System.Numerics;
using System.Security.Cryptography;

namespace Marketplace.Kernel;

/// <summary>
/// The hash tree of RFC 9162 (section 2.1), as of RFC 6962: a leaf is SHA-256(0x00, data), a node SHA-256(0x01, left, right), a tree of n leaves
/// is split at the largest power of two below n. Here the data of a leaf is an entry's hash, 32 bytes. Hashes are lower-case hex. Who
/// kept a root can check that an entry is in it, and that a later tree still holds all that it held.
/// </summary>
public static class MerkleTree
{
    /// <summary>The root of a tree without leaves: the SHA-256 of nothing.</summary>
    public static string EmptyRoot { get; } = Convert.ToHexStringLower(SHA256.HashData([]));

    /// <summary>The hash of a leaf.</summary>
    public static string Leaf(ReadOnlySpan<byte> data) => Convert.ToHexStringLower(SHA256.HashData([0, .. data]));

    /// <summary>The hash of the leaf whose data is an entry's hash.</summary>
    public static string LeafOf(string entryHash) => Leaf(Convert.FromHexString(entryHash));

    /// <summary>The hash of a node above two others.</summary>
    public static string Node(string left, string right)
    {
        Span<byte> bytes = stackalloc byte[65];
        bytes[0] = 1;
        Read(left, bytes[1..33]);
        Read(right, bytes[33..]);
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    /// <summary>Where a tree of this many leaves, at least two, is split: the largest power of two below it.</summary>
    public static long Split(long leaves) => 1L << (BitOperations.Log2((ulong)(leaves - 1)));

    /// <summary>Whether a leaf stands in a tree (RFC 9162, section 2.1.3.2). False for hashes that are none.</summary>
    /// <param name="leaf">The hash of the leaf.</param>
    /// <param name="index">Its place, from 0.</param>
    /// <param name="size">Leaves of the tree.</param>
    /// <param name="path">From the leaf up.</param>
    /// <param name="root">The root of the tree.</param>
    public static bool VerifyInclusion(string leaf, long index, long size, IReadOnlyList<string> path, string root)
    {
        if (index < 0 || index >= size || !AreHashes([leaf, root, .. path])) return false;
        var (node, last, hash) = (index, size - 1, leaf);
        foreach (var step in path)
        {
            if (last == 0) return false;
            if ((node & 1) == 1 || node == last)
            {
                hash = Node(step, hash);
                while ((node & 1) == 0 && node != 0) (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                hash = Node(hash, step);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && hash == root;
    }

    /// <summary>Whether a tree holds all that a smaller one held, in the same places (RFC 9162, section 2.1.4.2).</summary>
    /// <param name="oldSize">Leaves of the smaller tree; none is in every tree.</param>
    /// <param name="oldRoot">Its root.</param>
    /// <param name="size">Leaves of the larger tree.</param>
    /// <param name="root">Its root.</param>
    /// <param name="path">The proof.</param>
    public static bool VerifyConsistency(long oldSize, string oldRoot, long size, string root, IReadOnlyList<string> path)
    {
        if (oldSize < 0 || oldSize > size || !AreHashes([oldRoot, root, .. path])) return false;
        if (oldSize == 0) return path.Count == 0 && oldRoot == EmptyRoot && (size > 0 || root == EmptyRoot);
        if (oldSize == size) return path.Count == 0 && oldRoot == root;
        IReadOnlyList<string> steps = BitOperations.IsPow2(oldSize) ? [oldRoot, .. path] : path;
        if (path.Count == 0) return false;
        var (node, last) = (oldSize - 1, size - 1);
        while ((node & 1) == 1) (node, last) = (node >> 1, last >> 1);
        var (oldHash, hash) = (steps[0], steps[0]);
        foreach (var step in steps.Skip(1))
        {
            if (last == 0) return false;
            if ((node & 1) == 1 || node == last)
            {
                (oldHash, hash) = (Node(step, oldHash), Node(step, hash));
                while ((node & 1) == 0 && node != 0) (node, last) = (node >> 1, last >> 1);
            }
            else
            {
                hash = Node(hash, step);
            }

            (node, last) = (node >> 1, last >> 1);
        }

        return last == 0 && oldHash == oldRoot && hash == root;
    }

    private static bool AreHashes(IEnumerable<string> texts) => texts.All(ReadingBatchFormat.IsHash);

    private static void Read(string hex, Span<byte> bytes)
    {
        if (!ReadingBatchFormat.IsHash(hex)) throw new ArgumentException($"'{hex}' is no hash.");
        Convert.FromHexString(hex, bytes, out _, out _);
    }
}
