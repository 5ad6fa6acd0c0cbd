using NodaTime;

namespace Marketplace.Contracts;

/// <summary>By which rule a stretch of a lease is billed or not.</summary>
public enum UsageRule
{
    /// <summary>A reading covers it: billed as read.</summary>
    Metered,

    /// <summary>A reading covers it and says that no GPU served: nothing to bill.</summary>
    ServedNothing,

    /// <summary>A gap within the grace: billed at the lower of the rates in the second before and the second after.</summary>
    GapFilled,

    /// <summary>A gap between readings that is longer than the grace, or beside a second in which nothing served: not billed.</summary>
    GapNotBilled,

    /// <summary>Before the first reading, or all of it where there is none: not billed.</summary>
    BeforeFirstReading,

    /// <summary>After the last reading: not billed.</summary>
    AfterLastReading,

    /// <summary>The machine had failed: not billed though a reading covers it.</summary>
    Credited,

    /// <summary>An earlier usage record billed it.</summary>
    BilledEarlier,
}

/// <summary>A stretch of a lease and what is billed for it.</summary>
/// <param name="From">First instant, on a whole second.</param>
/// <param name="To">The instant after the last.</param>
/// <param name="Rule">The rule.</param>
/// <param name="FirstSequence">The first reading that counts; null where none does.</param>
/// <param name="LastSequence">The last of them: where stretches are joined, a run of readings at one rate is one.</param>
/// <param name="Billed">GPU-seconds billed.</param>
public sealed record UsageSegment(Instant From, Instant To, UsageRule Rule, long? FirstSequence, long? LastSequence, GpuTime Billed)
{
    /// <summary>Length in whole seconds.</summary>
    public long Seconds() => To.ToUnixTimeSeconds() - From.ToUnixTimeSeconds();
}

/// <summary>What became of one reading of a batch, in the order in which the checks are made.</summary>
public enum ReadingOutcome
{
    /// <summary>
    /// Sequence below 1, times that are no whole UTC seconds or not in order or ahead of the clock, a negative amount, more than the
    /// leased GPUs can give, or an unknown state.
    /// </summary>
    Invalid,

    /// <summary>No second of it is within the lease as it is known by now.</summary>
    OutsideLease,

    /// <summary>Its sequence was accepted before with other content; this one is kept as evidence and never billed.</summary>
    Conflicting,

    /// <summary>It was accepted before with the same content.</summary>
    Duplicate,

    /// <summary>It came later after the lease's stop than is allowed; kept as evidence and never billed.</summary>
    TooLate,

    /// <summary>
    /// It claims seconds that another reading claims. It is kept, and counts for those that no reading with a lower sequence covers: a
    /// second is never billed twice.
    /// </summary>
    Overlapping,

    /// <summary>It counts.</summary>
    Accepted,
}

/// <summary>What outcomes mean.</summary>
public static class ReadingOutcomes
{
    /// <summary>Whether a reading takes part in what is billed.</summary>
    public static bool Counts(this ReadingOutcome outcome) => outcome is ReadingOutcome.Accepted or ReadingOutcome.Overlapping;
}

/// <summary>A batch that a usage record was made from.</summary>
/// <param name="Number">Its place among the lease's batches, from 1.</param>
/// <param name="Hash">SHA-256 of its canonical bytes, in lower-case hex; see <see cref="ReadingBatchFormat"/>.</param>
/// <param name="PreviousBatchHash">The hash of the batch before it.</param>
/// <param name="MachineKeyId">Whose key signed it.</param>
/// <param name="Signature">The signature, base64.</param>
/// <param name="IsSignatureValid">Whether the signature verifies over the readings as they are kept now.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Countersignature">The buyer's; null for none.</param>
public sealed record EvidenceBatch(
    long Number,
    string Hash,
    string PreviousBatchHash,
    EnrolmentId MachineKeyId,
    string Signature,
    bool IsSignatureValid,
    Instant ReceivedAt,
    EvidenceCountersignature? Countersignature);

