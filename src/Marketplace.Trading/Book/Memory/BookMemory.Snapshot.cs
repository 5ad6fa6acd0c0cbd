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
            [.. kept.OrderBy(ask => asks[ask].Place.Priority).Select(ToAskState)],
            [.. Closings().Where(closing => IsRecent(closing.At)).OrderBy(closing => closing.ListingId)],
            [.. Waiting().OrderBy(bid => bids[bid].Place.Priority).Select(ToBidState)],
            [.. Blocks.All.Where(block => block.To > Hour).Select(ToBlockState)],
            IsHalted,
            BandRatio,
            [
                .. markets.OrderBy(market => market.Currency.Code).SelectMany(market => market.Reference.Trades.Select(
                    trades => new HourTrades(market.Currency, HourSlot.OfIndex(trades.Hour), trades.Volume, trades.Turnover))),
            ]);
    }

    public static BookMemory Of(BookKey key, BookSnapshot snapshot)
    {
        var memory = new BookMemory(key) { Sequence = snapshot.Sequence, IsHalted = snapshot.IsHalted };
        memory.SetTime(snapshot.At);
        memory.SetBandRatio(snapshot.BandRatio);
        foreach (var saved in snapshot.Asks) memory.Restore(saved);
        foreach (var (id, at) in snapshot.Closings)
        {
            if (memory.FindAsk(id) is var ask && ask >= 0) memory.askDetails[ask].ClosedAt = at;
            else memory.closings.Add(id, at);
        }

        foreach (var saved in snapshot.Bids) memory.Restore(saved);
        foreach (var saved in snapshot.Blocks) memory.Restore(saved);
        foreach (var trades in snapshot.References)
        {
            memory.markets[memory.MarketOf(trades.Currency)].Reference.Add(trades.Hour.Index, (UInt128)trades.TurnoverMicros, trades.GpuHours);
        }

        return memory;
    }

    /// <summary>Lets go of what can never matter again: what a snapshot leaves out.</summary>
    public void Forget()
    {
        Blocks.ForgetBefore(Hour);
        foreach (var id in closings.Where(closing => !IsRecent(closing.Value)).Select(closing => closing.Key).ToArray()) closings.Remove(id);
        var kept = AsksToKeep();
        foreach (var index in KnownAsks().Where(ask => !kept.Contains(ask)).ToArray())
        {
            askById.Remove(asks[index].Id);
            if (askDetails[index].ClosedAt is { } at && IsRecent(at)) closings.Add(askDetails[index].Terms.ListingId, at);
            askDetails[index] = new AskDetails();
            asks[index] = default;
            asks.Free(index);
        }
    }

    private IEnumerable<Closing> Closings()
    {
        foreach (var (id, at) in closings) yield return new Closing(id, at);
        foreach (var index in KnownAsks())
        {
            if (askDetails[index].ClosedAt is { } at) yield return new Closing(askDetails[index].Terms.ListingId, at);
        }
    }

    // Those that may sell, that have sold hours to come, or that a bid has to buy the rest from.
    private HashSet<int> AsksToKeep() =>
    [
        .. KnownAsks().Where(ask => asks[ask].IsOpen),
        .. Blocks.All.Where(block => block.To > Hour).Select(block => block.Ask),
        .. Waiting().Select(bid => bidDetails[bid].BoundAsk).Where(ask => ask != BidSlot.None),
    ];

    private IEnumerable<int> KnownAsks() => Enumerable.Range(0, asks.Top).Where(ask => asks[ask].Id != default);

    private IEnumerable<int> Waiting() => Enumerable.Range(0, bids.Top).Where(bid => bids[bid].IsUsed);

    private AskState ToAskState(int index)
    {
        ref var details = ref askDetails[index];
        return new AskState(details.Terms, details.ActivatedAt, asks[index].Place.Priority, asks[index].IsOpen, [.. SoldFrom(index, Hour)], details.Trades);
    }

    private bool IsRecent(Instant closedAt) => closedAt > At - ClosingsKept;

    private BidState ToBidState(int index)
    {
        ref var bid = ref bids[index];
        ref var details = ref bidDetails[index];
        HourSlot? start = details.Terms.FlexibleHours is null || bid.Start == BidSlot.None ? null : HourSlot.OfIndex(bid.Start);
        ListingId? boundTo = details.BoundAsk == BidSlot.None ? null : askDetails[details.BoundAsk].Terms.ListingId;
        OrganisationId? boundProvider = details.BoundProvider.IsUnset ? null : details.BoundProvider;
        return new BidState(BidId.From(bid.Id), details.Buyer, details.Terms, bid.Place.Priority, bid.Filled, start, boundTo, boundProvider);
    }

    private BlockState ToBlockState(SoldBlocks.Block block) =>
        new(Blocks.IdOf(block), askDetails[block.Ask].Terms.ListingId, block.GpuCount, block.Window, [.. Blocks.GivenBackOf(block)]);

    private void Restore(AskState saved)
    {
        var index = AddAsk(saved.Terms.ListingId);
        Take(index, saved.Terms, saved.ActivatedAt, saved.Priority);
        (asks[index].IsOpen, askDetails[index].Trades) = (false, saved.Trades);
        foreach (var sold in saved.Sold) Sell(index, ref asks[index], sold.Window.From.Index, sold.Window.Hours, sold.GpuCount);
        if (!saved.IsOpen) return;
        asks[index].IsOpen = true;
        CountOpen(index, 1);
        unqueuedAsk = index;
        QueueAsk();
    }

    private void Restore(BidState saved)
    {
        var index = AddBid(saved.BidId, saved.Buyer, saved.Terms, saved.Priority);
        ref var bid = ref bids[index];
        ref var details = ref bidDetails[index];
        bid.Filled = saved.FilledGpuCount;
        bid.Open -= saved.FilledGpuCount;
        if (saved.Start is { } start) SettleHours(index, start.Index);
        if (saved.BoundTo is { } listing) details.BoundAsk = FindAsk(listing);
        if (saved.BoundProvider is { } provider) details.BoundProvider = provider;
        bid.IsPicky |= saved.BoundTo is not null || saved.BoundProvider is not null;
        unqueuedBid = index;
        QueueBid();
    }

    private void Restore(BlockState saved)
    {
        var sequence = TradeNumber.SequenceOf(saved.TradeId);
        Blocks.Add(sequence, TradeNumber.TimeOf(saved.TradeId).ToUnixTimeMilliseconds(), FindAsk(saved.ListingId), saved.GpuCount, saved.Window.From.Index, saved.Window.Hours);
        foreach (var window in saved.GivenBack) Blocks.GiveBack(Blocks.Find(saved.TradeId)!.Value, window);
    }
}
