using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;

namespace Marketplace.Metering;

/// <summary>How far the metering of a lease has come.</summary>
public enum UsageStatus
{
    /// <summary>It runs.</summary>
    Metering,

    /// <summary>It has stopped, or readings came late, and a usage record is going to be made.</summary>
    Closing,

    /// <summary>All that is known is in usage records.</summary>
    Closed,
}

/// <summary>A reading that was sent under a sequence that had other content.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Kept">What counts.</param>
/// <param name="Refused">What does not.</param>
/// <param name="RefusedBatch">The batch that it came in.</param>
public sealed record ReadingConflict(long Sequence, SignedReading Kept, SignedReading Refused, long RefusedBatch);

/// <summary>The use of a lease as its readings show it by now.</summary>
/// <param name="Lease">The terms.</param>
/// <param name="Status">How far it has come.</param>
/// <param name="Total">GPU-seconds billable by now.</param>
/// <param name="Hours">By hour, without hours that have none.</param>
/// <param name="Segments">Each second of the lease so far, with its rule.</param>
/// <param name="Conflicts">Evidence of contradictions.</param>
/// <param name="Outcomes">How many readings met which outcome.</param>
/// <param name="Records">Usage records that were made; together they never bill a second twice.</param>
public sealed record UsageReport(
    MeteredLease Lease,
    UsageStatus Status,
    GpuTime Total,
    IReadOnlyList<HourUsage> Hours,
    IReadOnlyList<UsageSegment> Segments,
    IReadOnlyList<ReadingConflict> Conflicts,
    IReadOnlyDictionary<ReadingOutcome, int> Outcomes,
    IReadOnlyList<UsageMetered> Records);

/// <summary>Works out a lease's use from its rows.</summary>
public sealed class ReadUsage(Workspace workspace, TimeProvider time, MeteringOptions options)
{
    /// <summary>The use by now, or null for a lease that has never been ready.</summary>
    public async Task<UsageReport?> ReadAsync(LeaseId id, CancellationToken cancellationToken)
    {
        var work = workspace.Open(MeteringRows.Of(id));
        if (await work.ReadAsync<MeteringState>(MeteringRows.State, cancellationToken) is not { Lease: var lease } state) return null;

        var usage = await LeaseUsage.LoadAsync(work, cancellationToken);
        var readings = usage.Readings();
        var segments = BillableTime.Segments(lease.SpanUntil(time.Now()), readings.Values, (long)options.GapGrace.TotalSeconds);
        var status = lease.Stopped is null ? UsageStatus.Metering : state.IsClosing ? UsageStatus.Closing : UsageStatus.Closed;
        return new UsageReport(
            lease,
            status,
            GpuTime.OfGpuSeconds(segments.Sum(s => s.Billed.GpuSeconds)),
            new UsageSegments(readings).ByHour(segments),
            UsageSegments.Joined(segments),
            [.. Conflicts(usage)],
            usage.Batches.SelectMany(b => b.Readings).CountBy(r => r.Outcome).ToDictionary(),
            [.. usage.Records.Select(r => r.Metered).OfType<UsageMetered>()]);
    }

    private static IEnumerable<ReadingConflict> Conflicts(LeaseUsage usage)
    {
        var kept = new Dictionary<long, SignedReading>();
        foreach (var batch in usage.Batches)
        {
            foreach (var (reading, outcome) in batch.Readings)
            {
                if (outcome.Counts()) kept.Add(reading.Sequence, reading);
                if (outcome == ReadingOutcome.Conflicting)
                {
                    yield return new ReadingConflict(reading.Sequence, kept[reading.Sequence], reading, batch.Number);
                }
            }
        }
    }
}
