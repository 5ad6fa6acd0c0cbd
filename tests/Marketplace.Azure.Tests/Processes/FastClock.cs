using NodaTime;

namespace Marketplace.Azure.Tests.Processes;

/// <summary>A clock that several processes share and that runs faster than the machine's: so that hours pass within a test.</summary>
/// <param name="realStart">When it began, by the machine's clock.</param>
/// <param name="start">What it showed then.</param>
/// <param name="speed">How many times faster it is.</param>
internal sealed class FastClock(DateTimeOffset realStart, Instant start, int speed) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => start.ToDateTimeOffset() + ((System.GetUtcNow() - realStart) * speed);
}
