using NodaTime;

namespace Marketplace.Trading.Book;

/// <summary>
/// One order book in memory: decides what a command brings about, and folds it. No I/O, no clock of its own. Not thread-safe.
/// </summary>
public sealed class OrderBook
{
    /// <summary>The most bids that one command lets expire; the rest goes with the next.</summary>
    public const int MaxExpiriesPerCommand = 2_000;

    /// <summary>After so many events no further waiting bid is tried: what a command brings has to fit a commit.</summary>
    public const int MostEventsBeforeABid = 1_000;

    private readonly BookState state;
    private readonly TradeNumber numbers;
    private readonly List<BookEvent> events = [];
    private Instant now;

    /// <summary>An empty book.</summary>
    public OrderBook(BookKey key) : this(key, new BookState()) { }

    private OrderBook(BookKey key, BookState state) => (Key, this.state, numbers) = (key, state, new TradeNumber(key));

    /// <summary>Which book it is.</summary>
    public BookKey Key { get; }

    /// <summary>The number of the last event; 0 in an empty book.</summary>
    public long Sequence => state.Sequence;

    /// <summary>The listing on which the last command could not try all waiting bids; null for none. <see cref="TryBids"/> goes on.</summary>
    public ListingId? Unfinished { get; private set; }

    internal BookState State => state;

    /// <summary>A book as a snapshot left it.</summary>
    public static OrderBook Of(BookKey key, BookSnapshot snapshot) => new(key, BookState.Of(snapshot));

    /// <summary>The state, without what can never matter again.</summary>
    public BookSnapshot ToSnapshot() => state.ToSnapshot();

    /// <summary>
    /// Decides and folds. The state is ahead of the store until the batch is committed: if that fails, the book must be dropped.
    /// </summary>
    /// <param name="command">What to do.</param>
    /// <param name="now">When; an instant before the book's time counts as the book's time.</param>
    public BookBatch Apply(BookCommand command, Instant now)
    {
        this.now = Instant.Max(now, state.At);
        events.Clear();
        Unfinished = null;
        var first = state.Sequence + 1;
        Expire();
        switch (command)
        {
            case OpenAsk open: Decide(open); break;
            case CloseAsk close: Close(close.ListingId, close.ClosedAt); break;
            case EnterBid enter: Decide(enter); break;
            case WithdrawBid withdraw: End(state.FindBid(withdraw.BidId), BidEnding.Cancelled); break;
            case GiveBack giveBack: Decide(giveBack); break;
            case TryBids { ListingId: { } listing }: TryBidsOn(state.FindAsk(listing)); break;
            case ExpireBids: break;
            default: throw new InvariantException($"A book does not know the command {command.GetType().Name}.");
        }

        return new BookBatch(first, this.now, [.. events]);
    }

    /// <summary>Folds what was decided before.</summary>
    public void Apply(BookBatch batch)
    {
        InvariantException.Require(batch.FirstSequence == state.Sequence + 1, $"{Key} at {state.Sequence} was given events from {batch.FirstSequence}.");
        foreach (var @event in batch.Events) state.Fold(@event, batch.At);
    }

    // The registry's messages may arrive in another order than they were sent in, so that what counts is when things happened there.
    private void Decide(OpenAsk command)
    {
        var (terms, activatedAt) = command;
        var known = state.FindAsk(terms.ListingId);
        if (activatedAt < state.FindClosing(terms.ListingId) || activatedAt < known?.ActivatedAt) return;
        if (known is { IsOpen: true } && known.Terms == terms) return;
        Emit(new AskOpened(terms, activatedAt));
        TryBidsOn(state.FindAsk(terms.ListingId));
    }

    private void Close(ListingId id, Instant closedAt)
    {
        var isOpen = state.FindAsk(id) is { IsOpen: true };
        var isLate = isOpen ? state.FindAsk(id)!.ActivatedAt > closedAt : state.FindClosing(id) >= closedAt;
        if (!isLate) Emit(new AskClosed(id, closedAt));
    }

    private void Decide(EnterBid enter)
    {
        if (state.FindBid(enter.BidId) is not null) return;
        Emit(new BidEntered(enter.BidId, enter.Buyer, enter.Terms));
        var bid = state.FindBid(enter.BidId)!;
        if (enter.Terms.Window.From < HourSlot.Containing(now))
        {
            End(bid, BidEnding.WindowStarted);
            return;
        }

        if (enter.Terms.ExpiresAt <= now)
        {
            End(bid, BidEnding.DateReached);
            return;
        }

        var match = Match.Find(bid, OpenAsks(bid.Terms.Limit.Currency), arriving: null);
        Execute(bid, match);
        if (bid.OpenGpuCount == 0) return;
        if (match.MeetsItself) End(bid, BidEnding.SelfTrade);
        else if (!bid.Terms.MayRest) End(bid, BidEnding.NotFilledAtOnce);
        else if (bid.Terms.RestsUntil <= now) End(bid, EndingOf(bid));
    }

