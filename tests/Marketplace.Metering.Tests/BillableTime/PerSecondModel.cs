namespace Marketplace.Metering.Tests;

/// <summary>The billing rules once more, naively: an array with a cell per second. Slow, and hard to get wrong.</summary>
internal static class PerSecondModel
{
    public static long[] BilledBySecond(BillableSpan span, IEnumerable<Reading> readings, long gapGraceSeconds)
    {
        var length = (int)Math.Max(0, span.To - span.From);
        var rate = new long?[length];
        foreach (var reading in readings.OrderByDescending(r => r.Sequence))
        {
            foreach (var (second, gpus) in Spread(reading))
            {
                // The lowest sequence is written last and so stays.
                if (second >= span.From && second < span.To) rate[second - span.From] = gpus;
            }
        }

        var filled = (long?[])rate.Clone();
        for (var i = 0; i < length; i++)
        {
            if (rate[i] is not null) continue;
            var end = i;
            while (end < length && rate[end] is null) end++;
            var grace = i > 0 && end < length && end - i <= gapGraceSeconds && span.From + end < span.CreditedFrom;
            for (var j = i; j < end; j++) filled[j] = grace ? Math.Min(rate[i - 1]!.Value, rate[end]!.Value) : 0;
            i = end;
        }

        return [.. filled.Select((gpus, i) => span.From + i < span.CreditedFrom ? gpus ?? 0 : 0)];
    }

    /// <summary>Hands out a reading's GPU-seconds round after round, one to each second in turn.</summary>
    private static IEnumerable<(long Second, long Gpus)> Spread(Reading reading)
    {
        var cells = new long[reading.To - reading.From];
        for (long i = 0; i < reading.GpuSeconds; i++) cells[i % cells.Length]++;
        return cells.Select((gpus, i) => (reading.From + i, gpus));
    }
}
