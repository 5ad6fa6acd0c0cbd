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
    public static IReadOnlyList<JudgedReading> Judge(
        MeteredLease lease, KnownReadings known, IReadOnlyList<StatedReading> readings, Instant now, MeteringOptions options)
    {
        var latest = now + options.ClockTolerance;
        var isTooLate = lease.Stopped is { } stopped && now > stopped.StoppedAt + options.LateReadingLimit;
        var judged = new List<JudgedReading>(readings.Count);
        foreach (var reading in readings)
        {
            var outcome = Judge(lease, known, reading, latest.ToUnixTimeSeconds(), isTooLate);
            if (outcome.Counts()) known.Add(reading);
            judged.Add(new JudgedReading(reading.Said, outcome));
        }

        return judged;
    }

    private static ReadingOutcome Judge(MeteredLease lease, KnownReadings known, StatedReading reading, long latest, bool isTooLate)
    {
        var (said, from, to) = (reading.Said, reading.From, reading.To);
        if (said.Sequence < 1 || !reading.HasTimes || to <= from || to > latest) return ReadingOutcome.Invalid;
        if (said.GpuSeconds < 0 || said.GpuSeconds > (Int128)(to - from) * lease.Ready.GpuCount) return ReadingOutcome.Invalid;
        if (said.State is not (ReadingText.Serving or ReadingText.Down)) return ReadingOutcome.Invalid;
        if (said.State == ReadingText.Down && said.GpuSeconds > 0) return ReadingOutcome.Invalid;
        if (to <= lease.FirstSecond || from >= lease.EndSecond) return ReadingOutcome.OutsideLease;
        if (known.Find(said.Sequence) is { } same) return same == said ? ReadingOutcome.Duplicate : ReadingOutcome.Conflicting;
        if (isTooLate) return ReadingOutcome.TooLate;
        return known.Claims(from, to) ? ReadingOutcome.Overlapping : ReadingOutcome.Accepted;
    }
}
