using NodaTime;

namespace Marketplace.Trading.Book.Memory;

internal sealed partial class BookMemory
{
    /// <summary>A bid came into the book. It waits from now on, unless it is filled or ended before its command is over.</summary>
    public int EnterBid(BidId id, OrganisationId buyer, BidTerms terms, Instant at)
    {
        Settle();
        Count(at);
        var index = AddBid(id, buyer, terms, Sequence);
        unqueuedBid = index;
        return index;
    }

    /// <summary>A waiting bid has other terms; it loses its place if it is not to keep it.</summary>
    public void ReplaceBid(int index, BidTerms terms, bool keepsPriority, Instant at)
    {
        Settle();
        Count(at);
        ref var bid = ref Bids[index];
        if (keepsPriority)
        {
            bid.Take(terms);
            expiries.Add(index);
            return;
        }

        RemoveFromQueue(index);
        bid.Take(terms);
        bid.Priority = Sequence;
        unqueuedBid = index;
    }

    /// <summary>A bid bought GPUs of an ask. What the first execution settles holds for the rest.</summary>
    public void Trade(int bidIndex, int askIndex, int gpuCount, int from, long micros, Instant at)
    {
        Count(at);
        ref var bid = ref Bids[bidIndex];
        ref var ask = ref Asks[askIndex];
        InvariantException.Require(bid.Buyer != ask.Terms.Provider, "An organisation bought from itself.");
        InvariantException.Require(gpuCount >= 1 && gpuCount <= bid.Open, "A bid was filled beyond its GPUs.");
        InvariantException.Require(ask.IsOpen && gpuCount <= ask.FreeIn(from, bid.Hours), "More GPUs of a listing were sold than are free.");
        Change(askIndex, from, bid.Hours, gpuCount);
        ask.Trades++;
        Blocks.Add(Sequence, at, askIndex, gpuCount, from, bid.Hours);
        markets[bid.Market].Reference.Add(HourSlot.Containing(at).Index, micros, (long)gpuCount * bid.Hours);
        bid.Filled += gpuCount;
        bid.Open -= gpuCount;
        if (bid.Open == 0) RemoveBid(bidIndex);
        else Bind(bidIndex, askIndex, from);
    }

    /// <summary>A bid left the book before it was filled.</summary>
    public void EndBid(int index, Instant at)
    {
        Count(at);
        RemoveBid(index);
    }

    /// <summary>A bid to search with that is in no queue. Not an event.</summary>
    public int AddProbe(BidTerms terms, OrganisationId buyer) => AddBid(default, buyer, terms, 0);

    /// <summary>Takes a probe out.</summary>
    public void RemoveProbe(int index)
    {
        Bids[index].IsUsed = false;
        Bids.Free(index);
    }

    private int AddBid(BidId id, OrganisationId buyer, BidTerms terms, long priority)
    {
        var index = Bids.Add();
        Bids[index] = new BidSlot
        {
            Id = id,
            Buyer = buyer,
            Priority = priority,
            Market = MarketOf(terms.Limit.Currency),
            Start = terms.FlexibleHours is null ? terms.Window.From.Index : BidSlot.None,
            BoundAsk = BidSlot.None,
            IsUsed = true,
        };
        Bids[index].Take(terms);
        return index;
    }

    private void Bind(int bidIndex, int askIndex, int from)
    {
        ref var bid = ref Bids[bidIndex];
        if (bid.Terms.Placement == Placement.SameMachine) bid.BoundAsk = askIndex;
        if (bid.Terms.Placement == Placement.SameProvider) bid.BoundProvider = Asks[askIndex].Terms.Provider;
        if (bid.Start == from) return;
        bid.Start = from;
        if (bidIndex != unqueuedBid) expiries.Add(bidIndex);
    }

    private void QueueBid()
    {
        var index = unqueuedBid;
        unqueuedBid = BidSlot.None;
        ref var bid = ref Bids[index];
        bidById.Add(bid.Id, index);
        var market = markets[bid.Market];
        (bid.IsPerPflop ? market.PflopBids : market.Bids).Insert(index, bid.LimitMicros, bid.Priority);
        if (bid.Averages) market.AveragingBids++;
        expiries.Add(index);
        expiries.CompactIfLarge(bidById.Count);
    }

    private void RemoveBid(int index)
    {
        if (index == unqueuedBid) unqueuedBid = BidSlot.None;
        else RemoveFromQueue(index);
        Bids[index].IsUsed = false;
        Bids.Free(index);
    }

    private void RemoveFromQueue(int index)
    {
        ref var bid = ref Bids[index];
        bidById.Remove(bid.Id);
        var market = markets[bid.Market];
        (bid.IsPerPflop ? market.PflopBids : market.Bids).Remove(index);
        if (bid.Averages) market.AveragingBids--;
    }
}
