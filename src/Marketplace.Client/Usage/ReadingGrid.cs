using NodaTime;
using NodaTime.Text;

namespace Marketplace.Client;

/// <summary>
/// A lease's readings stand on a grid of five minutes from its first whole second, so that a reading's sequence says its interval and
/// a worker that was restarted needs no memory: what the marketplace has says what comes next.
/// </summary>
public static class ReadingGrid
{
    /// <summary>How long a reading is; the last of a window may be shorter.</summary>
    public static readonly Duration Length = Duration.FromMinutes(5);

    /// <summary>The readings of a lease that serves all its GPUs, from a sequence on, as far as their intervals are over.</summary>
    /// <param name="readyAt">From when the lease is billed, RFC 3339.</param>
    /// <param name="windowEnd">The end of its window, RFC 3339.</param>
    /// <param name="gpuCount">GPUs leased.</param>
    /// <param name="nextSequence">The first sequence to give, 1 or more.</param>
    /// <param name="now">The market's time, RFC 3339.</param>
    public static IEnumerable<SignedReading> Due(string readyAt, string windowEnd, int gpuCount, long nextSequence, string now)
    {
        var (first, end, until) = (FirstWholeSecond(Parse(readyAt)), Parse(windowEnd), Parse(now));
        for (var sequence = nextSequence; ; sequence++)
        {
            var from = first + Length * (sequence - 1);
            var to = Instant.Min(from + Length, end);
            if (from >= end || to > until) yield break;
            yield return new SignedReading(
                sequence, InstantPattern.General.Format(from), InstantPattern.General.Format(to), (long)(to - from).TotalSeconds * gpuCount, "serving");
        }
    }

    // A started second is not reported.
    private static Instant FirstWholeSecond(Instant ready)
    {
        var floor = Instant.FromUnixTimeSeconds(ready.ToUnixTimeSeconds());
        return floor < ready ? floor + Duration.FromSeconds(1) : floor;
    }

    private static Instant Parse(string instant) => InstantPattern.ExtendedIso.Parse(instant).GetValueOrThrow();
}
