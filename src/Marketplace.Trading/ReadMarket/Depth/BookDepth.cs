using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Trading.ReadMarket.Depth;

/// <summary>
/// What the public sees of a book: free and wanted GPUs by hour and price, made of the book's events and nothing else. It holds no
/// trades, and of orders only what it needs to take them out again. Hours that are over leave it. Not thread-safe.
/// </summary>
internal sealed class BookDepth
{
    private readonly Dictionary<ListingId, DepthAsk> asks = [];
    private readonly Dictionary<BidId, DepthBid> bids = [];
    private readonly DepthLevels levels = new();
    private readonly HourCurve free = new();
    private readonly HourCurve sold = new();
    private readonly long[] wantedGpuHours = new long[Enum.GetValues<DemandKind>().Length];

    /// <summary>The number of the last event.</summary>
    public long Sequence { get; private set; }

    /// <summary>The book's time.</summary>
    public Instant At { get; private set; } = Instant.FromUnixTimeSeconds(0);

    /// <summary>Whether the book takes cancellations only.</summary>
    public bool IsHalted { get; private set; }

    /// <summary>Listings offered that have hours to come, sold out or not.</summary>
    public int OpenListings => asks.Values.Count(ask => ask.IsOpen && ask.Terms.Window.To > levels.From);

    /// <summary>Bids that wait.</summary>
    public int RestingBids => bids.Count;

    /// <summary>All depth, by side, price and hour.</summary>
    public IEnumerable<DepthRun> Runs => levels.Runs;

    /// <summary>The depth as a snapshot of the book left it.</summary>
    public static BookDepth Of(BookSnapshot snapshot)
    {
        var depth = new BookDepth { Sequence = snapshot.Sequence, IsHalted = snapshot.IsHalted };
        depth.MoveTo(snapshot.At);
        foreach (var saved in snapshot.Asks)
        {
            var ask = new DepthAsk(saved.Terms);
            foreach (var (window, gpuCount) in saved.Sold) depth.Sell(ask, window, gpuCount);
            if (!saved.IsOpen) ask.Close();
            depth.asks.Add(saved.Terms.ListingId, ask);
            depth.Show(ask, ask.Terms.Window, +1);
        }

        foreach (var saved in snapshot.Bids) depth.Enter(saved.BidId, DepthBid.Of(saved.Terms, saved.Start, saved.FilledGpuCount));
        depth.TakeChanges();
        return depth;
    }

    /// <summary>Follows the book by a batch.</summary>
    public void Fold(BookBatch batch)
    {
        InvariantException.Require(batch.FirstSequence == Sequence + 1, $"The depth at {Sequence} was given events from {batch.FirstSequence}.");
        MoveTo(batch.At);
        foreach (var @event in batch.Events) Fold(@event);
        Sequence = batch.LastSequence;
    }

    /// <summary>What changed since this was last asked, by side, price and hour.</summary>
    public List<DepthRun> TakeChanges() => levels.TakeChanges();

    /// <summary>Depth in each hour of a window.</summary>
    public List<HourDepth> In(HourWindow window) => levels.In(window);

    /// <summary>GPUs sold and free in each hour of a window, without resales: their hours are sold once already.</summary>
    public List<HourUse> UseIn(HourWindow window) => [.. window.Slots().Select(hour => new HourUse(hour, sold[hour] + free[hour], sold[hour]))];

    /// <summary>What waiting bids want.</summary>
    public UnfilledDemand Demand => new(
        bids.Count, wantedGpuHours[(int)DemandKind.AtHours], wantedGpuHours[(int)DemandKind.Flexible], wantedGpuHours[(int)DemandKind.PerPflopHour]);

