namespace Marketplace.Client.Models;

/// <summary>Why an invoice line bills what it bills: all that is needed to work it out again by hand.</summary>
/// <param name="UsageId">The usage record of the line.</param>
/// <param name="LeaseId">The lease.</param>
/// <param name="GpuCount">GPUs leased.</param>
/// <param name="ReadyAt">From when use is billed.</param>
/// <param name="StoppedAt">Until when.</param>
/// <param name="CreditedFrom">From when it is not billed because the machine failed; null for none.</param>
/// <param name="GapGraceSeconds">The longest gap between readings that is billed.</param>
/// <param name="GpuSeconds">What the line bills.</param>
/// <param name="RecomputedGpuSeconds">What the readings give, worked out for this answer.</param>
/// <param name="Rules">What each rule bills and does not, summed.</param>
/// <param name="Segments">Every second of the lease once, in order.</param>
/// <param name="Batches">The signed batches that were known when the record was made.</param>
/// <param name="Readings">All their readings, in the order signed, those that do not count too.</param>
public sealed record EvidenceModel(
    string UsageId,
    string LeaseId,
    int GpuCount,
    string ReadyAt,
    string StoppedAt,
    string? CreditedFrom,
    long GapGraceSeconds,
    long GpuSeconds,
    long RecomputedGpuSeconds,
    IReadOnlyList<EvidenceRuleModel> Rules,
    IReadOnlyList<EvidenceSegmentModel> Segments,
    IReadOnlyList<EvidenceBatchModel> Batches,
    IReadOnlyList<EvidenceReadingModel> Readings);

/// <summary>What a rule amounts to.</summary>
/// <param name="Rule">See <see cref="EvidenceSegmentModel.Rule"/>.</param>
/// <param name="Seconds">Seconds under it.</param>
/// <param name="GpuSeconds">GPU-seconds billed.</param>
/// <param name="NotBilledGpuSeconds">The rest of what the leased GPUs could have given in these seconds.</param>
public sealed record EvidenceRuleModel(string Rule, long Seconds, long GpuSeconds, long NotBilledGpuSeconds);

/// <summary>A stretch of the lease.</summary>
/// <param name="From">First instant.</param>
/// <param name="To">The instant after the last.</param>
/// <param name="Rule">
/// Billed: <c>metered</c>, <c>gapFilled</c>. Not billed: <c>servedNothing</c>, <c>gapNotBilled</c>, <c>beforeFirstReading</c>,
/// <c>afterLastReading</c>, <c>credited</c>, and <c>billedEarlier</c>, which another record bills.
/// </param>
/// <param name="Sequence">The reading that counts; null where none does.</param>
/// <param name="Batch">The number of the batch that it came in.</param>
/// <param name="GpuSeconds">GPU-seconds billed.</param>
/// <param name="NotBilledGpuSeconds">The rest of what the leased GPUs could have given.</param>
public sealed record EvidenceSegmentModel(
    string From, string To, string Rule, long? Sequence, long? Batch, long GpuSeconds, long NotBilledGpuSeconds);

/// <summary>A signed batch.</summary>
/// <param name="Batch">Its number within the lease.</param>
/// <param name="BatchHash">The hash of its canonical bytes.</param>
/// <param name="PreviousBatchHash">The hash of the batch before it.</param>
/// <param name="MachineKeyId">The enrolled key that signed it.</param>
/// <param name="Signature">The signature, base64.</param>
/// <param name="SignatureValid">Whether it verifies over the readings as they are kept now.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Countersignature">The buyer's; null for none.</param>
public sealed record EvidenceBatchModel(
    long Batch,
    string BatchHash,
    string PreviousBatchHash,
    string MachineKeyId,
    string Signature,
    bool SignatureValid,
    string ReceivedAt,
    CountersignatureModel? Countersignature);

/// <summary>A reading and what became of it.</summary>
/// <param name="Batch">The number of its batch.</param>
/// <param name="Reading">As signed.</param>
/// <param name="Outcome">As <see cref="ReadingOutcomeModel.Outcome"/>.</param>
public sealed record EvidenceReadingModel(long Batch, ReadingModel Reading, string Outcome);
