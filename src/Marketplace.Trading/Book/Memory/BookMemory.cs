using NodaTime;

namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// A book's state: what its events add up to. Every method that changes it is one event, whether it is decided now or read back, so
/// that deciding and replaying can not differ. Asks and bids are slots of arrays and named by their index; -1 is none.
/// </summary>
internal sealed partial class BookMemory
{
    private readonly QueuePlaces askPlaces = new();
    private readonly QueuePlaces bidPlaces = new();
    private readonly List<CurrencyMarket> markets = [];
    private readonly Dictionary<ListingId, int> askById = [];
    private readonly Dictionary<BidId, int> bidById = [];
    private readonly Dictionary<ListingId, Instant> closings = [];
    private readonly ExpiryQueue expiries;

    /// <summary>A bid that just came in, or lost its place: it is queued when its command is over, unless it is filled or ended by then.</summary>
    private int unqueuedBid = BidSlot.None;

    /// <summary>An ask that just came in: it is queued when something looks for it there.</summary>
    private int unqueuedAsk = BidSlot.None;

    public BookMemory(BookKey key)
    {
        Blocks = new SoldBlocks(new TradeNumber(key));
        expiries = new ExpiryQueue(Bids);
    }

    public Slab<AskSlot> Asks { get; } = new();

    public Slab<BidSlot> Bids { get; } = new();

    public SoldBlocks Blocks { get; }

    /// <summary>The number of the last event.</summary>
    public long Sequence { get; private set; }

    /// <summary>The book's time, which never goes back.</summary>
    public Instant At { get; private set; } = Instant.FromUnixTimeSeconds(0);

    public bool IsHalted { get; private set; }

    /// <summary>How far from the reference price a limit may be; null for any.</summary>
    public decimal? BandRatio { get; private set; } = PriceBand.DefaultRatio;

    public int WaitingBids => bidById.Count + (unqueuedBid >= 0 ? 1 : 0);

    public int OpenAsks { get; private set; }

    public int FindAsk(ListingId id) => askById.GetValueOrDefault(id, BidSlot.None);

    public int FindBid(BidId id) =>
        unqueuedBid >= 0 && Bids[unqueuedBid].Id == id ? unqueuedBid : bidById.GetValueOrDefault(id, BidSlot.None);

    /// <summary>When a listing was last closed; null if never.</summary>
    public Instant? FindClosing(ListingId id) => closings.TryGetValue(id, out var at) ? at : null;

    public int MarketOf(Currency currency)
    {
        for (var i = 0; i < markets.Count; i++)
        {
            if (markets[i].Currency == currency) return i;
        }

        markets.Add(new CurrencyMarket(currency, askPlaces, bidPlaces));
        return markets.Count - 1;
    }

    public IReadOnlyList<CurrencyMarket> Markets => markets;

    /// <summary>The next waiting bid whose time has come, or -1.</summary>
    public int NextExpired(Instant now) => expiries.Next(now);

    /// <summary>Before a command: slots that earlier ones freed may be used again.</summary>
    public void Begin()
    {
        Asks.Recycle();
        Bids.Recycle();
    }

    /// <summary>Between events of different orders: queues what came in and stayed.</summary>
    public void Settle()
    {
        if (unqueuedBid >= 0) QueueBid();
        if (unqueuedAsk >= 0) QueueAsk();
    }

    /// <summary>Queues the ask that just came in, if it has anything free.</summary>
    public void QueueAsk()
    {
        if (unqueuedAsk < 0) return;
        ref var ask = ref Asks[unqueuedAsk];
        if (ask.IsOpen && ask.FreeHours > 0) markets[ask.Market].Asks.Insert(unqueuedAsk, ask.FloorMicros, ask.Priority);
        unqueuedAsk = BidSlot.None;
    }

    public void Halt(Instant at)
    {
        Count(at);
        IsHalted = true;
    }

    public void Resume(Instant at)
    {
        Count(at);
        IsHalted = false;
    }

    public void SetBand(decimal? ratio, Instant at)
    {
        Count(at);
        BandRatio = ratio;
    }

    private void Count(Instant at)
    {
        Sequence++;
        At = at;
    }
}
