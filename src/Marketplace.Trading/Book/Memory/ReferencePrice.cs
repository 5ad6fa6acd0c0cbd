namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// The volume-weighted mean price of the trades of 24 hours, up to the hour of the last trade. Exact; an approximation beside it
/// says cheaply what is far from a band's edges.
/// </summary>
internal sealed class ReferencePrice
{
    public const int Hours = 24;
    private const double Margin = 1e-6;
    private readonly Int128[] turnovers = new Int128[Hours];
    private readonly long[] volumes = new long[Hours];
    private Int128 turnover;
    private long volume;
    private double approximateTurnover;
    private int lastHour = Hours - 1;

    /// <summary>Whether there was a trade.</summary>
    public bool IsKnown => volume > 0;

    /// <summary>The price in micro-units per GPU-hour, rounded down.</summary>
    public long Micros => (long)(turnover / volume);

    /// <summary>The hours with their trades: turnover in micro-units and volume in GPU-hours.</summary>
    public IEnumerable<(int Hour, Int128 Turnover, long Volume)> Trades =>
        Enumerable.Range(lastHour - Hours + 1, Hours).Where(hour => volumes[At(hour)] > 0).Select(hour => (hour, turnovers[At(hour)], volumes[At(hour)]));

    public void Add(int hour, long micros, long gpuHours) => Add(hour, (Int128)micros * gpuHours, gpuHours);

    public void Add(int hour, Int128 amount, long gpuHours)
    {
        if (hour != lastHour) Forget(hour);
        turnovers[At(hour)] += amount;
        volumes[At(hour)] += gpuHours;
        turnover += amount;
        volume += gpuHours;
        approximateTurnover += (double)amount;
    }

    /// <summary>Whether a price is inside the band by more than the approximation could be wrong. False says nothing.</summary>
    public bool IsClearlyInside(long micros, double ratio)
    {
        var reference = approximateTurnover / volume;
        return micros > reference / ratio * (1 + Margin) && micros < reference * ratio * (1 - Margin);
    }

    // The clock of a book never goes back.
    private void Forget(int hour)
    {
        for (var gone = Math.Max(lastHour + 1, hour - Hours + 1); gone <= hour; gone++)
        {
            turnover -= turnovers[At(gone)];
            volume -= volumes[At(gone)];
            (turnovers[At(gone)], volumes[At(gone)]) = (0, 0);
        }

        lastHour = hour;
        approximateTurnover = (double)turnover;
    }

    private static int At(int hour) => hour % Hours;
}
