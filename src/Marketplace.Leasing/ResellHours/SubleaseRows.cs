using Marketplace.Leasing.LifeCycle;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;

namespace Marketplace.Leasing.ResellHours;

/// <summary>The rows, in a lease's partition, of what was resold of it.</summary>
internal static class SubleaseRows
{
    private const string Prefix = "sublease!";

    /// <summary>All of them.</summary>
    public static RowRange All { get; } = RowRange.StartingWith(Prefix);

    public static string Of(LeaseId sublease) => Prefix + sublease;

    /// <summary>What was resold of a lease. A lease that was never offered is not asked.</summary>
    public static async Task<IReadOnlyList<Sublease>> ReadAsync(PartitionWork work, Lease lease, CancellationToken cancellationToken)
    {
        var subleases = new List<Sublease>();
        if (lease.Resale is null) return subleases;
        await foreach (var (_, sublease) in work.ReadRangeAsync<Sublease>(All, cancellationToken)) subleases.Add(sublease);
        return subleases;
    }
}
