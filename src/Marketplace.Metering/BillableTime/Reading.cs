using NodaTime;

namespace Marketplace.Metering;

/// <summary>An accepted reading. Times are whole Unix seconds.</summary>
/// <param name="Sequence">Its number within the lease, from 1.</param>
/// <param name="From">First second.</param>
/// <param name="To">The second after the last; above <paramref name="From"/>.</param>
/// <param name="GpuSeconds">GPU-seconds served, at most the leased GPUs times the seconds.</param>
internal readonly record struct Reading(long Sequence, long From, long To, long GpuSeconds)
{
    /// <summary>
    /// GPU-seconds of [from, to) of this reading. The reading's GPU-seconds are spread evenly over its seconds; what does not
    /// divide goes, one each, to its first seconds. So every second has a whole number and the parts add up to the reading.
    /// </summary>
    public long Between(long from, long to)
    {
        var (each, left) = Math.DivRem(GpuSeconds, To - From);
        var firstSecondsIn = Math.Max(0, Math.Min(to - From, left) - (from - From));
        return (each * (to - from)) + firstSecondsIn;
    }

    /// <summary>GPUs that served in one second.</summary>
    public long At(long second) => Between(second, second + 1);
}

/// <summary>By which rule a stretch of time is billed or not.</summary>
public enum UsageRule
{
    /// <summary>A reading covers it.</summary>
    Metered,

    /// <summary>A gap within the grace: billed at the lower of the rates in the second before and the second after.</summary>
    GapFilled,

    /// <summary>A gap beyond the grace, or before the first or after the last reading: not billed.</summary>
    GapNotBilled,

    /// <summary>The machine had failed: not billed though a reading covers it.</summary>
    Credited,
}

/// <summary>A stretch of a lease and what is billed for it.</summary>
/// <param name="From">First instant, on a whole second.</param>
/// <param name="To">The instant after the last.</param>
/// <param name="Rule">The rule.</param>
/// <param name="FirstSequence">The first reading that counts; null where none does.</param>
/// <param name="LastSequence">The last of them: a run of readings at one rate is one segment in what is stored and shown.</param>
/// <param name="Billed">GPU-seconds billed.</param>
public sealed record UsageSegment(Instant From, Instant To, UsageRule Rule, long? FirstSequence, long? LastSequence, GpuTime Billed)
{
    /// <summary>Length in whole seconds.</summary>
    internal long Seconds => To.ToUnixTimeSeconds() - From.ToUnixTimeSeconds();
}
