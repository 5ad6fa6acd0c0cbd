using NodaTime;

namespace Marketplace.Trading.Book.Memory;

internal sealed partial class BookMemory
{
    /// <summary>GPUs free in every one of some hours; 0 where one is not offered.</summary>
    public int FreeIn(int index, int from, int hours)
    {
        ref var ask = ref asks[index];
        if (from < ask.From || from + hours > ask.To) return 0;
        return Math.Max(0, ask.GpuCount - (ask.HasCalendar ? askDetails[index].Calendar!.Most(from, hours) : ask.Sold));
    }

    /// <summary>The block price of some hours.</summary>
    public long BlockMicros(int index, int from, int hours) =>
        asks[index].IsFlat ? asks[index].FloorMicros : askDetails[index].Terms.Price.MicrosOver(HourSlot.OfIndex(from), hours);

    /// <summary>A listing is offered, for the first time or again. Hours of it that were sold before stay sold.</summary>
    /// <param name="index">Its slot, or -1 for the first time.</param>
    /// <param name="terms">What it offers.</param>
    /// <param name="activatedAt">Since when.</param>
    /// <param name="at">The book's time.</param>
    public int OpenAsk(int index, AskTerms terms, Instant activatedAt, Instant at)
    {
        Settle();
        Count(at);
        if (index < 0) index = AddAsk(terms.ListingId);
        else if (asks[index].IsOpen) TakeOut(index);
        Take(index, terms, activatedAt, Sequence);
        CountOpen(index, 1);
        unqueuedAsk = index;
        return index;
    }

    /// <summary>A listing is no longer offered, nor will it be by an activation from before.</summary>
    public void CloseAsk(ListingId id, Instant closedAt, Instant at)
    {
        Settle();
        Count(at);
        if (FindAsk(id) is var index && index < 0)
        {
            closings[id] = closedAt;
            return;
        }

        askDetails[index].ClosedAt = closedAt;
        if (asks[index].IsOpen) TakeOut(index);
    }

    /// <summary>Hours of a trade are free again.</summary>
    public void GiveBack(TradeId trade, int gpuCount, HourWindow window, Instant at)
    {
        Settle();
        Count(at);
        var block = Blocks.Find(trade) ?? throw new InvariantException($"Hours of {trade} were given back, which the book does not know.");
        Blocks.GiveBack(block, window);
        Sell(block.Ask, ref asks[block.Ask], window.From.Index, window.Hours, -gpuCount);
    }

    private int AddAsk(ListingId id)
    {
        var index = asks.Add();
        if (index == askDetails.Top) askDetails.Add();
        ref var details = ref askDetails[index];
        asks[index] = new AskSlot { Id = id.Ulid };
        details = new AskDetails();
        askById.Add(index, id.Ulid);
        if (closings.Count > 0 && closings.Remove(id, out var closedAt)) details.ClosedAt = closedAt;
        return index;
    }

    private void Take(int index, AskTerms terms, Instant activatedAt, long priority)
    {
        ref var ask = ref asks[index];
        ref var details = ref askDetails[index];
        var (from, to) = (terms.Window.From.Index, terms.Window.To.Index);

        // Hours of another window may have been sold before: the one number for all hours does not say of which.
        if (ask.Sold > 0 && !ask.HasCalendar && (ask.From != from || ask.To != to)) MakeCalendar(index);
        (details.Terms, details.ActivatedAt) = (terms, activatedAt);
        (ask.IsOpen, ask.Place.Priority, ask.Market) = (true, priority, (byte)MarketOf(terms.Price.Currency));
        ask.IsResale = terms.ResoldLease is not null;
        (ask.FloorMicros, ask.IsFlat, ask.ProviderTag) = (terms.Price.Lowest.MicrosPerGpuHour, terms.Price.IsFlat, TagOf(terms.Provider));
        (ask.From, ask.To, ask.GpuCount, ask.MinimumHours) = (from, to, terms.GpuCount, (short)terms.MinimumHours);
        ask.FreeHours = ask.HasCalendar ? CountFreeHours(index) : ask.Sold < ask.GpuCount ? to - from : 0;
    }

    private int CountFreeHours(int index)
    {
        var free = 0;
        for (var hour = asks[index].From; hour < asks[index].To; hour++)
        {
            if (FreeIn(index, hour, 1) > 0) free++;
        }

        return free;
    }

