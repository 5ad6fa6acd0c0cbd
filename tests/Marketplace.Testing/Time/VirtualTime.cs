using NodaTime;

namespace Marketplace.Testing.Time;

/// <summary>A clock that moves only when a test moves it.</summary>
public sealed class VirtualTime(Instant start) : TimeProvider
{
    private long ticks = start.ToUnixTimeTicks();

    /// <summary>2026-11-02T08:00:00Z, a Monday, on the hour.</summary>
    public static Instant Monday { get; } = Instant.FromUtc(2026, 11, 2, 8, 0);

    public Instant Now => Instant.FromUnixTimeTicks(Interlocked.Read(ref ticks));

    public override DateTimeOffset GetUtcNow() => Now.ToDateTimeOffset();

    /// <summary>Moves forward.</summary>
    public void Advance(Duration duration) => Interlocked.Add(ref ticks, (long)duration.TotalTicks);

    /// <summary>Jumps, forward or back, to the first tick that is not before the instant: what is due then is due.</summary>
    public void JumpTo(Instant instant)
    {
        var floor = instant.ToUnixTimeTicks();
        Interlocked.Exchange(ref ticks, Instant.FromUnixTimeTicks(floor) < instant ? floor + 1 : floor);
    }
}
