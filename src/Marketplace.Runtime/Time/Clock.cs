using NodaTime;

namespace Marketplace.Runtime.Time;

/// <summary>NodaTime's view of the one source of time.</summary>
public static class Clock
{
    /// <summary>Now.</summary>
    public static Instant Now(this TimeProvider time) => Instant.FromDateTimeOffset(time.GetUtcNow());
}
