using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Metering;

/// <summary>What is metered: the lease as it became ready and, later, as it stopped.</summary>
/// <param name="Ready">The terms.</param>
/// <param name="Stopped">How it ended; null while it runs.</param>
public sealed record MeteredLease(LeaseReady Ready, LeaseStopped? Stopped)
{
    /// <summary>The first second that may be billed: readiness within a second bills from the next one.</summary>
    internal long FirstSecond
    {
        get
        {
            var start = Instant.Max(Ready.ReadyAt, Ready.Window.Start);
            var second = Floor(start);
            return Instant.FromUnixTimeSeconds(second) == start ? second : second + 1;
        }
    }

    /// <summary>The second after the last that may be billed, so far as is known: a second that was begun is not billed.</summary>
    internal long EndSecond => Floor(Instant.Min(Stopped?.StoppedAt ?? Ready.Window.End, Ready.Window.End));

    /// <summary>What may be billed of it up to an instant.</summary>
    internal BillableSpan SpanUntil(Instant until)
    {
        var to = Math.Min(EndSecond, Floor(until));
        var creditedFrom = Stopped?.CreditedFrom is { } credited ? Math.Clamp(Floor(credited), Math.Min(FirstSecond, to), to) : to;
        return new BillableSpan(FirstSecond, to, creditedFrom, Ready.GpuCount);
    }

    /// <summary>What may be billed of it, once it has stopped.</summary>
    internal BillableSpan Span => SpanUntil(Instant.MaxValue);

    private static long Floor(Instant instant) => instant.ToUnixTimeSeconds();
}
