namespace Marketplace.Trading.Book.Memory;

/// <summary>GPUs free in every hour, over all open asks of a currency: what is sold out needs no search.</summary>
internal sealed class HourTotals
{
    private long[] totals = [];
    private int first;

    /// <summary>Adds GPUs to an hour of an ask that was added before.</summary>
    public void Add(int hour, int gpuCount) => totals[hour - first] += gpuCount;

    /// <summary>Adds (or takes out, where the sign is negative) what an ask has free.</summary>
    public void AddFree(in AskSlot ask, int sign)
    {
        Cover(ask.From, ask.To - ask.From);
        for (var hour = ask.From; hour < ask.To; hour++) totals[hour - first] += sign * ask.FreeIn(hour);
    }

    /// <summary>The first of some hours in which fewer GPUs are free than are needed, or -1.</summary>
    public int FirstShortOf(int from, int hours, int gpuCount)
    {
        for (var hour = from; hour < from + hours; hour++)
        {
            var at = hour - first;
            if (at < 0 || at >= totals.Length || totals[at] < gpuCount) return hour;
        }

        return -1;
    }

    private void Cover(int from, int hours)
    {
        if (totals.Length > 0 && from >= first && from + hours <= first + totals.Length) return;
        var begin = totals.Length == 0 ? from : Math.Min(from, first);
        var end = totals.Length == 0 ? from + hours : Math.Max(from + hours, first + totals.Length);
        var wider = new long[Math.Max(end - begin, 2 * totals.Length)];
        if (totals.Length > 0) totals.CopyTo(wider, first - begin);
        (totals, first) = (wider, begin);
    }
}
