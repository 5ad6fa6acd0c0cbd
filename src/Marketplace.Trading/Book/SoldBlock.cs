namespace Marketplace.Trading.Book;

/// <summary>A trade, for as long as hours of it can be given back.</summary>
internal sealed class SoldBlock(TradeId tradeId, ListingId listingId, int gpuCount, HourWindow window)
{
    private readonly List<HourWindow> givenBack = [];

    public TradeId TradeId => tradeId;

    public ListingId ListingId => listingId;

    public int GpuCount => gpuCount;

    public HourWindow Window => window;

    public IReadOnlyList<HourWindow> GivenBack => givenBack;

    /// <summary>The stretches of a window that were not given back yet, in order.</summary>
    public IEnumerable<HourWindow> StillSold(HourWindow within)
    {
        var from = within.From;
        for (var hour = within.From; hour <= within.To; hour += 1)
        {
            var sold = hour < within.To && !givenBack.Exists(w => w.Contains(hour));
            if (sold) continue;
            if (hour > from) yield return new HourWindow(from, hour);
            from = hour + 1;
        }
    }

    public void GiveBack(HourWindow hours) => givenBack.Add(hours);
}
