using Marketplace.Trading.Book.Matching;
using Marketplace.Trading.Book.Memory;

namespace Marketplace.Trading.Book;

/// <content>Bids that come in, are changed, and buy.</content>
public sealed partial class OrderBook
{
    /// <summary>What limits it takes in a currency; null while nothing was traded, or where there is no band.</summary>
    public PriceBand? BandFor(Currency currency) =>
        memory.BandRatio is { } ratio && ReferenceFor(currency) is { } reference ? PriceBand.Around(reference.MicrosPerGpuHour, ratio, currency) : null;

    /// <summary>The reference price in a currency; null while nothing was traded.</summary>
    public UnitPrice? ReferenceFor(Currency currency)
    {
        foreach (var market in memory.Markets)
        {
            if (market.Currency == currency && market.Reference.IsKnown) return UnitPrice.OfMicros(market.Reference.Micros, currency);
        }

        return null;
    }

    private void Enter(EnterBid enter)
    {
        if (memory.FindBid(enter.BidId) >= 0) return;
        var bid = memory.EnterBid(enter.BidId, enter.Buyer, enter.Terms, now);
        ref var change = ref NextChange();
        (change.Kind, change.Bid) = (ChangeKind.BidEntered, bid);
        if (IsTooLate(bid)) return;
        if (memory.IsHalted) End(bid, BidEnding.BookHalted);
        else if (!IsWithinBand(enter.Terms, memory.Bid(bid).Market)) End(bid, BidEnding.OutsidePriceBand);
        else TryIncoming(bid);
    }

    // Told even where it is not applied, as a replacement by the same terms: the buyer waits for the answer.
    private void Replace(ReplaceBid replace)
    {
        var bid = memory.FindBid(replace.BidId);
        if (bid < 0) return;
        var (before, wanted) = (memory.BidDetails(bid).Terms, replace.Terms);
        var after = before with
        {
            GpuCount = wanted.GpuCount,
            MinimumGpuCount = wanted.MinimumGpuCount,
            Limit = wanted.Limit,
            TimeInForce = wanted.TimeInForce,
            ExpiresAt = wanted.ExpiresAt,
        };
        InvariantException.Require(after.Limit.Currency == before.Limit.Currency && after.MayRest, $"{replace.BidId} was replaced by another kind of bid.");
        if (!memory.IsHalted && after.GpuCount <= memory.Bid(bid).Filled)
        {
            End(bid, BidEnding.Cancelled);
            return;
        }

        var isApplied = !memory.IsHalted && (after.Limit == before.Limit || IsWithinBand(after, memory.Bid(bid).Market));
        if (!isApplied) after = before;
        var keepsPriority = after.Limit == before.Limit && after.GpuCount <= before.GpuCount;
        memory.ReplaceBid(bid, after, keepsPriority, now);
        Tell(new BidReplaced(replace.BidId, memory.BidDetails(bid).Buyer, after, keepsPriority, memory.Bid(bid).Filled));
        if (isApplied && !IsTooLate(bid)) TryIncoming(bid);
    }

    private bool IsWithinBand(BidTerms terms, int market)
    {
        if (!memory.HasBand || terms.PriceBasis != PriceBasis.GpuHour) return true;
        var reference = memory.Markets[market].Reference;
        return !reference.IsKnown
            || reference.IsClearlyInside(terms.Limit.MicrosPerGpuHour, memory.ApproximateBandRatio)
            || BandFor(terms.Limit.Currency)!.Contains(terms.Limit);
    }

    // The running hour can be bought, but no hour before it.
    private bool IsTooLate(int bid)
    {
        if (memory.Bid(bid).RestsUntil > nanoseconds) return false;
        var isDated = memory.BidDetails(bid).Terms.ExpiresAt <= now;
        var isStarted = memory.LastStart(bid).Index < hour;
        if (isStarted) End(bid, BidEnding.WindowStarted);
        else if (isDated) End(bid, BidEnding.DateReached);
        return isStarted || isDated;
    }

    private void TryAllBids()
    {
        if (memory.IsHalted) return;
        var waiting = memory.Markets.OrderBy(market => market.Currency.Code, StringComparer.Ordinal).SelectMany(market => InOrder(market.Bids).Concat(InOrder(market.PflopBids))).ToArray();
        foreach (var bid in waiting)
        {
            if (changeCount >= MostEventsBeforeABid)
            {
                Unfinished = new TryBids(ListingId: null);
                return;
            }

            if (!IsOverdue(bid)) TryIncoming(bid);
        }
    }

    private static IEnumerable<int> InOrder(PriceQueue<BidSlot> queue)
    {
        for (var slot = queue.First; slot >= 0; slot = queue.After(slot)) yield return slot;
    }