/// <summary>A buyer's signature over a batch's hash; see <see cref="ReadingBatchFormat.ToCountersignedBytes"/>.</summary>
/// <param name="KeyId">The registered key.</param>
/// <param name="Signature">The signature, base64.</param>
/// <param name="IsSignatureValid">Whether it verifies over the batch's hash as it is kept now.</param>
/// <param name="CountersignedAt">When it came.</param>
public sealed record EvidenceCountersignature(CountersigningKeyId KeyId, string Signature, bool IsSignatureValid, Instant CountersignedAt);

/// <summary>A reading of one of these batches, whether it counts or not.</summary>
/// <param name="Batch">The number of its batch; the readings of a batch are in the order in which they were signed.</param>
/// <param name="Reading">As signed.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record EvidenceReading(long Batch, SignedReading Reading, ReadingOutcome Outcome);

/// <summary>Why a usage record bills what it bills: all that is needed to work it out again by hand.</summary>
/// <param name="Usage">The record.</param>
/// <param name="GpuCount">GPUs leased.</param>
/// <param name="ReadyAt">From when the lease may be billed.</param>
/// <param name="StoppedAt">Until when.</param>
/// <param name="CreditedFrom">From when it is not billed because the machine failed; null for none.</param>
/// <param name="GapGraceSeconds">The longest gap that was filled.</param>
/// <param name="Recomputed">What the readings give now; the record's total unless something was altered.</param>
/// <param name="Segments">Every second of the lease once, in order, with its rule and at most one reading each. They sum to <paramref name="Recomputed"/>.</param>
/// <param name="Batches">All batches that were known, in order.</param>
/// <param name="Readings">All their readings, in order.</param>
public sealed record UsageEvidence(
    UsageMetered Usage,
    int GpuCount,
    Instant ReadyAt,
    Instant StoppedAt,
    Instant? CreditedFrom,
    long GapGraceSeconds,
    GpuTime Recomputed,
    IReadOnlyList<UsageSegment> Segments,
    IReadOnlyList<EvidenceBatch> Batches,
    IReadOnlyList<EvidenceReading> Readings);

/// <summary>Shows what usage records were made from.</summary>
public interface IUsageEvidence
{
    /// <summary>The evidence of a usage record of a lease, or null if there is no such record.</summary>
    Task<UsageEvidence?> FindAsync(LeaseId lease, UsageId usage, CancellationToken cancellationToken);
}

/// <summary>A usage record beside what its readings give.</summary>
/// <param name="Record">As it is listed for its month, and was sent to be rated.</param>
/// <param name="Recomputed">The GPU-seconds that the stored readings give; zero where the lease has no such record.</param>
/// <param name="RecomputedHours">The same by hour.</param>
/// <param name="IsChainWhole">
/// Whether the batches that the record knew are the signed ones: each has its hash, names the one before it, and the last is the one
/// that the record names. The readings of a batch that has another hash are left out of <paramref name="Recomputed"/>.
/// </param>
public sealed record UsageAudit(UsageMetered Record, GpuTime Recomputed, IReadOnlyList<HourUsage> RecomputedHours, bool IsChainWhole)
{
    /// <summary>Whether the readings give the record, hour by hour.</summary>
    public bool Holds => IsChainWhole && Recomputed == Record.Total && RecomputedHours.SequenceEqual(Record.Hours);
}

/// <summary>Works usage records out again from the readings, for reconciliation.</summary>
public interface IUsageAudit
{
    /// <summary>
    /// Every record whose <see cref="UsageMetered.MeteredAt"/> is in the period, oldest first, as <see cref="IUsageRecords"/> lists
    /// them. Holds one lease in memory at a time.
    /// </summary>
    IAsyncEnumerable<UsageAudit> AuditAsync(BillingPeriod period, CancellationToken cancellationToken);
}