    private void Decide(GiveBack command)
    {
        if (command.StopOffering) Close(command.ListingId, now);
        // Hours that are over cannot be sold again, and their trades may be forgotten by now.
        var from = command.Window.From > HourSlot.Containing(now) ? command.Window.From : HourSlot.Containing(now);
        if (from >= command.Window.To) return;
        var block = state.FindBlock(command.TradeId);
        InvariantException.Require(block is not null, $"Hours of {command.TradeId}, which {Key} does not know, were given back.");
        InvariantException.Require(
            block.ListingId == command.ListingId && block.GpuCount == command.GpuCount && block.Window.Contains(command.Window),
            $"More was given back of {command.TradeId} than it bought.");
        var stillSold = block.StillSold(new HourWindow(from, command.Window.To)).ToArray();
        foreach (var hours in stillSold) Emit(new HoursGivenBack(block.TradeId, block.ListingId, block.GpuCount, hours));
        if (stillSold.Length > 0) TryBidsOn(state.FindAsk(block.ListingId));
    }

    // Without this ask no resting bid could execute, or it would have done so before: so only bids that it suits are tried.
    private void TryBidsOn(Ask? ask)
    {
        if (ask is not { IsOpen: true }) return;
        foreach (var bid in state.Bids.Where(bid => ask.Terms.Suits(bid.Terms)).ToArray())
        {
            if (bid.Terms.RestsUntil <= now || ask.FreeIn(bid.Terms.Window) == 0) continue;
            if (events.Count >= MostEventsBeforeABid)
            {
                Unfinished = ask.Terms.ListingId;
                return;
            }

            Execute(bid, Match.Find(bid, OpenAsks(bid.Terms.Limit.Currency), ask));
        }
    }

    private void Execute(RestingBid bid, Match match)
    {
        if (match.Fills.Count == 0) return;
        CheckLimit(bid, match.Fills);
        foreach (var (ask, gpuCount, price) in match.Fills)
        {
            var terms = ask.Terms;
            var id = numbers.Of(now, state.Sequence + 1);
            Emit(new BidTraded(
                id, bid.BidId, bid.Buyer, terms.ListingId, terms.Provider, terms.MachineId, gpuCount, bid.Terms.Window, price, terms.Proven,
                bid.FilledGpuCount + gpuCount, bid.OpenGpuCount - gpuCount));
        }
    }

    private static void CheckLimit(RestingBid bid, IReadOnlyList<Fill> fills)
    {
        Int128 cost = 0;
        var bought = 0;
        foreach (var (ask, gpuCount, price) in fills)
        {
            InvariantException.Require(price >= ask.Terms.Price.Lowest, $"{ask.Terms.ListingId} was about to sell below its price to {bid.BidId}.");
            cost += (Int128)price.MicrosPerGpuHour * gpuCount;
            bought += gpuCount;
        }

        InvariantException.Require(
            cost <= (Int128)bid.Terms.Limit.MicrosPerGpuHour * bought, $"{bid.BidId} was about to pay more than its limit of {bid.Terms.Limit}.");
        InvariantException.Require(bought >= bid.LeastGpuCount, $"{bid.BidId} was about to buy {bought} GPUs, fewer than it takes.");
    }

    private void Expire()
    {
        foreach (var bid in state.BidsByExpiry.TakeWhile(bid => bid.Terms.RestsUntil <= now).Take(MaxExpiriesPerCommand).ToArray()) End(bid, EndingOf(bid));
    }

    private void End(RestingBid? bid, BidEnding ending)
    {
        if (bid is not null) Emit(new BidEnded(bid.BidId, bid.Buyer, ending, bid.FilledGpuCount));
    }

    private static BidEnding EndingOf(RestingBid bid) =>
        bid.Terms.ExpiresAt is { } date && date < bid.Terms.Window.Start ? BidEnding.DateReached : BidEnding.WindowStarted;

    private IEnumerable<Ask> OpenAsks(Currency currency) => state.OpenAsks.Where(ask => ask.Terms.Price.Currency == currency);

    private void Emit(BookEvent @event)
    {
        state.Fold(@event, now);
        events.Add(@event);
    }
}