    private void TryIncoming(int bid)
    {
        ref var slot = ref memory.Bid(bid);
        var terms = memory.BidDetails(bid).Terms;
        memory.QueueAsk();
        var meetsOwn = terms.SelfTradePrevention is SelfTradePrevention.ExpireTaker or SelfTradePrevention.ExpireBoth;
        if (NeedsNoSearch(slot, terms))
        {
            var isOwnNext = TakeInOrder(bid, ref slot, meetsOwn);
            if (slot.Open > 0) Stay(bid, terms, isOwnNext);
            return;
        }

        matcher.Find(bid, hour, meetsOwn ? OwnAsks.Meet : OwnAsks.PassOver, arrivingAsk: BidSlot.None);
        if (terms.PostOnly && matcher.Fills.Count > 0)
        {
            End(bid, BidEnding.WouldTrade);
            return;
        }

        var meetsItself = matcher.MeetsItself;
        if (!Execute(bid, BidSlot.None)) Stay(bid, terms, meetsItself);
    }

    private void Stay(int bid, BidTerms terms, bool meetsItself)
    {
        if (meetsItself) End(bid, BidEnding.SelfTrade);
        else if (!terms.MayRest) End(bid, BidEnding.NotFilledAtOnce);
        else if (memory.Bid(bid).RestsUntil <= nanoseconds) End(bid, memory.EndingByTime(bid));
    }

    // A bid that takes single GPUs anywhere, where the queue tells the order of prices, buys as it goes along.
    private bool NeedsNoSearch(in BidSlot bid, BidTerms terms) =>
        bid.TakesAny && !bid.IsPerPflop && !terms.PostOnly && bid.Placement == Placement.Any && memory.Markets[bid.Market].AsksByHour == 0;

    /// <summary>Buys from the best ask on. True if an ask of its own organisation is next, and is met.</summary>
    private bool TakeInOrder(int bidIndex, ref BidSlot bid, bool meetsOwn)
    {
        var asks = memory.Markets[bid.Market].Asks;
        var fills = 0;
        for (var index = asks.First; index >= 0;)
        {
            ref var ask = ref memory.Ask(index);
            if (ask.FloorMicros > bid.LimitMicros) return false;
            var next = asks.After(ask.Place);
            var free = AskCursor.Suits(memory, index, bidIndex, bid.Start) ? memory.FreeIn(index, bid.Start, bid.Hours) : 0;
            if (free > 0)
            {
                if (bid.BuyerTag != ask.ProviderTag || !memory.IsOwn(bidIndex, index)) Trade(bidIndex, ref bid, index, Math.Min(free, bid.Open), bid.Start, ask.FloorMicros);
                else if (meetsOwn) return true;
                if (bid.Open == 0 || ++fills == Matcher.MaxFills) return false;
            }

            index = next;
        }

        return false;
    }

    /// <summary>Makes the trades of the last match. True if the bid is filled.</summary>
    private bool Execute(int bid, int arriving)
    {
        var fills = matcher.Fills;
        if (fills.Count == 0) return false;
        CheckLimit(bid, fills);
        var (open, start) = (memory.Bid(bid).Open, matcher.Start);
        foreach (var fill in fills)
        {
            Trade(bid, ref memory.Bid(bid), fill.Ask, fill.GpuCount, start, fill.Ask == arriving ? PriceOfArriving(fill) : fill.Micros);
            open -= fill.GpuCount;
        }

        return open == 0;
    }

    // An ask that comes in gets the bid's limit, as far as the dearer rest of the block leaves room under its cap, and never less than its own price.
    private long PriceOfArriving(in Fill arriving)
    {
        Int128 room = (Int128)arriving.LimitMicros * arriving.GpuCount;
        foreach (var fill in matcher.Fills)
        {
            if (fill.Ask != arriving.Ask) room += (Int128)(fill.LimitMicros - fill.Micros) * fill.GpuCount;
        }

        return (long)Int128.Max(arriving.Micros, Int128.Min(arriving.LimitMicros, room / arriving.GpuCount));
    }

    private void CheckLimit(int bid, List<Fill> fills)
    {
        Int128 saving = 0;
        var bought = 0;
        foreach (var fill in fills)
        {
            saving += (Int128)(fill.LimitMicros - fill.Micros) * fill.GpuCount;
            bought += fill.GpuCount;
        }

        InvariantException.Require(saving >= 0, "A bid was about to pay more than its limit.");
        InvariantException.Require(bought >= memory.Bid(bid).Least, "A bid was about to buy fewer GPUs than it takes.");
    }

    private void Trade(int bid, ref BidSlot slot, int ask, int gpuCount, int from, long micros)
    {
        memory.Trade(bid, ask, gpuCount, from, micros, now);
        ref var change = ref NextChange();
        (change.Kind, change.Bid, change.Ask, change.GpuCount, change.From, change.Micros) = (ChangeKind.BidTraded, bid, ask, gpuCount, from, micros);
        (change.Filled, change.Open) = (slot.Filled, slot.Open);
    }
}
