using Marketplace.Runtime.Store;

namespace Marketplace.Leasing.LifeCycle;

/// <summary>The partitions and rows of the table <c>leasing</c>.</summary>
internal static class LeaseRows
{
    public const string Lease = "lease";
    public const string IndexPrefix = "lease!";

    private const string Table = "leasing";

    /// <summary>A lease.</summary>
    public static PartitionId Of(LeaseId lease) => new(Table, lease.ToString());

    /// <summary>The leases of an organisation, or those of a machine that have not ended.</summary>
    public static PartitionId Index(string owner) => new(Table, owner);

    /// <summary>The index row of a lease: the newest first.</summary>
    public static string IndexKey(LeaseId lease) => IndexPrefix + Ulid.Reverse(lease.ToString()[(LeaseKind.Prefix.Length + 1)..]);
}
