using NodaTime;

namespace Marketplace.Trading.Book.Memory;

internal sealed partial class BookMemory
{
    private const long NanosecondsPerHour = 3_600_000_000_000;

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
        if (!keepsPriority)
        {
            RemoveFromQueue(index);
            bids[index].Place.Priority = Sequence;
            unqueuedBid = index;
        }

        Take(ref bids[index], ref bidDetails[index], terms);
        if (keepsPriority) expiries.Add(index);
    }

    /// <summary>A bid bought GPUs of an ask. What the first execution settles holds for the rest.</summary>
    public void Trade(int bidIndex, int askIndex, int gpuCount, int from, long micros, Instant at)
    {
        Count(at);
        ref var bid = ref bids[bidIndex];
        ref var ask = ref asks[askIndex];
        InvariantException.Require(bid.BuyerTag != ask.ProviderTag || !IsOwn(bidIndex, askIndex), "An organisation bought from itself.");
        InvariantException.Require(gpuCount >= 1 && gpuCount <= bid.Open, "A bid was filled beyond its GPUs.");
        InvariantException.Require(ask.IsOpen && gpuCount <= FreeIn(askIndex, from, bid.Hours), "More GPUs of a listing were sold than are free.");
        Sell(askIndex, ref ask, from, bid.Hours, gpuCount);
        if (ask.IsResale) askDetails[askIndex].Trades++;
        Blocks.Add(Sequence, AtMilliseconds, askIndex, gpuCount, from, bid.Hours);
        markets[bid.Market].Reference.Add(Hour, micros, (long)gpuCount * bid.Hours);
        bid.Filled += gpuCount;
        bid.Open -= gpuCount;
        if (bid.Open == 0) RemoveBid(bidIndex);
        else if (bid.Placement != Placement.Any || bid.Start != from) Bind(bidIndex, askIndex, from);
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
        bids[index].IsUsed = false;
        bids.Free(index);
    }

    /// <summary>Whether an ask is of the bid's own organisation.</summary>
    public bool IsOwn(int bid, int ask) => bids[bid].BuyerTag == asks[ask].ProviderTag && bidDetails[bid].Buyer == askDetails[ask].Terms.Provider;

    /// <summary>How a bid ends that has waited for too long.</summary>
    public BidEnding EndingByTime(int index) =>
        bidDetails[index].Terms.ExpiresAt < LastStart(index).Start ? BidEnding.DateReached : BidEnding.WindowStarted;

    /// <summary>The last hour that the bid's hours may begin with.</summary>
    public HourSlot LastStart(int index) =>
        bids[index].Start == BidSlot.None ? bidDetails[index].Terms.LastStart : HourSlot.OfIndex(bids[index].Start);

    private int AddBid(BidId id, OrganisationId buyer, BidTerms terms, long priority)
    {
        var index = bids.Add();
        if (index == bidDetails.Top) bidDetails.Add();
        ref var bid = ref bids[index];
        bid = default;
        bid.Place.Priority = priority;
        (bid.Market, bid.BuyerTag, bid.IsUsed) = ((byte)MarketOf(terms.Limit.Currency), TagOf(buyer), true);
        bid.Start = terms.FlexibleHours is null ? terms.Window.From.Index : BidSlot.None;
        bid.Id = id.Ulid;
        ref var details = ref bidDetails[index];
        (details.Buyer, details.BoundProvider, details.BoundAsk) = (buyer, default, BidSlot.None);
        Take(ref bid, ref details, terms);
        return index;
    }

    private static void Take(ref BidSlot bid, ref BidDetails details, BidTerms terms)
    {
        details.Terms = terms;
        (bid.LimitMicros, bid.Hours, bid.Open, bid.Minimum) = (terms.Limit.MicrosPerGpuHour, terms.Hours, terms.GpuCount - bid.Filled, terms.MinimumGpuCount);
        (bid.IsAllOrNone, bid.IsPerPflop) = (terms.FillRule == FillRule.AllOrNone, terms.PriceBasis == PriceBasis.ProvenPflopHour);
        bid.Placement = terms.Placement;
        bid.Averages = bid.IsAllOrNone && terms.Placement != Placement.SameMachine;
        bid.IsPicky |= terms.Requirements != BidRequirements.None;
        LimitRest(ref bid, terms);
    }

    private static void LimitRest(ref BidSlot bid, BidTerms terms)
    {
        var lastStart = bid.Start == BidSlot.None ? terms.LastStart : HourSlot.OfIndex(bid.Start);
        bid.RestsUntil = terms.ExpiresAt is { } date && date < lastStart.Start ? NanosecondsOf(date) : lastStart.Index * NanosecondsPerHour;
    }

    // The hours of a flexible bid, once they are known.
    private void SettleHours(int index, int start)
    {
        ref var bid = ref bids[index];
        bid.Start = start;
        LimitRest(ref bid, bidDetails[index].Terms);
    }

    private void Bind(int bidIndex, int askIndex, int from)
    {
        ref var bid = ref bids[bidIndex];
        ref var details = ref bidDetails[bidIndex];
        if (bid.Placement == Placement.SameMachine) details.BoundAsk = askIndex;
        if (bid.Placement == Placement.SameProvider) details.BoundProvider = askDetails[askIndex].Terms.Provider;
        bid.IsPicky |= bid.Placement != Placement.Any;
        if (bid.Start == from) return;
        SettleHours(bidIndex, from);
        if (bidIndex != unqueuedBid) expiries.Add(bidIndex);
    }

    private void QueueBid()
    {
        var index = unqueuedBid;
        unqueuedBid = BidSlot.None;
        ref var bid = ref bids[index];
        bidById.Add(index, bid.Id);
        var market = markets[bid.Market];
        (bid.IsPerPflop ? market.PflopBids : market.Bids).Insert(index, bid.LimitMicros);
        if (bid.Averages) market.AveragingBids++;
        expiries.Add(index);
    }

    private void RemoveBid(int index)
    {
        bids[index].IsUsed = false;
        if (index == unqueuedBid) unqueuedBid = BidSlot.None;
        else RemoveFromQueue(index);
        bids.Free(index);
    }

    private void RemoveFromQueue(int index)
    {
        ref var bid = ref bids[index];
        bidById.Remove(bid.Id);
        var market = markets[bid.Market];
        (bid.IsPerPflop ? market.PflopBids : market.Bids).Remove(index);
        if (bid.Averages) market.AveragingBids--;
    }
}
