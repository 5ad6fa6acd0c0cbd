using Marketplace.Contracts;

namespace Marketplace.Metering;

/// <summary>What a usage record bills, and why.</summary>
/// <param name="Segments">Every second of the lease once, in order.</param>
/// <param name="Hours">What is billed by hour, without hours that have none.</param>
/// <param name="Total">The sum of either.</param>
internal sealed record BilledUsage(IReadOnlyList<UsageSegment> Segments, IReadOnlyList<HourUsage> Hours, GpuTime Total)
{
    /// <summary>What readings bill beyond what was billed before: the one rule for making a record and for working it out again.</summary>
    /// <param name="lease">A lease that has stopped.</param>
    /// <param name="readings">Accepted readings by sequence.</param>
    /// <param name="billedBefore">Segments of earlier records.</param>
    /// <param name="gapGraceSeconds">The longest gap that is filled.</param>
    public static BilledUsage Of(
        MeteredLease lease, IReadOnlyDictionary<long, Reading> readings, IEnumerable<UsageSegment> billedBefore, long gapGraceSeconds)
    {
        var cutter = new UsageSegments(readings);
        var segments = cutter.Without(BillableTime.Segments(lease.Span, readings.Values, gapGraceSeconds), billedBefore);
        var total = GpuTime.OfGpuSeconds(segments.Sum(s => s.Billed.GpuSeconds));
        var hours = cutter.ByHour(segments);
        InvariantException.Require(total.GpuSeconds == hours.Sum(h => h.Used.GpuSeconds), "The hours of a usage record do not add up to it.");
        foreach (var hour in hours)
        {
            InvariantException.Require(
                hour.Used <= GpuTime.OfGpuHours(lease.Ready.GpuCount, 1), $"{hour} of lease {lease.Ready.LeaseId} is above the leased GPUs.");
        }

        return new BilledUsage(segments, hours, total);
    }
}
