namespace Marketplace.Runtime.Store;

/// <summary>What Azure tables allow in keys; checked on every store, so that a key that works locally works there.</summary>
public static class Keys
{
    /// <exception cref="ArgumentException">The name or key is malformed.</exception>
    public static void Check(PartitionId partition)
    {
        var table = partition.Table;
        if (table is not { Length: >= 3 and <= 60 } || table.Any(c => c is not ((>= 'a' and <= 'z') or (>= '0' and <= '9'))) || char.IsAsciiDigit(table[0]))
        {
            throw new ArgumentException($"'{table}' is no table name.");
        }

        CheckKey(partition.Partition, 200);
    }

    /// <exception cref="ArgumentException">The key is malformed.</exception>
    public static void CheckRow(string rowKey) => CheckKey(rowKey, 500);

    private static void CheckKey(string key, int longest)
    {
        if (key is null || key.Length < 1 || key.Length > longest || key.AsSpan().ContainsAny("/\\#?") || key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            throw new ArgumentException($"'{key}' is no key: 1 to {longest} visible ASCII characters other than / \\ # ? are.");
        }
    }
}
