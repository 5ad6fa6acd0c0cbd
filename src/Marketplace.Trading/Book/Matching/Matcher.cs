using Marketplace.Trading.Book.Memory;

namespace Marketplace.Trading.Book.Matching;

/// <summary>GPUs of one ask for all the hours that a bid wants.</summary>
internal readonly record struct Fill(int Ask, int GpuCount, long Micros, long LimitMicros);

/// <summary>How a bid looks at asks of its own organisation.</summary>
internal enum OwnAsks
{
    /// <summary>As if they were not there.</summary>
    PassOver,

    /// <summary>One that it would buy from is met.</summary>
    Meet,

    /// <summary>The one that came in is met, others are passed over.</summary>
    MeetArriving,
}

/// <summary>
/// Finds what a bid can buy now, by the rules of matching in the module's README. Changes nothing; the answer stands until the next search.
/// </summary>
internal sealed class Matcher(BookMemory memory)
{
    /// <summary>The most asks of one execution, so that its events fit one commit.</summary>
    public const int MaxFills = 1_000;

    private readonly AskCursor cursor = new(memory);
    private readonly Dictionary<OrganisationId, Offer> offers = [];
    private readonly List<Fill> fills = [];
    private OwnAsks ownAsks;
    private int arriving;
    private int firstOwn;

    /// <summary>What it buys, in the order of execution; empty if it cannot execute.</summary>
    public List<Fill> Fills => fills;

    /// <summary>The first hour of what it buys.</summary>
    public int Start { get; private set; }

    /// <summary>Whether it would buy from its own organisation, after what it buys from others.</summary>
    public bool MeetsItself { get; private set; }

    private int Bought { get; set; }

    private Int128 Saving { get; set; }

    /// <summary>Searches.</summary>
    /// <param name="bid">The bid.</param>
    /// <param name="earliest">The first hour that it may buy, where it is flexible.</param>
    /// <param name="own">What to do with asks of its own organisation.</param>
    /// <param name="arrivingAsk">The ask that came in while the bid waited; -1 when the bid itself comes in.</param>
    public void Find(int bid, int earliest, OwnAsks own, int arrivingAsk)
    {
        (ownAsks, arriving) = (own, arrivingAsk);
        ref var slot = ref memory.Bid(bid);

        // A waiting bid that takes single GPUs would have bought from any other ask before.
        var only = arriving >= 0 && slot.Least == 1 && !slot.IsAllOrNone ? arriving : -1;
        if (slot.Start != BidSlot.None) FindAt(slot.Start, bid, only);
        else FindFlexible(bid, earliest, only);
    }

    private void FindFlexible(int bid, int earliest, int only)
    {
        ref var slot = ref memory.Bid(bid);
        var terms = memory.BidDetails(bid).Terms;
        var (first, last) = (Math.Max(earliest, terms.Window.From.Index), terms.LastStart.Index);
        if (arriving >= 0)
        {
            // Without the ask that came in it could not execute, so that only hours of it matter.
            first = Math.Max(first, memory.Ask(arriving).From);
            last = Math.Min(last, memory.Ask(arriving).To - slot.Hours);
        }

        var (best, bestBought, bestSaving) = (-1, 0, (Int128)0);
        for (var start = first; start <= last; start++)
        {
            FindAt(start, bid, only);
            if (Bought == 0) continue;
            if (best >= 0 && (Bought, Saving).CompareTo((bestBought, bestSaving)) <= 0) continue;
            (best, bestBought, bestSaving) = (start, Bought, Saving);
        }

        if (best >= 0) FindAt(best, bid, only);
        else Clear(first);
    }

    private void FindAt(int start, int bid, int only)
    {
        Clear(start);
        ref var slot = ref memory.Bid(bid);
        if (!memory.Markets[slot.Market].Free.Has(start, slot.Hours, slot.Least)) return;
        cursor.Start(bid, start, only);
        switch (memory.BidDetails(bid).Terms.Placement)
        {
            case Placement.SameMachine: TakeOneMachine(bid); break;
            case Placement.SameProvider: TakeOneProvider(bid, only); break;
            default: TakeBest(bid, default); break;
        }

        Decide(slot);
    }

    private void Clear(int start)
    {
        fills.Clear();
        (Start, MeetsItself, Bought, Saving, firstOwn) = (start, false, 0, 0, -1);
    }

