using Marketplace.Trading.Book;
using Marketplace.Trading.ReadMarket.Depth;

namespace Marketplace.Trading.Tests.ReadMarket;

/// <summary>Depth, use and demand counted anew from all that a book holds, hour by hour: what the projection has to come to.</summary>
internal static class SlowDepth
{
    public static SortedDictionary<Cell, long> CellsOf(BookSnapshot book)
    {
        var cells = new SortedDictionary<Cell, long>();
        foreach (var ask in book.Asks.Where(ask => ask.IsOpen))
        {
            foreach (var hour in ask.Terms.Window.Slots()) Add(new Cell(hour, DepthSide.Ask, ask.Terms.Price.At(hour)), FreeIn(ask, hour));
        }

        foreach (var bid in book.Bids.Where(bid => bid.Terms.PriceBasis == PriceBasis.GpuHour))
        {
            foreach (var hour in HoursOf(bid)) Add(new Cell(hour, DepthSide.Bid, bid.Terms.Limit), bid.Terms.GpuCount - bid.FilledGpuCount);
        }

        return cells;

        void Add(Cell cell, long gpus)
        {
            if (gpus > 0 && cell.Hour >= HourSlot.Containing(book.At)) cells[cell] = cells.GetValueOrDefault(cell) + gpus;
        }
    }

    public static HourUse UseIn(BookSnapshot book, HourSlot hour)
    {
        var machines = book.Asks.Where(ask => ask.Terms.ResoldLease is null).ToList();
        var sold = machines.Sum(ask => SoldIn(ask, hour));
        return new HourUse(hour, sold + machines.Where(ask => ask.IsOpen).Sum(ask => FreeIn(ask, hour)), sold);
    }

    public static UnfilledDemand DemandOf(BookSnapshot book)
    {
        long GpuHours(Func<BidState, bool> which) => book.Bids.Where(which).Sum(bid => (long)(bid.Terms.GpuCount - bid.FilledGpuCount) * bid.Terms.Hours);
        return new UnfilledDemand(
            book.Bids.Count,
            GpuHours(bid => bid.Terms.PriceBasis == PriceBasis.GpuHour && HoursOf(bid).Any()),
            GpuHours(bid => bid.Terms.PriceBasis == PriceBasis.GpuHour && !HoursOf(bid).Any()),
            GpuHours(bid => bid.Terms.PriceBasis == PriceBasis.ProvenPflopHour));
    }

    private static IEnumerable<HourSlot> HoursOf(BidState bid) =>
        bid.Terms.FlexibleHours is not { } hours ? bid.Terms.Window.Slots()
        : bid.Start is { } start ? HourWindow.Starting(start, hours).Slots()
        : [];

    private static long FreeIn(AskState ask, HourSlot hour) => ask.Terms.Window.Contains(hour) ? Math.Max(0, ask.Terms.GpuCount - SoldIn(ask, hour)) : 0;

    private static long SoldIn(AskState ask, HourSlot hour) => ask.Sold.Where(sold => sold.Window.Contains(hour)).Sum(sold => (long)sold.GpuCount);
}

/// <summary>One price of one side in one hour.</summary>
internal readonly record struct Cell(HourSlot Hour, DepthSide Side, UnitPrice Price) : IComparable<Cell>
{
    public int CompareTo(Cell other) => (Hour, new DepthPrice(Side, Price)).CompareTo((other.Hour, new DepthPrice(other.Side, other.Price)));
}
