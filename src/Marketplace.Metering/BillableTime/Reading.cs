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

    /// <summary>The second after the last in which a GPU served: before <see cref="To"/> where there are fewer GPU-seconds than seconds.</summary>
    public long ServedTo => Math.Min(To, From + GpuSeconds);

    /// <summary>GPUs that served in one second.</summary>
    public long At(long second) => Between(second, second + 1);
}
