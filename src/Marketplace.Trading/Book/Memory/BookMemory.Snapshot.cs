using NodaTime;

namespace Marketplace.Trading.Book.Memory;

internal sealed partial class BookMemory
{
    private static readonly Duration ClosingsKept = Duration.FromDays(7);

    /// <summary>The state, without what can never matter again.</summary>
    public BookSnapshot ToSnapshot()
    {
        var kept = AsksToKeep();
        return new BookSnapshot(
            Sequence,
            At,
            [.. kept.OrderBy(ask => Asks[ask].Priority).Select(ask => ToState(Asks[ask], Hour))],
            [.. Closings().Where(closing => IsRecent(closing.At)).OrderBy(closing => closing.ListingId)],
            [.. bidById.Values.OrderBy(bid => Bids[bid].Priority).Select(ToState)],
            [.. Blocks.All.Where(block => block.To > Hour).Select(ToState)],
            IsHalted,
            BandRatio,
            [
                .. markets.OrderBy(market => market.Currency.Code).SelectMany(market => market.Reference.Trades.Select(
                    trades => new HourTrades(market.Currency, HourSlot.OfIndex(trades.Hour), trades.Volume, trades.Turnover))),
            ]);
    }

    public static BookMemory Of(BookKey key, BookSnapshot snapshot)
    {
        var memory = new BookMemory(key) { Sequence = snapshot.Sequence, At = snapshot.At, Hour = HourSlot.Containing(snapshot.At).Index, IsHalted = snapshot.IsHalted, BandRatio = snapshot.BandRatio };
        foreach (var saved in snapshot.Asks) memory.Restore(saved);
        foreach (var (id, at) in snapshot.Closings)
        {
            if (memory.FindAsk(id) is var ask && ask >= 0) memory.Asks[ask].ClosedAt = at;
            else memory.closings.Add(id, at);
        }

        foreach (var saved in snapshot.Bids) memory.Restore(saved);
        foreach (var saved in snapshot.Blocks) memory.Restore(saved);
        foreach (var trades in snapshot.References)
        {
            memory.markets[memory.MarketOf(trades.Currency)].Reference.Add(trades.Hour.Index, trades.TurnoverMicros, trades.GpuHours);
        }

        return memory;
    }

    /// <summary>Lets go of what can never matter again: what a snapshot leaves out.</summary>
    public void Forget()
    {
        Blocks.ForgetBefore(Hour);
        foreach (var id in closings.Where(closing => !IsRecent(closing.Value)).Select(closing => closing.Key).ToArray()) closings.Remove(id);
        var kept = AsksToKeep();
        foreach (var (id, index) in askById.Where(ask => !kept.Contains(ask.Value)).ToArray())
        {
            askById.Remove(id);
            if (Asks[index].ClosedAt is { } at && IsRecent(at)) closings.Add(Asks[index].Terms.ListingId, at);
            Asks[index] = default;
            Asks.Free(index);
        }
    }

    private IEnumerable<Closing> Closings()
    {
        foreach (var (id, at) in closings) yield return new Closing(id, at);
        foreach (var index in askById.Values)
        {
            if (Asks[index].ClosedAt is { } at) yield return new Closing(Asks[index].Terms.ListingId, at);
        }
    }

    // Those that may sell, that have sold hours to come, or that a bid has to buy the rest from.
    private HashSet<int> AsksToKeep() =>
    [
        .. askById.Values.Where(ask => Asks[ask].IsOpen),
        .. Blocks.All.Where(block => block.To > Hour).Select(block => block.Ask),
        .. bidById.Values.Select(bid => Bids[bid].BoundAsk).Where(ask => ask != BidSlot.None),
    ];

    private static AskState ToState(AskSlot ask, int fromHour) =>
        new(ask.Terms, ask.ActivatedAt, ask.Priority, ask.IsOpen, [.. ask.SoldFromOn(fromHour)]);

    private bool IsRecent(Instant closedAt) => closedAt > At - ClosingsKept;

    private BidState ToState(int index)
    {
        var bid = Bids[index];
        HourSlot? start = bid.Terms.FlexibleHours is null || bid.Start == BidSlot.None ? null : HourSlot.OfIndex(bid.Start);
        ListingId? boundTo = bid.BoundAsk == BidSlot.None ? null : Asks[bid.BoundAsk].Terms.ListingId;
        OrganisationId? boundProvider = bid.BoundProvider.IsUnset ? null : bid.BoundProvider;
        return new BidState(bid.Id, bid.Buyer, bid.Terms, bid.Priority, bid.Filled, start, boundTo, boundProvider);
    }

    private BlockState ToState(SoldBlocks.Block block) =>
        new(Blocks.IdOf(block), Asks[block.Ask].Terms.ListingId, block.GpuCount, block.Window, [.. Blocks.GivenBackOf(block)]);

    private void Restore(AskState saved)
    {
        var index = Asks.Add();
        askById.Add(saved.Terms.ListingId.Ulid, index);
        ref var ask = ref Asks[index];
        ask = default;
        ask.Take(saved.Terms, saved.ActivatedAt, saved.Priority, MarketOf(saved.Terms.Price.Currency));
        foreach (var sold in saved.Sold) ask.Change(sold.Window.From.Index, sold.Window.Hours, sold.GpuCount, null);
        ask.IsOpen = saved.IsOpen;
        if (!ask.IsOpen) return;
        OpenAsks++;
        var market = markets[ask.Market];
        market.Free.AddFree(ask, 1);
        if (ask.FreeHours > 0) market.Asks.Insert(index, ask.FloorMicros, ask.Priority);
    }

    private void Restore(BidState saved)
    {
        var index = AddBid(saved.BidId, saved.Buyer, saved.Terms, saved.Priority);
        ref var bid = ref Bids[index];
        bid.Filled = saved.FilledGpuCount;
        bid.Open -= saved.FilledGpuCount;
        if (saved.Start is { } start) bid.Start = start.Index;
        if (saved.BoundTo is { } listing) bid.BoundAsk = FindAsk(listing);
        if (saved.BoundProvider is { } provider) bid.BoundProvider = provider;
        unqueuedBid = index;
        QueueBid();
    }

    private void Restore(BlockState saved)
    {
        var sequence = TradeNumber.SequenceOf(saved.TradeId);
        Blocks.Add(sequence, TradeNumber.TimeOf(saved.TradeId), FindAsk(saved.ListingId), saved.GpuCount, saved.Window.From.Index, saved.Window.Hours);
        foreach (var window in saved.GivenBack) Blocks.GiveBack(Blocks.Find(saved.TradeId)!.Value, window);
    }
}
