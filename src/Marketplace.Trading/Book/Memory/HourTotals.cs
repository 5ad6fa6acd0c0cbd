namespace Marketplace.Trading.Book.Memory;

/// <summary>GPUs free in every hour, over all open asks of a currency: what is sold out needs no search.</summary>
internal sealed class HourTotals
{
    private long[] totals = [];
    private int first;

    /// <summary>The totals of some hours, to be changed. They stand until the next call.</summary>
    public Span<long> Of(int from, int hours)
    {
        if (totals.Length == 0 || from < first || from + hours > first + totals.Length) Cover(from, hours);
        return totals.AsSpan(from - first, hours);
    }

    /// <summary>Whether as many GPUs are free in every one of some hours; each may be at another listing.</summary>
    public bool Has(int from, int hours, int gpuCount)
    {
        var at = from - first;
        if (at < 0 || at + hours > totals.Length) return false;
        foreach (var total in totals.AsSpan(at, hours))
        {
            if (total < gpuCount) return false;
        }

        return true;
    }

    private void Cover(int from, int hours)
    {
        var begin = totals.Length == 0 ? from : Math.Min(from, first);
        var end = totals.Length == 0 ? from + hours : Math.Max(from + hours, first + totals.Length);
        var wider = new long[Math.Max(end - begin, 2 * totals.Length)];
        if (totals.Length > 0) totals.CopyTo(wider, first - begin);
        (totals, first) = (wider, begin);
    }
}
