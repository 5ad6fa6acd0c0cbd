using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Metering;

/// <summary>Decides what becomes of each reading of a batch. One bad reading takes nothing from the others.</summary>
internal static class JudgeReadings
{
    /// <param name="lease">The lease as it is known.</param>
    /// <param name="accepted">Readings accepted before, by sequence, so far as this batch may repeat them.</param>
    /// <param name="readings">The batch, in the order sent.</param>
    /// <param name="latest">No reading may end later.</param>
    public static IReadOnlyList<JudgedReading> Judge(
        MeteredLease lease, IReadOnlyDictionary<long, SignedReading> accepted, IReadOnlyList<SignedReading> readings, Instant latest)
    {
        var known = new Dictionary<long, SignedReading>(accepted);
        var judged = new List<JudgedReading>(readings.Count);
        foreach (var reading in readings)
        {
            var outcome = Judge(lease, known.GetValueOrDefault(reading.Sequence), reading, latest);
            if (outcome == ReadingOutcome.Accepted) known.Add(reading.Sequence, reading);
            judged.Add(new JudgedReading(reading, outcome));
        }

        return judged;
    }

    private static ReadingOutcome Judge(MeteredLease lease, SignedReading? same, SignedReading reading, Instant latest)
    {
        if (reading.Sequence < 1 || !ReadingText.TryParseTimes(reading, out var from, out var to)) return ReadingOutcome.Invalid;
        if (to <= from || to > latest || reading.GpuSeconds < 0) return ReadingOutcome.Invalid;
        var (first, end) = (from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds());
        if (reading.GpuSeconds > (Int128)(end - first) * lease.Ready.GpuCount) return ReadingOutcome.Invalid;
        if (reading.State is not (ReadingText.Serving or ReadingText.Down)) return ReadingOutcome.Invalid;
        if (reading.State == ReadingText.Down && reading.GpuSeconds > 0) return ReadingOutcome.Invalid;
        if (end <= lease.FirstSecond || first >= lease.EndSecond) return ReadingOutcome.OutsideLease;
        if (same is null) return ReadingOutcome.Accepted;
        return same == reading ? ReadingOutcome.Duplicate : ReadingOutcome.Conflicting;
    }
}