    private void Fold(BookEvent @event)
    {
        switch (@event)
        {
            case AskOpened e: Open(e.Ask); break;
            case AskClosed e: Close(e.ListingId); break;
            case BidEntered e: Enter(e.BidId, DepthBid.Of(e.Terms, null, 0)); break;
            case BidTraded e: Trade(e); break;
            case BidReplaced e: Replace(e); break;
            case BidEnded e: Leave(e.BidId); break;
            case HoursGivenBack e: GiveBack(e); break;
            case BookHalted: IsHalted = true; break;
            case BookResumed: IsHalted = false; break;
            case PriceBandSet: break;
            default: throw new InvariantException($"The depth does not know the event {@event.GetType().Name}.");
        }
    }

    private void MoveTo(Instant at)
    {
        At = at;
        var hour = HourSlot.Containing(at);
        if (hour <= levels.From) return;
        levels.ForgetBefore(hour);
        free.ForgetBefore(hour);
        sold.ForgetBefore(hour);
        foreach (var (id, ask) in asks)
        {
            ask.Sold.ForgetBefore(hour);
            if (ask.IsOver(hour)) asks.Remove(id);
        }
    }

    private void Open(AskTerms terms)
    {
        if (asks.TryGetValue(terms.ListingId, out var ask))
        {
            Show(ask, ask.Terms.Window, -1);
            ask.Open(terms);
        }
        else
        {
            asks.Add(terms.ListingId, ask = new DepthAsk(terms));
        }

        Show(ask, terms.Window, +1);
    }

    private void Close(ListingId id)
    {
        if (!asks.TryGetValue(id, out var ask)) return;
        Show(ask, ask.Terms.Window, -1);
        ask.Close();
        if (ask.IsOver(levels.From)) asks.Remove(id);
    }

    private void Trade(BidTraded trade)
    {
        Resell(asks[trade.ListingId], trade.Window, trade.GpuCount);
        var bid = bids[trade.BidId];
        Leave(trade.BidId);
        if (trade.OpenGpuCount > 0) Enter(trade.BidId, bid.After(trade));
    }

    private void GiveBack(HoursGivenBack given) => Resell(asks[given.ListingId], given.Window, -given.GpuCount);

    private void Resell(DepthAsk ask, HourWindow window, int gpuCount)
    {
        Show(ask, window, -1);
        Sell(ask, window, gpuCount);
        Show(ask, window, +1);
    }

    private void Sell(DepthAsk ask, HourWindow window, int gpuCount)
    {
        var from = window.From > levels.From ? window.From : levels.From;
        ask.Sold.Add(from, window.To, gpuCount);
        if (!ask.IsResale) sold.Add(from, window.To, gpuCount);
    }

    // Whatever happens to an ask: what it shows is taken away, it changes, and what it shows then is added.
    private void Show(DepthAsk ask, HourWindow window, int sign)
    {
        var from = window.From > levels.From ? window.From : levels.From;
        foreach (var (price, begin, end, gpuCount) in ask.FreeWithin(from, window.To))
        {
            levels.Add(new DepthPrice(DepthSide.Ask, price), begin, end, sign * gpuCount);
            if (!ask.IsResale) free.Add(begin, end, sign * gpuCount);
        }
    }

    private void Replace(BidReplaced replaced)
    {
        var bid = bids[replaced.BidId];
        Leave(replaced.BidId);
        HourSlot? settled = bid.From == default ? null : bid.From;
        Enter(replaced.BidId, DepthBid.Of(replaced.Terms, settled, replaced.FilledGpuCount));
    }

    private void Enter(BidId id, DepthBid bid)
    {
        bids.Add(id, bid);
        Show(bid, +1);
    }

    private void Leave(BidId id)
    {
        InvariantException.Require(bids.Remove(id, out var bid), $"{id} left a book that it was not in.");
        Show(bid, -1);
    }

    private void Show(DepthBid bid, int sign)
    {
        wantedGpuHours[(int)bid.Kind] += sign * bid.GpuHours;
        if (bid.Kind == DemandKind.AtHours) levels.Add(new DepthPrice(DepthSide.Bid, bid.Limit), bid.From, bid.To, sign * bid.OpenGpuCount);
    }
}
