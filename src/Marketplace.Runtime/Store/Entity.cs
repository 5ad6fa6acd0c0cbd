namespace Marketplace.Runtime.Store;

/// <summary>An entity as it was read.</summary>
/// <param name="RowKey">Its key within the partition.</param>
/// <param name="ETag">Changes with every write; opaque.</param>
/// <param name="Body">Its content, at most <see cref="Commit.MaxBodyBytes"/>.</param>
public sealed record Entity(string RowKey, string ETag, ReadOnlyMemory<byte> Body);

/// <summary>Part of a range read.</summary>
/// <param name="Entities">In ordinal row-key order; may be empty.</param>
/// <param name="Continuation">Opaque; null at the end of the range.</param>
public sealed record EntityPage(IReadOnlyList<Entity> Entities, string? Continuation);

/// <summary>Row keys from <see cref="From"/> up to, not including, <see cref="To"/>, in ordinal order.</summary>
/// <param name="From">The first key, or the least string not below it.</param>
/// <param name="To">The first key after the range.</param>
public readonly record struct RowRange(string From, string To)
{
    /// <summary>All keys that start with a prefix, which must not be empty.</summary>
    public static RowRange StartingWith(string prefix) => new(prefix, string.Concat(prefix.AsSpan(0, prefix.Length - 1), [(char)(prefix[^1] + 1)]));

    /// <summary>The keys with a prefix that come after one of them: the rest of a list behind a cursor.</summary>
    public RowRange After(string rowKey) => this with { From = rowKey + "!" };
}
