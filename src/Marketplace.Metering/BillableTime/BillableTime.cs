using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Metering;

/// <summary>When and how much a lease may be billed. Times are whole Unix seconds.</summary>
/// <param name="From">The first second that may be billed.</param>
/// <param name="To">The second after the last of the lease.</param>
/// <param name="CreditedFrom">From here to <paramref name="To"/> nothing is billed; equal to it where nothing is credited.</param>
/// <param name="GpuCount">GPUs leased.</param>
internal readonly record struct BillableSpan(long From, long To, long CreditedFrom, int GpuCount);

/// <summary>
/// What readings bill: exact to the second on the union of their intervals. Where readings overlap, each second counts once, for
/// the reading with the lowest sequence; a gap of at most the grace is filled at the lower of the rates beside it.
/// </summary>
internal static class BillableTime
{
    /// <summary>Every second of the span is in exactly one segment; the segments are in order.</summary>
    /// <param name="span">What may be billed.</param>
    /// <param name="readings">Accepted readings in any order, each sequence once.</param>
    /// <param name="gapGraceSeconds">The longest gap that is filled.</param>
    public static IReadOnlyList<UsageSegment> Segments(BillableSpan span, IEnumerable<Reading> readings, long gapGraceSeconds)
    {
        var segments = new List<UsageSegment>();
        if (span.To <= span.From) return segments;
        Piece? before = null;
        var at = span.From;
        foreach (var piece in Union(span.From, span.To, readings))
        {
            if (piece.From > at) AddGap(segments, span, at, piece.From, before, piece, gapGraceSeconds);
            AddMetered(segments, span, piece);
            (before, at) = (piece, piece.To);
        }

        if (at < span.To) AddGap(segments, span, at, span.To, before, null, gapGraceSeconds);
        foreach (var segment in segments)
        {
            InvariantException.Require(
                segment.Billed.GpuSeconds <= segment.Seconds() * span.GpuCount, $"{segment} bills more than {span.GpuCount} GPUs.");
        }

        return segments;
    }

    /// <summary>Disjoint pieces in order; each second belongs to the reading with the lowest sequence that covers it.</summary>
    private static IEnumerable<Piece> Union(long from, long to, IEnumerable<Reading> readings)
    {
        var clipped = readings.Where(r => r.To > from && r.From < to).OrderBy(r => r.From).ToList();
        var edges = clipped.SelectMany(r => new[] { Math.Max(r.From, from), Math.Min(r.To, to) }).Distinct().Order().ToList();
        var open = new PriorityQueue<Reading, long>();
        var next = 0;
        Piece? last = null;
        for (var i = 0; i + 1 < edges.Count; i++)
        {
            for (; next < clipped.Count && clipped[next].From <= edges[i]; next++) open.Enqueue(clipped[next], clipped[next].Sequence);
            while (open.TryPeek(out var ended, out _) && ended.To <= edges[i]) open.Dequeue();
            if (!open.TryPeek(out var counts, out _)) continue;
            if (last is { } run && run.To == edges[i] && run.Reading.Sequence == counts.Sequence)
            {
                last = run with { To = edges[i + 1] };
                continue;
            }

            if (last is { } done) yield return done;
            last = new Piece(edges[i], edges[i + 1], counts);
        }

        if (last is { } end) yield return end;
    }

    private static void AddMetered(List<UsageSegment> segments, BillableSpan span, Piece piece)
    {
        var billedTo = Math.Min(piece.To, span.CreditedFrom);
        var servedTo = Math.Clamp(piece.Reading.ServedTo, piece.From, Math.Max(piece.From, billedTo));
        if (servedTo > piece.From)
        {
            segments.Add(Segment(piece.From, servedTo, UsageRule.Metered, piece.Reading.Sequence, piece.Reading.Between(piece.From, servedTo)));
        }

        if (billedTo > servedTo) segments.Add(Segment(servedTo, billedTo, UsageRule.ServedNothing, piece.Reading.Sequence, 0));
        if (piece.To > span.CreditedFrom)
        {
            segments.Add(Segment(Math.Max(piece.From, span.CreditedFrom), piece.To, UsageRule.Credited, piece.Reading.Sequence, 0));
        }
    }

    private static void AddGap(
        List<UsageSegment> segments, BillableSpan span, long from, long to, Piece? before, Piece? after, long gapGraceSeconds)
    {
        // A rate that was read only after the failure says nothing about the time before it, so a credited neighbour fills nothing.
        var fill = before is { } b && after is { } a && to - from <= gapGraceSeconds && a.From < span.CreditedFrom
            ? Math.Min(b.Reading.At(from - 1), a.Reading.At(to))
            : 0;
        var rule = before is null ? UsageRule.BeforeFirstReading
            : after is null ? UsageRule.AfterLastReading
            : fill > 0 ? UsageRule.GapFilled
            : UsageRule.GapNotBilled;
        segments.Add(Segment(from, to, rule, null, fill * (to - from)));
    }

    private static UsageSegment Segment(long from, long to, UsageRule rule, long? sequence, long billed) => new(
        Instant.FromUnixTimeSeconds(from), Instant.FromUnixTimeSeconds(to), rule, sequence, sequence, GpuTime.OfGpuSeconds(billed));

    private readonly record struct Piece(long From, long To, Reading Reading);
}
