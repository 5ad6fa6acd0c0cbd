using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Metering;

/// <summary>Cuts segments by hour and by what was billed before, and joins them for people.</summary>
/// <param name="readings">The accepted readings that the segments name, by sequence.</param>
internal sealed class UsageSegments(IReadOnlyDictionary<long, Reading> readings)
{
    /// <summary>The billed GPU-seconds by hour, in order, without hours that have none.</summary>
    public IReadOnlyList<HourUsage> ByHour(IEnumerable<UsageSegment> segments)
    {
        var hours = new SortedDictionary<HourSlot, long>();
        foreach (var segment in segments.Where(s => s.Billed > GpuTime.Zero))
        {
            for (var at = segment.From; at < segment.To;)
            {
                var hour = HourSlot.Containing(at);
                var end = Instant.Min(segment.To, hour.End);
                hours[hour] = hours.GetValueOrDefault(hour) + BilledBetween(segment, at, end);
                at = end;
            }
        }

        return [.. hours.Where(h => h.Value > 0).Select(h => new HourUsage(h.Key, GpuTime.OfGpuSeconds(h.Value)))];
    }

    /// <summary>
    /// The same seconds, where what earlier records have billed is <see cref="UsageRule.BilledEarlier"/>: a second is billed in one
    /// record only, and stays as it was billed first.
    /// </summary>
    /// <param name="segments">What the readings bill now, in order.</param>
    /// <param name="earlier">Segments of earlier records.</param>
    public IReadOnlyList<UsageSegment> Without(IReadOnlyList<UsageSegment> segments, IEnumerable<UsageSegment> earlier)
    {
        var taken = earlier.Where(s => s.Billed > GpuTime.Zero).OrderBy(s => s.From).ToList();
        var rest = new List<UsageSegment>();
        var next = 0;
        foreach (var segment in segments)
        {
            var at = segment.From;
            while (next < taken.Count && taken[next].To <= segment.From) next++;
            for (var i = next; i < taken.Count && taken[i].From < segment.To; i++)
            {
                var (from, to) = (Instant.Max(at, taken[i].From), Instant.Min(segment.To, taken[i].To));
                if (from > at) rest.Add(Part(segment, at, from));
                rest.Add(new UsageSegment(from, to, UsageRule.BilledEarlier, null, null, GpuTime.Zero));
                at = to;
            }

            if (at < segment.To) rest.Add(Part(segment, at, segment.To));
        }

        return rest;
    }

    /// <summary>Joins neighbours by the same rule at the same rate, so that an undisturbed lease is one segment however many readings it has.</summary>
    public static IReadOnlyList<UsageSegment> Joined(IEnumerable<UsageSegment> segments)
    {
        var joined = new List<UsageSegment>();
        foreach (var segment in segments)
        {
            if (joined.Count > 0 && Joins(joined[^1], segment))
            {
                joined[^1] = joined[^1] with { To = segment.To, LastSequence = segment.LastSequence, Billed = joined[^1].Billed + segment.Billed };
            }
            else
            {
                joined.Add(segment);
            }
        }

        return joined;
    }

    private static bool Joins(UsageSegment left, UsageSegment right) =>
        left.To == right.From
        && left.Rule == right.Rule
        && left.LastSequence + 1 == right.FirstSequence
        && left.Billed.GpuSeconds % left.Seconds() == 0
        && right.Billed.GpuSeconds % right.Seconds() == 0
        && left.Billed.GpuSeconds / left.Seconds() == right.Billed.GpuSeconds / right.Seconds();

    private UsageSegment Part(UsageSegment segment, Instant from, Instant to) =>
        segment with { From = from, To = to, Billed = GpuTime.OfGpuSeconds(BilledBetween(segment, from, to)) };

    private long BilledBetween(UsageSegment segment, Instant from, Instant to)
    {
        var (start, end) = (from.ToUnixTimeSeconds(), to.ToUnixTimeSeconds());
        return segment.Rule switch
        {
            UsageRule.Metered => readings[segment.FirstSequence!.Value].Between(start, end),
            UsageRule.GapFilled => segment.Billed.GpuSeconds / segment.Seconds() * (end - start),
            UsageRule.ServedNothing or UsageRule.GapNotBilled or UsageRule.BeforeFirstReading or UsageRule.AfterLastReading
                or UsageRule.Credited or UsageRule.BilledEarlier => 0,
            _ => throw new InvariantException($"Unknown rule {segment.Rule}."),
        };
    }
}