    // Own asks that it may meet are taken as if they were anyone's: so it is known whether it would have bought from them.
    private void TakeBest(int bidIndex, OrganisationId provider)
    {
        ref var bid = ref memory.Bid(bidIndex);
        var open = bid.Open;
        while (open > 0 && fills.Count < MaxFills && cursor.TryNext(out var candidate))
        {
            if (!provider.IsUnset && memory.AskDetails(candidate.Ask).Terms.Provider != provider) continue;
            if (!bid.IsAllOrNone && candidate.Saving < 0) return;
            var free = memory.FreeIn(candidate.Ask, Start, bid.Hours);
            if (free == 0) continue;
            var isOwn = memory.IsOwn(bidIndex, candidate.Ask);
            if (isOwn && IsPassedOver(candidate.Ask)) continue;

            // Later ones save no more than this: the block can not come within its limit any more.
            if (bid.IsAllOrNone && Saving + ((Int128)candidate.Saving * open) < 0) return;
            var take = Math.Min(free, open);
            Take(candidate, take, isOwn);
            open -= take;
        }
    }

    private void TakeOneMachine(int bidIndex)
    {
        ref var bid = ref memory.Bid(bidIndex);
        while (cursor.TryNext(out var candidate))
        {
            if (candidate.Saving < 0) return;
            var free = memory.FreeIn(candidate.Ask, Start, bid.Hours);
            var isOwn = memory.IsOwn(bidIndex, candidate.Ask);
            if (free < bid.Least || (isOwn && IsPassedOver(candidate.Ask))) continue;
            Take(candidate, Math.Min(free, bid.Open), isOwn);
            return;
        }
    }

    // All or none: the provider whose best asks save most in total. Partial: the provider of the best ask among those with the minimum.
    private void TakeOneProvider(int bidIndex, int only)
    {
        ref var bid = ref memory.Bid(bidIndex);
        offers.Clear();
        var rank = 0;
        while (cursor.TryNext(out var candidate))
        {
            if (!bid.IsAllOrNone && candidate.Saving < 0) break;
            var free = memory.FreeIn(candidate.Ask, Start, bid.Hours);
            if (free == 0 || (memory.IsOwn(bidIndex, candidate.Ask) && IsPassedOver(candidate.Ask))) continue;
            var seller = memory.AskDetails(candidate.Ask).Terms.Provider;
            var offer = offers.TryGetValue(seller, out var known) ? known : new Offer(rank++, 0, 0, 0);
            if (offer.Asks == MaxFills) continue;
            var take = Math.Min(free, bid.Open - offer.GpuCount);
            offers[seller] = new Offer(offer.Rank, offer.GpuCount + take, offer.Saving + ((Int128)candidate.Saving * take), offer.Asks + (take > 0 ? 1 : 0));
        }

        var (best, chosen) = (default(OrganisationId), default(Offer));
        foreach (var (provider, offer) in offers)
        {
            if (offer.GpuCount < bid.Least) continue;
            var isBetter = best.IsUnset
                || (bid.IsAllOrNone && offer.Saving > chosen.Saving)
                || ((!bid.IsAllOrNone || offer.Saving == chosen.Saving) && offer.Rank < chosen.Rank);
            if (isBetter) (best, chosen) = (provider, offer);
        }

        if (best.IsUnset) return;
        cursor.Start(bidIndex, Start, only);
        TakeBest(bidIndex, best);
    }

    private void Take(in Candidate candidate, int gpuCount, bool isOwn)
    {
        if (isOwn && firstOwn < 0) firstOwn = fills.Count;
        fills.Add(new Fill(candidate.Ask, gpuCount, candidate.Micros, candidate.LimitMicros));
        Bought += gpuCount;
        Saving += (Int128)candidate.Saving * gpuCount;
    }

    private bool IsPassedOver(int ownAsk) => ownAsks == OwnAsks.PassOver || (ownAsks == OwnAsks.MeetArriving && ownAsk != arriving);

    // All or none executes whole and within its limit on average; part by part, with the minimum. What it would buy from itself it does
    // not, nor what comes after that.
    private void Decide(in BidSlot bid)
    {
        if (Bought < bid.Least || (bid.IsAllOrNone && Saving < 0))
        {
            Clear(Start);
            return;
        }

        if (firstOwn < 0) return;
        MeetsItself = true;
        fills.RemoveRange(firstOwn, fills.Count - firstOwn);
        if (fills.Sum(fill => fill.GpuCount) < bid.Least) fills.Clear();
    }

    private readonly record struct Offer(int Rank, int GpuCount, Int128 Saving, int Asks);
}
