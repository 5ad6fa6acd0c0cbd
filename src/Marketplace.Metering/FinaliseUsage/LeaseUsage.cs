using Marketplace.Runtime.Work;

namespace Marketplace.Metering;

/// <summary>A lease's readings and records, rebuilt from its rows.</summary>
/// <param name="Readings">Accepted readings by sequence.</param>
/// <param name="Batches">All batches, in order.</param>
/// <param name="Records">All usage records, in order.</param>
/// <param name="Recorded">The segments of all records.</param>
internal sealed record LeaseUsage(
    IReadOnlyDictionary<long, Reading> Readings,
    IReadOnlyList<ReadingBatch> Batches,
    IReadOnlyList<UsageRecord> Records,
    IReadOnlyList<UsageSegment> Recorded)
{
    public static async Task<LeaseUsage> LoadAsync(PartitionWork work, CancellationToken cancellationToken)
    {
        var readings = new Dictionary<long, Reading>();
        var batches = new List<ReadingBatch>();
        await foreach (var (_, batch) in work.ReadRangeAsync<ReadingBatch>(MeteringRows.Batches, cancellationToken))
        {
            batches.Add(batch);
            foreach (var reading in batch.AcceptedReadings()) readings.Add(reading.Sequence, reading);
        }

        var records = new List<UsageRecord>();
        await foreach (var (_, record) in work.ReadRangeAsync<UsageRecord>(MeteringRows.Records, cancellationToken)) records.Add(record);
        var recorded = new List<UsageSegment>();
        await foreach (var (_, part) in work.ReadRangeAsync<UsageSegment[]>(MeteringRows.Evidence, cancellationToken)) recorded.AddRange(part);
        return new LeaseUsage(readings, batches, records, recorded);
    }
}
