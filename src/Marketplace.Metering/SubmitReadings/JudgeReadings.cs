using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Metering;

/// <summary>Decides what becomes of each reading of a batch. One bad reading takes nothing from the others.</summary>
internal static class JudgeReadings
{
    /// <param name="lease">The lease as it is known.</param>
    /// <param name="known">Readings that count so far, as far as this batch may repeat or overlap them; those of this batch are added.</param>
    /// <param name="readings">The batch, in the order sent.</param>
    /// <param name="now">When it came.</param>
    /// <param name="options">The stated limits.</param>
    /// <returns>An outcome for each.</returns>
    public static IReadOnlyList<ReadingOutcome> Judge(
        MeteredLease lease, KnownReadings known, IReadOnlyList<StatedReading> readings, Instant now, MeteringOptions options)
    {
        var bounds = new Bounds(
            lease.FirstSecond,
            lease.EndSecond,
            lease.Ready.GpuCount,
            (now + options.ClockTolerance).ToUnixTimeSeconds(),
            IsTooLate: lease.Stopped is { } stopped && now > stopped.StoppedAt + options.LateReadingLimit);
        var outcomes = new List<ReadingOutcome>(readings.Count);
        foreach (var reading in readings)
        {
            var outcome = Judge(bounds, known, reading);
            if (outcome.Counts()) known.Add(reading);
            outcomes.Add(outcome);
        }

        return outcomes;
    }

    private static ReadingOutcome Judge(Bounds bounds, KnownReadings known, StatedReading reading)
    {
        var (said, from, to) = (reading.Said, reading.From, reading.To);
        if (said.Sequence < 1 || !reading.HasTimes || to <= from || to > bounds.LatestEnd) return ReadingOutcome.Invalid;
        if (said.GpuSeconds < 0 || said.GpuSeconds > (Int128)(to - from) * bounds.GpuCount) return ReadingOutcome.Invalid;
        if (said.State is not (ReadingText.Serving or ReadingText.Down)) return ReadingOutcome.Invalid;
        if (said.State == ReadingText.Down && said.GpuSeconds > 0) return ReadingOutcome.Invalid;
        if (to <= bounds.FirstSecond || from >= bounds.EndSecond) return ReadingOutcome.OutsideLease;
        if (known.Find(said.Sequence) is { } same) return same == said ? ReadingOutcome.Duplicate : ReadingOutcome.Conflicting;
        if (bounds.IsTooLate) return ReadingOutcome.TooLate;
        return known.Claims(from, to) ? ReadingOutcome.Overlapping : ReadingOutcome.Accepted;
    }

    /// <summary>What holds for all readings of the batch; seconds are Unix seconds.</summary>
    private readonly record struct Bounds(long FirstSecond, long EndSecond, int GpuCount, long LatestEnd, bool IsTooLate);
}
