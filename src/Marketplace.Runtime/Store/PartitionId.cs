namespace Marketplace.Runtime.Store;

/// <summary>Names one partition: what can change together in one commit, and what is listed in row-key order.</summary>
/// <param name="Table">3 to 60 lower-case letters and digits; one table per module.</param>
/// <param name="Partition">1 to 200 printable characters other than <c>/ \ # ?</c>.</param>
public readonly record struct PartitionId(string Table, string Partition)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Table}/{Partition}";
}
