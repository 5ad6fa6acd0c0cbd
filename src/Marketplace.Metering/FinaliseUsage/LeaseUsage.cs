using Marketplace.Contracts;
using Marketplace.Runtime.Work;

namespace Marketplace.Metering;

/// <summary>A lease's batches and records, as its rows have them.</summary>
/// <param name="Batches">All batches, in order.</param>
/// <param name="Records">All usage records, in order.</param>
internal sealed record LeaseUsage(IReadOnlyList<ReadingBatch> Batches, IReadOnlyList<UsageRecord> Records)
{
    public static async Task<LeaseUsage> LoadAsync(PartitionWork work, CancellationToken cancellationToken)
    {
        var batches = new List<ReadingBatch>();
        await foreach (var (_, row) in work.ReadRangeBytesAsync(MeteringRows.Batches, cancellationToken)) batches.Add(ReadingBatch.OfRow(row));
        var records = new List<UsageRecord>();
        await foreach (var (_, record) in work.ReadRangeAsync<UsageRecord>(MeteringRows.Records, cancellationToken)) records.Add(record);
        return new LeaseUsage(batches, records);
    }

    /// <summary>The segments of all records, as they were kept.</summary>
    public static async Task<List<UsageSegment>> LoadRecordedAsync(PartitionWork work, CancellationToken cancellationToken)
    {
        var recorded = new List<UsageSegment>();
        await foreach (var (_, part) in work.ReadRangeAsync<UsageSegment[]>(MeteringRows.Segmented, cancellationToken)) recorded.AddRange(part);
        return recorded;
    }

    /// <summary>Accepted readings by sequence.</summary>
    public Dictionary<long, Reading> Readings() => Batches.SelectMany(b => b.AcceptedReadings()).ToDictionary(r => r.Sequence);
}
