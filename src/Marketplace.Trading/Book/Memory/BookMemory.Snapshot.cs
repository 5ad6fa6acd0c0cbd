using NodaTime;

namespace Marketplace.Trading.Book.Memory;

internal sealed partial class BookMemory
{
    private static readonly Duration ClosingsKept = Duration.FromDays(7);

    /// <summary>The state, without what can never matter again.</summary>
    public BookSnapshot ToSnapshot()
    {
        var hour = HourSlot.Containing(At).Index;
        var kept = AsksToKeep(hour);
        return new BookSnapshot(
            Sequence,
            At,
            [.. kept.OrderBy(ask => Asks[ask].Priority).Select(ask => ToState(Asks[ask], hour))],
            [.. closings.Where(IsRecent).OrderBy(c => c.Key).Select(c => new Closing(c.Key, c.Value))],
            [.. bidById.Values.OrderBy(bid => Bids[bid].Priority).Select(ToState)],
            [.. Blocks.All.Where(block => block.To > hour).Select(ToState)],
            IsHalted,
            BandRatio,
            [
                .. markets.OrderBy(market => market.Currency.Code).SelectMany(market => market.Reference.Trades.Select(
                    trades => new HourTrades(market.Currency, HourSlot.OfIndex(trades.Hour), trades.Volume, trades.Turnover))),
            ]);
    }

    public static BookMemory Of(BookKey key, BookSnapshot snapshot)
    {
        var memory = new BookMemory(key) { Sequence = snapshot.Sequence, At = snapshot.At, IsHalted = snapshot.IsHalted, BandRatio = snapshot.BandRatio };
        foreach (var saved in snapshot.Asks) memory.Restore(saved);
        foreach (var saved in snapshot.Closings) memory.closings.Add(saved.ListingId, saved.At);
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
        var hour = HourSlot.Containing(At).Index;
        Blocks.ForgetBefore(hour);
        foreach (var id in closings.Where(closing => !IsRecent(closing)).Select(closing => closing.Key).ToArray()) closings.Remove(id);
        var kept = AsksToKeep(hour);
        foreach (var (id, index) in askById.Where(ask => !kept.Contains(ask.Value)).ToArray())
        {
            askById.Remove(id);
            Asks[index] = default;
            Asks.Free(index);
        }
    }

    // Those that may sell, that have sold hours to come, or that a bid has to buy the rest from.
    private HashSet<int> AsksToKeep(int hour) =>
    [
        .. askById.Values.Where(ask => Asks[ask].IsOpen),
        .. Blocks.All.Where(block => block.To > hour).Select(block => block.Ask),
        .. bidById.Values.Select(bid => Bids[bid].BoundAsk).Where(ask => ask != BidSlot.None),
    ];

    private static AskState ToState(AskSlot ask, int fromHour) =>
        new(ask.Terms, ask.ActivatedAt, ask.Priority, ask.IsOpen, [.. ask.SoldFromOn(fromHour)], ask.Trades);

    private bool IsRecent(KeyValuePair<ListingId, Instant> closing) => closing.Value > At - ClosingsKept;

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
        askById.Add(saved.Terms.ListingId, index);
        ref var ask = ref Asks[index];
        ask = default;
        ask.Take(saved.Terms, saved.ActivatedAt, saved.Priority, MarketOf(saved.Terms.Price.Currency));
        foreach (var sold in saved.Sold) ask.Change(sold.Window.From.Index, sold.Window.Hours, sold.GpuCount, null);
        (ask.IsOpen, ask.Trades) = (saved.IsOpen, saved.Trades);
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
