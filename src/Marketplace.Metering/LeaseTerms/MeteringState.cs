using Marketplace.Contracts;

namespace Marketplace.Metering;

/// <summary>
/// A lease and where its batches stand. Its end, every batch and every record replace it, so that its ETag orders them.
/// </summary>
/// <param name="Lease">The lease as it is known.</param>
/// <param name="Batches">Accepted batches.</param>
/// <param name="LastBatchHash">What the next batch must name.</param>
/// <param name="HighestSequence">Of accepted readings; 0 before the first.</param>
/// <param name="HighestEnd">The latest end of accepted readings, in Unix seconds; 0 before the first.</param>
/// <param name="Records">Usage records that were made.</param>
/// <param name="IsClosing">Whether a record is going to be made.</param>
internal sealed record MeteringState(
    MeteredLease Lease, long Batches, string LastBatchHash, long HighestSequence, long HighestEnd, int Records, bool IsClosing)
{
    public static MeteringState Of(LeaseReady ready) => new(new MeteredLease(ready, null), 0, ReadingBatchFormat.NoBatch, 0, 0, 0, false);
}
