using System.Security.Cryptography;
using Marketplace.Client.Models;

namespace Marketplace.Client;

/// <summary>Signs batches of readings with a machine's key.</summary>
public static class SignedReadings
{
    /// <summary>A batch that is ready to send.</summary>
    /// <param name="leaseId">The lease.</param>
    /// <param name="machineKeyId">The enrolment of the key.</param>
    /// <param name="key">The machine's private key.</param>
    /// <param name="previousBatchHash">The hash of the batch before; <see cref="ReadingBatchFormat.NoBatch"/> for the first.</param>
    /// <param name="readings">1 to 1,000.</param>
    public static SubmitReadingsRequest Create(
        LeaseId leaseId, EnrolmentId machineKeyId, ECDsa key, string previousBatchHash, IReadOnlyList<SignedReading> readings)
    {
        var bytes = ReadingBatchFormat.ToBytes(leaseId, machineKeyId, previousBatchHash, readings);
        return new SubmitReadingsRequest(
            machineKeyId.ToString(),
            previousBatchHash,
            [.. readings.Select(r => new ReadingModel(r.Sequence, r.From, r.To, r.GpuSeconds, r.State))],
            ReadingBatchFormat.Sign(bytes, key));
    }
}
