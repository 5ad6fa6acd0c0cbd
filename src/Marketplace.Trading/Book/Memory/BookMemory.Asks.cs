using NodaTime;

namespace Marketplace.Trading.Book.Memory;

internal sealed partial class BookMemory
{
    /// <summary>A listing is offered, for the first time or again. Hours of it that were sold before stay sold.</summary>
    public int OpenAsk(AskTerms terms, Instant activatedAt, Instant at)
    {
        Settle();
        Count(at);
        if (!askById.TryGetValue(terms.ListingId, out var index))
        {
            askById.Add(terms.ListingId, index = Asks.Add());
            Asks[index] = default;
        }
        else if (Asks[index].IsOpen)
        {
            TakeOut(index);
        }

        ref var ask = ref Asks[index];
        ask.Take(terms, activatedAt, Sequence, MarketOf(terms.Price.Currency));
        OpenAsks++;
        markets[ask.Market].Free.AddFree(ask, 1);
        unqueuedAsk = index;
        return index;
    }

    /// <summary>A listing is no longer offered, nor will it be by an activation from before.</summary>
    public void CloseAsk(ListingId id, Instant closedAt, Instant at)
    {
        Settle();
        Count(at);
        closings[id] = closedAt;
        if (FindAsk(id) is var index && index >= 0 && Asks[index].IsOpen) TakeOut(index);
    }

    /// <summary>Hours of a trade are free again.</summary>
    public void GiveBack(TradeId trade, int gpuCount, HourWindow window, Instant at)
    {
        Settle();
        Count(at);
        var block = Blocks.Find(trade) ?? throw new InvariantException($"Hours of {trade} were given back, which the book does not know.");
        Blocks.GiveBack(block, window);
        Change(block.Ask, window.From.Index, window.Hours, -gpuCount);
    }

    private void TakeOut(int index)
    {
        ref var ask = ref Asks[index];
        markets[ask.Market].Free.AddFree(ask, -1);
        if (askPlaces[index].Level > 0) markets[ask.Market].Asks.Remove(index);
        if (unqueuedAsk == index) unqueuedAsk = BidSlot.None;
        ask.IsOpen = false;
        OpenAsks--;
    }

    /// <summary>Sells GPUs in some hours, or takes them back where negative. An ask with nothing free is not in its queue.</summary>
    private void Change(int index, int from, int hours, int gpuCount)
    {
        ref var ask = ref Asks[index];
        if (!ask.IsOpen)
        {
            ask.Change(from, hours, gpuCount, null);
            return;
        }

        var market = markets[ask.Market];
        ask.Change(from, hours, gpuCount, market.Free);
        if (index == unqueuedAsk) return;
        var isQueued = askPlaces[index].Level > 0;
        if (isQueued && ask.FreeHours == 0) market.Asks.Remove(index);
        else if (!isQueued && ask.FreeHours > 0) market.Asks.Insert(index, ask.FloorMicros, ask.Priority);
    }
}
