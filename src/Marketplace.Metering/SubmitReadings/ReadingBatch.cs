using Marketplace.Contracts;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Metering;

/// <summary>A reading as it was sent and what became of it.</summary>
/// <param name="Reading">As signed.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record JudgedReading(SignedReading Reading, ReadingOutcome Outcome);

/// <summary>A batch as it is kept: all that was signed, so that the signature can be checked again at any time.</summary>
/// <param name="Number">Its place among the lease's batches, from 1.</param>
/// <param name="Hash">Its hash, which the next batch names.</param>
/// <param name="PreviousBatchHash">The hash of the batch before it.</param>
/// <param name="MachineKeyId">Whose key signed it.</param>
/// <param name="Signature">The signature.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Readings">Its readings in the order sent.</param>
public sealed record ReadingBatch(
    long Number,
    string Hash,
    string PreviousBatchHash,
    EnrolmentId MachineKeyId,
    string Signature,
    Instant ReceivedAt,
    IReadOnlyList<JudgedReading> Readings)
{
    internal IEnumerable<Reading> AcceptedReadings() =>
        Readings.Where(r => r.Outcome.Counts()).Select(r => ReadingText.Parse(r.Reading));

    /// <summary>The bytes that were signed, or null if what is kept can't have been.</summary>
    internal byte[]? SignedBytes(LeaseId lease) =>
        ReadingBatchFormat.IsHash(PreviousBatchHash)
        && Readings.All(r => ReadingBatchFormat.IsText(r.Reading.From) && ReadingBatchFormat.IsText(r.Reading.To) && ReadingBatchFormat.IsText(r.Reading.State))
            ? ReadingBatchFormat.ToBytes(lease, MachineKeyId, PreviousBatchHash, [.. Readings.Select(r => r.Reading)])
            : null;
}

/// <summary>Reads the times of a reading.</summary>
internal static class ReadingText
{
    public const string Serving = "serving";
    public const string Down = "down";

    public static bool TryParseTimes(SignedReading reading, out Instant from, out Instant to)
    {
        var first = InstantPattern.General.Parse(reading.From);
        var last = InstantPattern.General.Parse(reading.To);
        (from, to) = (first.OrDefault(), last.OrDefault());
        return first.Success && last.Success;
    }

    public static Reading Parse(SignedReading reading)
    {
        InvariantException.Require(TryParseTimes(reading, out var from, out var to), $"Accepted reading {reading} has no times.");
        return new Reading(reading.Sequence, from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds(), reading.GpuSeconds);
    }

    private static Instant OrDefault(this ParseResult<Instant> result) => result.Success ? result.Value : default;
}