    private void MakeCalendar(int index)
    {
        ref var ask = ref asks[index];
        var calendar = new HourCalendar();
        calendar.Cover(ask.From, ask.To - ask.From);
        for (var hour = ask.From; ask.Sold > 0 && hour < ask.To; hour++) calendar.Add(hour, ask.Sold);
        askDetails[index].Calendar = calendar;
        ask.HasCalendar = true;
    }

    private void TakeOut(int index)
    {
        ref var ask = ref asks[index];
        CountOpen(index, -1);
        if (ask.Place.IsQueued) markets[ask.Market].Asks.Remove(index);
        if (unqueuedAsk == index) unqueuedAsk = BidSlot.None;
        ask.IsOpen = false;
    }

    private void CountOpen(int index, int sign)
    {
        OpenAsks += sign;
        ref var ask = ref asks[index];
        var market = markets[ask.Market];
        if (!ask.IsFlat) market.AsksByHour += sign;
        AddFree(index, ref ask, market.Free.Of(ask.From, ask.To - ask.From), sign);
    }

    /// <summary>Adds what an ask has free to the totals, or takes it out where the sign is negative.</summary>
    private void AddFree(int index, ref AskSlot ask, Span<long> totals, int sign)
    {
        if (!ask.HasCalendar)
        {
            var free = sign * Math.Max(0, ask.GpuCount - ask.Sold);
            foreach (ref var total in totals) total += free;
            return;
        }

        for (var i = 0; i < totals.Length; i++) totals[i] += sign * FreeIn(index, ask.From + i, 1);
    }

    /// <summary>Sells GPUs in some hours, or takes them back where negative. An ask with nothing free is not in its queue.</summary>
    private void Sell(int index, ref AskSlot ask, int from, int hours, int gpuCount)
    {
        var isWhole = from == ask.From && from + hours == ask.To;
        if (!ask.HasCalendar && !isWhole) MakeCalendar(index);
        if (ask.HasCalendar) SellByHour(index, from, hours, gpuCount);
        else SellWhole(ref ask, gpuCount);

        if (!ask.IsOpen || index == unqueuedAsk) return;
        var asksInOrder = markets[ask.Market].Asks;
        if (ask.Place.IsQueued && ask.FreeHours == 0) asksInOrder.Remove(index);
        else if (!ask.Place.IsQueued && ask.FreeHours > 0) asksInOrder.Insert(index, ask.FloorMicros);
    }

    private void SellWhole(ref AskSlot ask, int gpuCount)
    {
        var before = Math.Max(0, ask.GpuCount - ask.Sold);
        ask.Sold += gpuCount;
        InvariantException.Require(ask.Sold >= 0, "More hours of a listing were given back than were sold.");
        var after = Math.Max(0, ask.GpuCount - ask.Sold);
        ask.FreeHours = after > 0 ? ask.To - ask.From : 0;
        if (!ask.IsOpen || after == before) return;
        foreach (ref var total in markets[ask.Market].Free.Of(ask.From, ask.To - ask.From)) total += after - before;
    }

    private void SellByHour(int index, int from, int hours, int gpuCount)
    {
        ref var ask = ref asks[index];
        var calendar = askDetails[index].Calendar!;
        calendar.Cover(from, hours);
        for (var hour = from; hour < from + hours; hour++)
        {
            var before = FreeIn(index, hour, 1);
            var sold = calendar.Add(hour, gpuCount);
            InvariantException.Require(sold >= 0, "More hours of a listing were given back than were sold.");
            var after = FreeIn(index, hour, 1);
            if (after == before) continue;
            if (ask.IsOpen) markets[ask.Market].Free.Of(hour, 1)[0] += after - before;
            if ((before > 0) != (after > 0)) ask.FreeHours += after > 0 ? 1 : -1;
        }
    }

    private IEnumerable<SoldHours> SoldFrom(int index, int hour)
    {
        var ask = asks[index];
        if (ask.HasCalendar) return askDetails[index].Calendar!.From(hour);
        var from = Math.Max(hour, ask.From);
        return ask.Sold == 0 || from >= ask.To ? [] : [new SoldHours(new HourWindow(HourSlot.OfIndex(from), HourSlot.OfIndex(ask.To)), ask.Sold)];
    }
}
