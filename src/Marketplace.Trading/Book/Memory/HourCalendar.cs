namespace Marketplace.Trading.Book.Memory;

/// <summary>GPUs of a listing that are sold, hour by hour. Hours that it does not cover have none.</summary>
internal sealed class HourCalendar
{
    private int[] sold = [];
    private int first;

    public int In(int hour)
    {
        var at = hour - first;
        return at < 0 || at >= sold.Length ? 0 : sold[at];
    }

    /// <summary>The most that is sold in any of some hours.</summary>
    public int Most(int from, int hours)
    {
        var most = 0;
        var end = Math.Min(from + hours - first, sold.Length);
        for (var i = Math.Max(from - first, 0); i < end; i++) most = Math.Max(most, sold[i]);
        return most;
    }

    /// <summary>Adds to an hour that is covered; tells what is sold then.</summary>
    public int Add(int hour, int gpuCount) => sold[hour - first] += gpuCount;

    /// <summary>Makes room for some hours.</summary>
    public void Cover(int from, int hours)
    {
        if (sold.Length > 0 && from >= first && from + hours <= first + sold.Length) return;
        var begin = sold.Length == 0 ? from : Math.Min(first, from);
        var end = sold.Length == 0 ? from + hours : Math.Max(first + sold.Length, from + hours);
        var wider = new int[end - begin];
        if (sold.Length > 0) sold.CopyTo(wider, first - begin);
        (sold, first) = (wider, begin);
    }

    /// <summary>What is sold from an hour on, in stretches of as many GPUs each.</summary>
    public IEnumerable<SoldHours> From(int hour)
    {
        for (var i = Math.Max(hour - first, 0); i < sold.Length;)
        {
            var end = i + 1;
            while (end < sold.Length && sold[end] == sold[i] && end - i < HourWindow.MaxHours) end++;
            if (sold[i] > 0) yield return new SoldHours(new HourWindow(HourSlot.OfIndex(first + i), HourSlot.OfIndex(first + end)), sold[i]);
            i = end;
        }
    }
}
