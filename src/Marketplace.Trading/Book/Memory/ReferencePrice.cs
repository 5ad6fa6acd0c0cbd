namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// The volume-weighted mean price of the trades of 24 hours, up to the hour of the last trade. Exact; an approximation beside it
/// says cheaply what is far from a band's edges.
/// </summary>
internal sealed class ReferencePrice
{
    public const int Hours = 24;
    private const double Margin = 1e-6;
    private readonly UInt128[] turnovers = new UInt128[Hours];
    private readonly long[] volumes = new long[Hours];
    private long volume;
    private double approximateTurnover;
    private int lastHour = Hours - 1;

    /// <summary>Whether there was a trade.</summary>
    public bool IsKnown => volume > 0;

    /// <summary>The price in micro-units per GPU-hour, rounded down.</summary>
    public long Micros => (long)(Turnover / (ulong)volume);

    /// <summary>The hours with their trades: turnover in micro-units and volume in GPU-hours.</summary>
    public IEnumerable<(int Hour, Int128 Turnover, long Volume)> Trades =>
        Enumerable.Range(lastHour - Hours + 1, Hours).Where(hour => volumes[At(hour)] > 0).Select(hour => (hour, (Int128)turnovers[At(hour)], volumes[At(hour)]));

    private UInt128 Turnover => turnovers.Aggregate((sum, turnover) => sum + turnover);

    public void Add(int hour, long micros, long gpuHours) => Add(hour, Math.BigMul((ulong)micros, (ulong)gpuHours), gpuHours, (double)micros * gpuHours);

    public void Add(int hour, UInt128 amount, long gpuHours) => Add(hour, amount, gpuHours, (double)amount);

    private void Add(int hour, UInt128 amount, long gpuHours, double approximateAmount)
    {
        if (hour != lastHour) Forget(hour);
        ref var turnover = ref turnovers[At(hour)];
        turnover = unchecked(turnover + amount);
        volumes[At(hour)] += gpuHours;
        volume += gpuHours;
        approximateTurnover += approximateAmount;
    }

    /// <summary>Whether a price is inside the band by more than the approximation could be wrong. False says nothing.</summary>
    public bool IsClearlyInside(long micros, double ratio)
    {
        var turnover = micros * (double)volume;
        return turnover * ratio > approximateTurnover * (1 + Margin) && turnover < approximateTurnover * ratio * (1 - Margin);
    }

    // The clock of a book never goes back.
    private void Forget(int hour)
    {
        for (var gone = Math.Max(lastHour + 1, hour - Hours + 1); gone <= hour; gone++)
        {
            volume -= volumes[At(gone)];
            (turnovers[At(gone)], volumes[At(gone)]) = (0, 0);
        }

        lastHour = hour;
        approximateTurnover = (double)Turnover;
    }

    private static int At(int hour) => hour % Hours;
}
