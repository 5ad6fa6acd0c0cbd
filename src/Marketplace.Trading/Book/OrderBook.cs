using Marketplace.Trading.Book.Matching;
using Marketplace.Trading.Book.Memory;
using NodaTime;

namespace Marketplace.Trading.Book;

/// <summary>
/// One order book in memory: decides what a command brings about, by the rules in the module's README, and folds it. No I/O, no clock
/// of its own. Not thread-safe.
/// </summary>
public sealed partial class OrderBook
{
    /// <summary>The most bids that one command lets expire; the rest goes with the next.</summary>
    public const int MaxExpiriesPerCommand = 2_000;

    /// <summary>After so many events no further waiting bid is tried: what a command brings has to fit a commit.</summary>
    public const int MostEventsBeforeABid = 1_000;

    private readonly BookMemory memory;
    private readonly Matcher matcher;
    private readonly TradeNumber numbers;
    private BookChange[] changes = new BookChange[256];
    private int changeCount;

    // When the last command came, and what that is to the book, whose time never goes back.
    private Instant asked;
    private Instant now;
    private long nanoseconds;
    private int hour;
    private bool mayBeOverdue;

    /// <summary>An empty book.</summary>
    public OrderBook(BookKey key) : this(key, new BookMemory(key)) { }

    private OrderBook(BookKey key, BookMemory memory) =>
        (Key, this.memory, matcher, numbers) = (key, memory, new Matcher(memory), new TradeNumber(key));

    /// <summary>Which book it is.</summary>
    public BookKey Key { get; }

    /// <summary>The number of the last event; 0 in an empty book.</summary>
    public long Sequence => memory.Sequence;

    /// <summary>Whether it takes cancellations only.</summary>
    public bool IsHalted => memory.IsHalted;

    /// <summary>What goes on where the last command had to stop; null if it did not.</summary>
    public TryBids? Unfinished { get; private set; }

    /// <summary>Listings that are offered, sold out or not.</summary>
    public int OpenAsks => memory.OpenAsks;

    /// <summary>Bids that wait.</summary>
    public int WaitingBids => memory.WaitingBids;

    internal BookMemory Memory => memory;

    /// <summary>A book as a snapshot left it.</summary>
    public static OrderBook Of(BookKey key, BookSnapshot snapshot) => new(key, BookMemory.Of(key, snapshot));

    /// <summary>The state, without what can never matter again.</summary>
    public BookSnapshot ToSnapshot() => memory.ToSnapshot();

    /// <summary>Lets go of what can never matter again, as a snapshot does: trades and closed listings whose hours are over.</summary>
    public void Forget() => memory.Forget();

    /// <summary>
    /// Decides and folds. The state is ahead of the store until the batch is committed: if that fails, the book must be dropped.
    /// </summary>
    /// <param name="command">What to do.</param>
    /// <param name="now">When; an instant before the book's time counts as the book's time.</param>
    public BookBatch Apply(BookCommand command, Instant now)
    {
        var first = memory.Sequence + 1;
        var decided = Decide(command, now);
        var events = new BookEvent[decided.Length];
        for (var i = 0; i < decided.Length; i++) events[i] = ToEvent(decided[i], first + i);
        return new BookBatch(first, this.now, events);
    }

    /// <summary>Decides and folds, and tells it in the engine's own words, which stand until the next command.</summary>
    internal ReadOnlySpan<BookChange> Decide(BookCommand command, Instant at)
    {
        Begin(at);
        Expire();
        switch (command)
        {
            case EnterBid enter: Enter(enter); break;
            case OpenAsk open: Open(open.Ask, open.ActivatedAt); break;
            case WithdrawBid withdraw: Withdraw(withdraw.BidId); break;
            case CloseAsk close: Close(close.ListingId, close.ClosedAt, close.ResoldLease); break;
            case ReplaceBid replace: Replace(replace); break;
            case GiveBack giveBack: TakeBack(giveBack); break;
            case OpenResale resale: Open(resale); break;
            case TryBids { ListingId: { } listing }: TryBidsOn(memory.FindAsk(listing)); break;
            case TryBids: TryAllBids(); break;
            case HaltBook: Halt(); break;
            case ResumeBook: Resume(); break;
            case SetPriceBand band: SetBand(band.Ratio); break;
            case ExpireBids: break;
            default: throw new InvariantException($"A book does not know the command {command.GetType().Name}.");
        }

        memory.Settle();
        return changes.AsSpan(0, changeCount);
    }

    private void Begin(Instant at)
    {
        if (at != asked || memory.At > now) MoveTo(at);
        changeCount = 0;
        Unfinished = null;
        memory.Begin();
    }

    private void MoveTo(Instant at)
    {
        asked = at;
        now = Instant.Max(at, memory.At);
        (nanoseconds, hour) = (BookMemory.NanosecondsOf(now), HourSlot.Containing(now).Index);
    }

    private void Expire()
    {
        while (changeCount < MaxExpiriesPerCommand && memory.NextExpired(nanoseconds) is var bid && bid >= 0) End(bid, memory.EndingByTime(bid));
        mayBeOverdue = changeCount == MaxExpiriesPerCommand;
    }

    // Every command begins with letting go whose time has come, so that few ever have to be looked at again.
    private bool IsOverdue(int bid) => mayBeOverdue && memory.Bid(bid).RestsUntil <= nanoseconds;

    private void Withdraw(BidId id)
    {
        if (memory.FindBid(id) is var bid && bid >= 0) End(bid, BidEnding.Cancelled);
    }

    private void Halt()
    {
        if (memory.IsHalted) return;
        memory.Halt(now);
        Tell(new BookHalted());
    }

    private void Resume()
    {
        if (!memory.IsHalted) return;
        memory.Resume(now);
        Tell(new BookResumed());
        TryAllBids();
    }

    private void SetBand(decimal? ratio)
    {
        InvariantException.Require(ratio is null or > 1, "A price band has a ratio above 1.");
        if (ratio == memory.BandRatio) return;
        memory.SetBand(ratio, now);
        Tell(new PriceBandSet(ratio));
    }

    private void End(int bid, BidEnding ending)
    {
        memory.EndBid(bid, now);
        ref var change = ref NextChange();
        (change.Kind, change.Bid, change.Ending, change.Filled) = (ChangeKind.BidEnded, bid, ending, memory.Bid(bid).Filled);
    }

    private void Tell(BookEvent @event)
    {
        ref var change = ref NextChange();
        (change.Kind, change.Event) = (ChangeKind.Other, @event);
    }

    private ref BookChange NextChange()
    {
        if (changeCount == changes.Length) Array.Resize(ref changes, changeCount * 2);
        return ref changes[changeCount++];
    }
}
