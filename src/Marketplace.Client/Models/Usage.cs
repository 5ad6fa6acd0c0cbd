namespace Marketplace.Client.Models;

/// <summary>A batch of signed readings; see <see cref="ReadingBatchFormat"/> for the signed bytes and <c>SignedReadings</c> to make one.</summary>
/// <param name="MachineKeyId">The enrolled key that signed; the token's key if null.</param>
/// <param name="PreviousBatchHash">The hash of the lease's batch before, or 64 zeros.</param>
/// <param name="Readings">1 to 1,000.</param>
/// <param name="Signature">ECDSA P-256 over the canonical bytes, r and s, base64.</param>
public sealed record SubmitReadingsRequest(
    string? MachineKeyId, string? PreviousBatchHash, IReadOnlyList<ReadingModel>? Readings, string? Signature);

/// <summary>A reading.</summary>
/// <param name="Sequence">Counts the lease's readings up, from 1.</param>
/// <param name="From">First instant, UTC, on a whole second.</param>
/// <param name="To">The instant after the last, UTC, on a whole second.</param>
/// <param name="GpuSeconds">GPUs that served the buyer, times the seconds that they did.</param>
/// <param name="State"><c>serving</c>, or <c>down</c> with no GPU-seconds.</param>
public sealed record ReadingModel(long? Sequence, string? From, string? To, long? GpuSeconds, string? State);

/// <summary>What became of a batch.</summary>
/// <param name="Batch">Its place among the lease's batches, from 1.</param>
/// <param name="BatchHash">What the next batch names as the batch before it.</param>
/// <param name="Readings">What became of each reading, in the order sent.</param>
public sealed record ReadingBatchModel(long Batch, string BatchHash, IReadOnlyList<ReadingOutcomeModel> Readings);

/// <summary>What became of a reading.</summary>
/// <param name="Sequence">Its sequence.</param>
/// <param name="Outcome"><c>accepted</c>, <c>overlapping</c> (seconds that another reading claims count once), <c>tooLate</c>, <c>duplicate</c>, <c>conflicting</c>, <c>outsideLease</c> or <c>invalid</c>.</param>
public sealed record ReadingOutcomeModel(long Sequence, string Outcome);

/// <summary>Where a lease's chain of batches stands.</summary>
/// <param name="LastBatchHash">What the next batch names as the batch before it.</param>
/// <param name="NextSequence">One above the highest accepted sequence.</param>
public sealed record ReadingHeadModel(string LastBatchHash, long NextSequence);

/// <summary>The use of a lease.</summary>
/// <param name="LeaseId">The lease.</param>
/// <param name="Status"><c>metering</c>, <c>closing</c> or <c>closed</c>.</param>
/// <param name="ReadyAt">From when use is billed.</param>
/// <param name="StoppedAt">Until when; null while it runs.</param>
/// <param name="CreditedFrom">From when it is not billed because the machine failed; null for none.</param>
/// <param name="GpuCount">GPUs leased.</param>
/// <param name="Price">The agreed price.</param>
/// <param name="GpuSeconds">Billable by now.</param>
/// <param name="Hours">By hour.</param>
/// <param name="Segments">Each second of the lease with its rule.</param>
/// <param name="Conflicts">Readings that contradict an accepted one.</param>
/// <param name="Outcomes">How many readings met which outcome.</param>
/// <param name="Records">What was sent to be rated.</param>
public sealed record UsageModel(
    string LeaseId,
    string Status,
    string ReadyAt,
    string? StoppedAt,
    string? CreditedFrom,
    int GpuCount,
    UnitPriceModel Price,
    long GpuSeconds,
    IReadOnlyList<HourUsageModel> Hours,
    IReadOnlyList<UsageSegmentModel> Segments,
    IReadOnlyList<ReadingConflictModel> Conflicts,
    IReadOnlyDictionary<string, int> Outcomes,
    IReadOnlyList<UsageRecordModel> Records);

/// <summary>Use within an hour.</summary>
/// <param name="Hour">The hour's first instant.</param>
/// <param name="GpuSeconds">GPU-seconds billed in it.</param>
public sealed record HourUsageModel(string Hour, long GpuSeconds);

/// <summary>A stretch of a lease.</summary>
/// <param name="From">First instant.</param>
/// <param name="To">The instant after the last.</param>
/// <param name="Rule"><c>metered</c>, <c>servedNothing</c>, <c>gapFilled</c>, <c>gapNotBilled</c>, <c>beforeFirstReading</c>, <c>afterLastReading</c>, <c>credited</c> or <c>billedEarlier</c>.</param>
/// <param name="FirstSequence">The first reading that counts; null in a gap.</param>
/// <param name="LastSequence">The last reading that counts; null in a gap.</param>
/// <param name="GpuSeconds">GPU-seconds billed.</param>
public sealed record UsageSegmentModel(string From, string To, string Rule, long? FirstSequence, long? LastSequence, long GpuSeconds);

/// <summary>Two readings of one sequence.</summary>
/// <param name="Kept">The one that counts.</param>
/// <param name="Refused">The one that does not.</param>
/// <param name="RefusedBatch">The batch it came in.</param>
public sealed record ReadingConflictModel(ReadingModel Kept, ReadingModel Refused, long RefusedBatch);

/// <summary>A usage record.</summary>
/// <param name="UsageId">Its id.</param>
/// <param name="GpuSeconds">What it bills.</param>
/// <param name="ChargedFrom">The first billed instant.</param>
/// <param name="ChargedTo">The instant after the last.</param>
/// <param name="MeteredAt">When it was made.</param>
public sealed record UsageRecordModel(string UsageId, long GpuSeconds, string ChargedFrom, string ChargedTo, string MeteredAt);
