using NodaTime;

namespace Marketplace.Trading.Book.Memory;

/// <summary>
/// A book's state: what its events add up to. Every method that changes it is one event, whether it is decided now or read back, so
/// that deciding and replaying can not differ. Asks and bids are slots of arrays and named by their index; -1 is none.
/// </summary>
internal sealed partial class BookMemory
{
    private readonly List<CurrencyMarket> markets = [];
    private readonly Slab<AskSlot> asks = new();
    private readonly Slab<AskDetails> askDetails = new();
    private readonly Slab<BidSlot> bids = new();
    private readonly Slab<BidDetails> bidDetails = new();
    private readonly IdIndex<AskSlot> askById;
    private readonly IdIndex<BidSlot> bidById;

    /// <summary>When listings were closed that are not in the book.</summary>
    private readonly Dictionary<ListingId, Instant> closings = [];
    private readonly ExpiryQueue expiries;

    /// <summary>A bid that just came in, or lost its place: it is queued when its command is over, unless it is filled or ended by then.</summary>
    private int unqueuedBid = BidSlot.None;

    /// <summary>An ask that just came in: it is queued when something looks for it there.</summary>
    private int unqueuedAsk = BidSlot.None;

    public BookMemory(BookKey key)
    {
        Blocks = new SoldBlocks(new TradeNumber(key));
        expiries = new ExpiryQueue(this);
        askById = new IdIndex<AskSlot>(asks);
        bidById = new IdIndex<BidSlot>(bids);
        SetBandRatio(PriceBand.DefaultRatio);
    }

    public SoldBlocks Blocks { get; }

    /// <summary>The number of the last event.</summary>
    public long Sequence { get; private set; }

    /// <summary>The book's time, which never goes back.</summary>
    public Instant At { get; private set; } = Instant.FromUnixTimeSeconds(0);

    /// <summary>The hour of the book's time.</summary>
    public int Hour { get; private set; }

    /// <summary>The book's time in milliseconds since 1970.</summary>
    public long AtMilliseconds { get; private set; }

    public bool IsHalted { get; private set; }

    /// <summary>How far from the reference price a limit may be; null for any.</summary>
    public decimal? BandRatio { get; private set; }

    public bool HasBand => ApproximateBandRatio > 0;

    /// <summary>The ratio nearly; 0 where there is no band.</summary>
    public double ApproximateBandRatio { get; private set; }

    public int WaitingBids => bidById.Count + (unqueuedBid >= 0 ? 1 : 0);

    public int OpenAsks { get; private set; }

    public List<CurrencyMarket> Markets => markets;

    /// <summary>All asks have an index below this, and so have those that are gone.</summary>
    public int AskTop => asks.Top;

    /// <summary>All bids have an index below this, and so have those that are gone.</summary>
    public int BidTop => bids.Top;

    public ref AskSlot Ask(int index) => ref asks[index];

    public ref AskDetails AskDetails(int index) => ref askDetails[index];

    public ref BidSlot Bid(int index) => ref bids[index];

    public ref BidDetails BidDetails(int index) => ref bidDetails[index];

    public int FindAsk(ListingId id) => askById.Find(id.Ulid);

    public int FindBid(BidId id) => unqueuedBid >= 0 && bids[unqueuedBid].Id == id.Ulid ? unqueuedBid : bidById.Find(id.Ulid);

    /// <summary>When a listing was last closed; null if never.</summary>
    /// <param name="known">Its slot, or -1.</param>
    /// <param name="id">Its id.</param>
    public Instant? FindClosing(int known, ListingId id)
    {
        if (known >= 0) return askDetails[known].ClosedAt;
        return closings.Count > 0 && closings.TryGetValue(id, out var at) ? at : null;
    }

    public int MarketOf(Currency currency)
    {
        for (var i = 0; i < markets.Count; i++)
        {
            if (markets[i].Currency == currency) return i;
        }

        markets.Add(new CurrencyMarket(currency, asks, bids));
        return markets.Count - 1;
    }

    /// <summary>The next waiting bid whose time has come, or -1.</summary>
    /// <param name="now">Nanoseconds since 1970.</param>
    public int NextExpired(long now) => expiries.Next(now);

    /// <summary>Before a command: slots that earlier ones freed may be used again.</summary>
    public void Begin()
    {
        asks.Recycle();
        bids.Recycle();
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
        ref var ask = ref asks[unqueuedAsk];
        if (ask.IsOpen && ask.FreeHours > 0) markets[ask.Market].Asks.Insert(unqueuedAsk, ask.FloorMicros);
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
        SetBandRatio(ratio);
    }

    private void SetBandRatio(decimal? ratio) => (BandRatio, ApproximateBandRatio) = (ratio, (double)(ratio ?? 0));

    // Of ids made at random or counted up, the low bits tell the most.
    private static int TagOf(OrganisationId id) => id.GetHashCode();

    /// <summary>An instant up to the year 2262, as one number to compare.</summary>
    public static long NanosecondsOf(Instant instant) => (instant - Instant.FromUnixTimeSeconds(0)).ToInt64Nanoseconds();

    public static Instant InstantOf(long nanoseconds) => Instant.FromUnixTimeSeconds(0) + Duration.FromNanoseconds(nanoseconds);

    private void Count(Instant at)
    {
        Sequence++;
        if (at != At) SetTime(at);
    }

    private void SetTime(Instant at) => (At, Hour, AtMilliseconds) = (at, HourSlot.Containing(at).Index, at.ToUnixTimeMilliseconds());
}
