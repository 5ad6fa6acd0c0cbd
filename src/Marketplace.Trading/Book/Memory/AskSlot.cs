using NodaTime;

namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// A listing in a book. One that is closed stays while hours of it are sold, so that reopening it forgets no sale. Hours are indices
/// (<see cref="HourSlot.Index"/>).
/// </summary>
internal struct AskSlot
{
    public AskTerms Terms;
    public Instant ActivatedAt;
    public long Priority;

    /// <summary>The lowest price of any hour: by it the ask is queued. Its block price is that or more.</summary>
    public long FloorMicros;

    public int Market;
    public int From;
    public int To;
    public int GpuCount;
    public int MinimumHours;

    /// <summary>Hours of the window in which some GPUs are free; at 0 it is not in the queue.</summary>
    public int FreeHours;

    /// <summary>GPUs sold by hour, from <see cref="SoldFrom"/> on; null while none is.</summary>
    public int[]? Sold;
    public int SoldFrom;

    /// <summary>Trades that it made so far.</summary>
    public int Trades;

    public bool IsOpen;
    public bool IsFlat;

    public readonly long BlockMicros(int from, int hours) => IsFlat ? FloorMicros : Terms.Price.MicrosOver(HourSlot.OfIndex(from), hours);

    /// <summary>GPUs free in an hour; 0 outside the window. More than none may be sold of a listing that was reopened with fewer.</summary>
    public readonly int FreeIn(int hour)
    {
        if (hour < From || hour >= To) return 0;
        return Math.Max(0, GpuCount - SoldIn(hour));
    }

    /// <summary>GPUs free in every one of some hours.</summary>
    public readonly int FreeIn(int from, int hours)
    {
        if (from < From || from + hours > To) return 0;
        if (Sold is null) return GpuCount;
        var most = 0;
        var first = Math.Max(from - SoldFrom, 0);
        var end = Math.Min(from + hours - SoldFrom, Sold.Length);
        for (var i = first; i < end; i++) most = Math.Max(most, Sold[i]);
        return Math.Max(0, GpuCount - most);
    }

    public readonly int SoldIn(int hour)
    {
        var at = hour - SoldFrom;
        return Sold is null || at < 0 || at >= Sold.Length ? 0 : Sold[at];
    }

    /// <summary>What is sold from an hour on, in stretches of as many GPUs each.</summary>
    public readonly IEnumerable<SoldHours> SoldFromOn(int fromHour)
    {
        var (sold, soldFrom) = (Sold ?? [], SoldFrom);
        return Stretches(sold, soldFrom, Math.Max(fromHour - soldFrom, 0));

        static IEnumerable<SoldHours> Stretches(int[] sold, int soldFrom, int first)
        {
            for (var i = first; i < sold.Length;)
            {
                var end = i + 1;
                while (end < sold.Length && sold[end] == sold[i] && end - i < HourWindow.MaxHours) end++;
                if (sold[i] > 0) yield return new SoldHours(new HourWindow(HourSlot.OfIndex(soldFrom + i), HourSlot.OfIndex(soldFrom + end)), sold[i]);
                i = end;
            }
        }
    }

    /// <summary>Offers it, for the first time or again: what was sold before stays sold.</summary>
    public void Take(AskTerms terms, Instant activatedAt, long priority, int market)
    {
        (Terms, ActivatedAt, Priority, Market, IsOpen) = (terms, activatedAt, priority, market, true);
        (FloorMicros, IsFlat) = (terms.Price.Lowest.MicrosPerGpuHour, terms.Price.IsFlat);
        (From, To) = (terms.Window.From.Index, terms.Window.To.Index);
        (GpuCount, MinimumHours) = (terms.GpuCount, terms.MinimumHours);
        FreeHours = To - From;
        for (var hour = From; Sold is not null && hour < To; hour++)
        {
            if (FreeIn(hour) == 0) FreeHours--;
        }
    }

    /// <summary>Adds sold GPUs (or takes them back, where negative) to some hours, and keeps count of what is free.</summary>
    public void Change(int from, int hours, int gpuCount, HourTotals? totals)
    {
        if (Sold is null || from < SoldFrom || from + hours > SoldFrom + Sold.Length) Cover(from, hours);
        for (var hour = from; hour < from + hours; hour++)
        {
            var before = FreeIn(hour);
            Sold![hour - SoldFrom] += gpuCount;
            InvariantException.Require(Sold[hour - SoldFrom] >= 0, "More hours of a listing were given back than were sold.");
            var after = FreeIn(hour);
            if (after == before) continue;
            totals?.Add(hour, after - before);
            if ((before > 0) != (after > 0)) FreeHours += after > 0 ? 1 : -1;
        }
    }

    // Around the window, so that a listing has one array as long as its window stays.
    private void Cover(int from, int hours)
    {
        var first = Math.Min(Sold is null ? From : SoldFrom, Math.Min(From, from));
        var end = Math.Max(Sold is null ? To : SoldFrom + Sold.Length, Math.Max(To, from + hours));
        var wider = new int[end - first];
        Sold?.CopyTo(wider, SoldFrom - first);
        (Sold, SoldFrom) = (wider, first);
    }
}
