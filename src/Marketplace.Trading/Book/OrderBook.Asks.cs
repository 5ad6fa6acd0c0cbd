using Marketplace.Trading.Book.Matching;
using Marketplace.Trading.Book.Memory;
using NodaTime;

namespace Marketplace.Trading.Book;

/// <content>Listings that come in and go, and the waiting bids that they meet.</content>
public sealed partial class OrderBook
{
    // The registry's messages may arrive in another order than they were sent in, so that what counts is when things happened there.
    private void Open(AskTerms terms, Instant activatedAt)
    {
        var known = memory.FindAsk(terms.ListingId);
        if (activatedAt < memory.FindClosing(known, terms.ListingId)) return;
        if (known >= 0)
        {
            ref var details = ref memory.AskDetails(known);
            if (activatedAt < details.ActivatedAt || (memory.Ask(known).IsOpen && details.Terms == terms)) return;
        }

        var opened = memory.OpenAsk(known, terms, activatedAt, now);
        ref var change = ref NextChange();
        (change.Kind, change.Ask) = (ChangeKind.AskOpened, opened);
        TryBidsOn(opened);
    }

    private void Open(OpenResale resale)
    {
        // Hours that are over cannot be sold on. A listing that has hours sold to come is known.
        var original = memory.FindAsk(resale.Original);
        if (original < 0 || resale.Window.To.Index <= hour)
        {
            Close(resale.ListingId, resale.OfferedAt, resale.LeaseId);
            return;
        }

        var terms = memory.AskDetails(original).Terms;
        Open(
            terms with
            {
                ListingId = resale.ListingId,
                Provider = resale.Seller,
                GpuCount = resale.GpuCount,
                Window = resale.Window,
                Price = resale.Price,
                MinimumHours = 1,
                ResoldLease = resale.LeaseId,
            },
            resale.OfferedAt);
    }

    private void Close(ListingId id, Instant closedAt, LeaseId? resoldLease)
    {
        var known = memory.FindAsk(id);
        var isOpen = known >= 0 && memory.Ask(known).IsOpen;
        var resold = resoldLease ?? (known >= 0 && memory.Ask(known).IsResale ? memory.AskDetails(known).Terms.ResoldLease : null);

        // A resale is never opened again, so that one closing says all.
        var isLate = isOpen
            ? memory.AskDetails(known).ActivatedAt > closedAt
            : memory.FindClosing(known, id) is { } before && (before >= closedAt || resold is not null);
        if (isLate) return;
        memory.CloseAsk(id, closedAt, now);
        Tell(new AskClosed(id, closedAt, resold, resold is null || known < 0 ? 0 : memory.AskDetails(known).Trades));
    }

    private bool IsOpen(ListingId id) => memory.FindAsk(id) is var ask && ask >= 0 && memory.Ask(ask).IsOpen;

    private void TakeBack(GiveBack command)
    {
        // Hours that are over cannot be sold again, and their trades may be forgotten by now.
        var from = Math.Max(command.Window.From.Index, hour);
        var isOver = from >= command.Window.To.Index;
        if (command.StopOffering && (!isOver || IsOpen(command.ListingId))) Close(command.ListingId, now, resoldLease: null);
        if (isOver) return;
        var block = memory.Blocks.Find(command.TradeId)
            ?? throw new InvariantException($"Hours of {command.TradeId}, which {Key} does not know, were given back.");
        InvariantException.Require(
            memory.AskDetails(block.Ask).Terms.ListingId == command.ListingId && block.GpuCount == command.GpuCount && block.Window.Contains(command.Window),
            $"More was given back of {command.TradeId} than it bought.");
        var stillSold = memory.Blocks.StillSold(block, new HourWindow(HourSlot.OfIndex(from), command.Window.To)).ToArray();
        foreach (var hours in stillSold)
        {
            memory.GiveBack(command.TradeId, block.GpuCount, hours, now);
            Tell(new HoursGivenBack(command.TradeId, command.ListingId, block.GpuCount, hours));
        }

        if (stillSold.Length > 0) TryBidsOn(block.Ask);
    }

    // Without this ask no waiting bid could execute, or it would have done so before: so only bids that it suits are tried.
    private void TryBidsOn(int ask)
    {
        if (ask < 0 || !memory.Ask(ask).IsOpen || memory.IsHalted) return;
        var market = memory.Markets[memory.Ask(ask).Market];
        TryBidsOn(ask, market, market.Bids, memory.Ask(ask).FloorMicros);
        TryBidsOn(ask, market, market.PflopBids, 0);
    }

    private void TryBidsOn(int ask, CurrencyMarket market, PriceQueue<BidSlot> bids, long floorMicros)
    {
        for (var bid = bids.First; bid >= 0;)
        {
            // Below the ask's price there are only bids left whose cheaper asks could make up for it.
            ref var slot = ref memory.Bid(bid);
            var isTooLow = floorMicros > slot.LimitMicros;
            if (memory.Ask(ask).FreeHours == 0 || (isTooLow && market.AveragingBids == 0)) return;
            if (changeCount >= MostEventsBeforeABid)
            {
                Unfinished = new TryBids(memory.AskDetails(ask).Terms.ListingId);
                return;
            }

            var next = bids.After(bid);
            if (slot.TakesAny && !slot.IsPerPflop) TakeFrom(bid, ask, slot.LimitMicros);
            else if (!isTooLow || slot.Averages) TryBid(bid, ask);
            bid = next;
        }
    }

    // A waiting bid that takes single GPUs would have bought from any other ask before: it pays its limit to this one.
    private void TakeFrom(int bidIndex, int askIndex, long limitMicros)
    {
        ref var bid = ref memory.Bid(bidIndex);
        if (!AskCursor.Suits(memory, askIndex, bidIndex, bid.Start)) return;
        var free = memory.FreeIn(askIndex, bid.Start, bid.Hours);
        if (free == 0 || memory.BlockMicros(askIndex, bid.Start, bid.Hours) > limitMicros || IsOverdue(bidIndex)) return;
        if (bid.BuyerTag != memory.Ask(askIndex).ProviderTag || !memory.IsOwn(bidIndex, askIndex)) Trade(bidIndex, ref bid, askIndex, Math.Min(free, bid.Open), bid.Start, limitMicros);
        else if (ExpiresOnOwn(bidIndex)) End(bidIndex, BidEnding.SelfTrade);
    }

    private void TryBid(int bid, int ask)
    {
        if (IsOverdue(bid) || (memory.IsOwn(bid, ask) && !ExpiresOnOwn(bid))) return;
        memory.QueueAsk();
        matcher.Find(bid, hour + 1, OwnAsks.MeetArriving, ask);
        if (matcher.MeetsItself) End(bid, BidEnding.SelfTrade);
        else Execute(bid, ask);
    }

    private bool ExpiresOnOwn(int bid) =>
        memory.BidDetails(bid).Terms.SelfTradePrevention is SelfTradePrevention.ExpireMaker or SelfTradePrevention.ExpireBoth;
}
