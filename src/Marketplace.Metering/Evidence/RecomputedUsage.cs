using Marketplace.Contracts;

namespace Marketplace.Metering;

/// <summary>A usage record beside what its readings give.</summary>
/// <param name="Record">As it was kept.</param>
/// <param name="Usage">What the readings give.</param>
/// <param name="IsChainWhole">Whether the batches it knew are those that were signed.</param>
internal sealed record RecomputedRecord(UsageRecord Record, BilledUsage Usage, bool IsChainWhole);

/// <summary>
/// Works all records of a lease out again: from its terms, the readings that were signed and the gap rule of each record, and from
/// nothing that a record says it billed.
/// </summary>
internal static class RecomputedUsage
{
    /// <summary>The records in order.</summary>
    public static IReadOnlyList<RecomputedRecord> Of(MeteredLease lease, LeaseUsage usage)
    {
        var chain = new SignedChain(lease.Ready.LeaseId, usage.Batches);
        var billed = new List<UsageSegment>();
        var records = new List<RecomputedRecord>(usage.Records.Count);
        foreach (var record in usage.Records)
        {
            chain.AdvanceTo(record.Batches);
            var recomputed = BilledUsage.Of(lease, chain.Readings, billed, record.GapGraceSeconds);
            records.Add(new RecomputedRecord(record, recomputed, chain.IsWhole && chain.LastHash == record.LastBatchHash));
            billed.AddRange(recomputed.Segments.Where(s => s.Billed > GpuTime.Zero));
        }

        return records;
    }

    /// <summary>Follows the batches and takes the accepted readings of those that are what was signed.</summary>
    private sealed class SignedChain(LeaseId lease, IReadOnlyList<ReadingBatch> batches)
    {
        private int taken;

        public Dictionary<long, Reading> Readings { get; } = [];

        public bool IsWhole { get; private set; } = true;

        public string LastHash { get; private set; } = ReadingBatchFormat.NoBatch;

        public void AdvanceTo(long number)
        {
            for (; taken < number && taken < batches.Count; taken++) Take(batches[taken]);
            IsWhole &= taken == number;
        }

        private void Take(ReadingBatch batch)
        {
            var isAsSigned = batch.IsAsSigned(lease);
            IsWhole &= isAsSigned && batch.Number == taken + 1 && batch.PreviousBatchHash == LastHash;
            LastHash = batch.Hash;
            if (!isAsSigned) return;
            foreach (var reading in batch.AcceptedReadings()) IsWhole &= Readings.TryAdd(reading.Sequence, reading);
        }
    }
}
