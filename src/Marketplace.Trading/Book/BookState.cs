using NodaTime;

namespace Marketplace.Trading.Book;

/// <summary>What a book's events add up to. Only <see cref="Fold"/> changes it.</summary>
internal sealed class BookState
{
    private static readonly Duration ClosingsKept = Duration.FromDays(7);
    private readonly Dictionary<ListingId, Ask> asks = [];
    private readonly Dictionary<ListingId, Instant> closings = [];
    private readonly SortedSet<Ask> openAsks = new(AskPriority.Order);
    private readonly Dictionary<BidId, RestingBid> bids = [];
    private readonly SortedSet<RestingBid> bidsByPriority = new(BidPriority.Order);
    private readonly SortedSet<RestingBid> bidsByExpiry = new(ExpiryOrder.Order);
    private readonly Dictionary<TradeId, SoldBlock> blocks = [];

    public long Sequence { get; private set; }

    public Instant At { get; private set; } = Instant.FromUnixTimeSeconds(0);

    /// <summary>Open asks by currency, price and age.</summary>
    public IReadOnlyCollection<Ask> OpenAsks => openAsks;

    /// <summary>Bids by currency, limit and age.</summary>
    public IReadOnlyCollection<RestingBid> Bids => bidsByPriority;

    /// <summary>Bids, the first to expire first.</summary>
    public IEnumerable<RestingBid> BidsByExpiry => bidsByExpiry;

    public Ask? FindAsk(ListingId id) => asks.GetValueOrDefault(id);

    /// <summary>When a listing was last closed; null if never.</summary>
    public Instant? FindClosing(ListingId id) => closings.TryGetValue(id, out var at) ? at : null;

    public RestingBid? FindBid(BidId id) => bids.GetValueOrDefault(id);

    public SoldBlock? FindBlock(TradeId id) => blocks.GetValueOrDefault(id);

    public void Fold(BookEvent @event, Instant at)
    {
        Sequence++;
        At = at;
        switch (@event)
        {
            case AskOpened opened: Open(opened); break;
            case AskClosed closed: Close(closed); break;
            case BidEntered entered: Add(new RestingBid(entered.BidId, entered.Buyer, entered.Terms, Sequence)); break;
            case BidTraded traded: Trade(traded); break;
            case BidEnded ended: Remove(bids[ended.BidId]); break;
            case HoursGivenBack given: GiveBack(given); break;
            default: throw new InvariantException($"A book does not know the event {@event.GetType().Name}.");
        }
    }

    public BookSnapshot ToSnapshot()
    {
        var hour = HourSlot.Containing(At);
        return new BookSnapshot(
            Sequence,
            At,
            [.. asks.Values.OrderBy(ask => ask.Priority).Select(ask => ToState(ask, hour)).Where(ask => ask.IsOpen || ask.Sold.Count > 0)],
            [.. closings.Where(c => c.Value > At - ClosingsKept).OrderBy(c => c.Key).Select(c => new Closing(c.Key, c.Value))],
            [.. bids.Values.OrderBy(bid => bid.Priority).Select(b => new BidState(b.BidId, b.Buyer, b.Terms, b.Priority, b.FilledGpuCount, b.BoundTo))],
            [
                .. blocks.Values.Where(block => block.Window.To > hour).OrderBy(block => block.TradeId)
                    .Select(b => new BlockState(b.TradeId, b.ListingId, b.GpuCount, b.Window, [.. b.GivenBack])),
            ]);
    }

    public static BookState Of(BookSnapshot snapshot)
    {
        var state = new BookState { Sequence = snapshot.Sequence, At = snapshot.At };
        foreach (var saved in snapshot.Asks)
        {
            var ask = new Ask(saved.Terms, saved.ActivatedAt, saved.Priority);
            ask.Restore(saved.IsOpen, saved.Sold.Select(sold => KeyValuePair.Create(sold.Hour.Index, sold.GpuCount)));
            state.asks.Add(saved.Terms.ListingId, ask);
            if (ask.IsOpen) state.openAsks.Add(ask);
        }

        foreach (var saved in snapshot.Closings) state.closings.Add(saved.ListingId, saved.At);
        foreach (var saved in snapshot.Bids)
        {
            var bid = new RestingBid(saved.BidId, saved.Buyer, saved.Terms, saved.Priority);
            bid.Restore(saved.FilledGpuCount, saved.BoundTo);
            state.Add(bid);
        }

        foreach (var saved in snapshot.Blocks)
        {
            var block = new SoldBlock(saved.TradeId, saved.ListingId, saved.GpuCount, saved.Window);
            foreach (var hours in saved.GivenBack) block.GiveBack(hours);
            state.blocks.Add(saved.TradeId, block);
        }

        return state;
    }

    private static AskState ToState(Ask ask, HourSlot from) => new(
        ask.Terms,
        ask.ActivatedAt,
        ask.Priority,
        ask.IsOpen,
        [.. ask.SoldByHour.Where(pair => pair.Key >= from.Index).Select(pair => new SoldHour(HourSlot.OfIndex(pair.Key), pair.Value))]);

    private void Open(AskOpened opened)
    {
        var terms = opened.Ask;
        if (asks.TryGetValue(terms.ListingId, out var ask))
        {
            openAsks.Remove(ask);
            ask.Reopen(terms, opened.ActivatedAt, Sequence);
        }
        else
        {
            asks.Add(terms.ListingId, ask = new Ask(terms, opened.ActivatedAt, Sequence));
        }

        openAsks.Add(ask);
    }

    private void Close(AskClosed closed)
    {
        closings[closed.ListingId] = closed.ClosedAt;
        if (!asks.TryGetValue(closed.ListingId, out var ask)) return;
        openAsks.Remove(ask);
        ask.Close();
    }

    private void Trade(BidTraded traded)
    {
        InvariantException.Require(traded.Buyer != traded.Provider, $"{traded.Buyer} bought from itself in {traded.TradeId}.");
        var bid = bids[traded.BidId];
        asks[traded.ListingId].Sell(traded.GpuCount, traded.Window);
        bid.Fill(traded.ListingId, traded.GpuCount);
        blocks.Add(traded.TradeId, new SoldBlock(traded.TradeId, traded.ListingId, traded.GpuCount, traded.Window));
        if (bid.OpenGpuCount == 0) Remove(bid);
    }

    private void GiveBack(HoursGivenBack given)
    {
        blocks[given.TradeId].GiveBack(given.Window);
        asks[given.ListingId].GiveBack(given.GpuCount, given.Window);
    }

    private void Add(RestingBid bid)
    {
        bids.Add(bid.BidId, bid);
        bidsByPriority.Add(bid);
        bidsByExpiry.Add(bid);
    }

    private void Remove(RestingBid bid)
    {
        bids.Remove(bid.BidId);
        bidsByPriority.Remove(bid);
        bidsByExpiry.Remove(bid);
    }
}
