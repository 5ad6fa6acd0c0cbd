using Marketplace.Trading.Book;
using Marketplace.Trading.Tests.Book;
using NodaTime;

namespace Marketplace.Trading.Tests.Model;

/// <summary>
/// What a book should do, said as plainly as possible and without a thought for speed, to be read next to the README's rules: everything
/// is counted anew from the trades each time, and prices in decimals. Shares only the words of commands with the engine.
/// </summary>
internal sealed class SlowMarket
{
    private readonly List<Offer> offers = [];
    private readonly List<Order> orders = [];
    private readonly List<Sale> sales = [];
    private readonly Dictionary<int, Instant> closings = [];
    private List<string> told = [];
    private Instant now = Instant.MinValue;
    private Instant lastEventAt = Instant.MinValue;
    private int clock;
    private bool halted;
    private decimal? bandRatio = 10;

    public IReadOnlyList<Offer> Offers => offers;

    public IReadOnlyList<Order> Orders => orders;

    public IReadOnlyList<Sale> Sales => sales;

    public bool IsHalted => halted;

    /// <summary>When the last command counted as done: a book's time never goes back behind its last event.</summary>
    public Instant Now => now;

    public List<string> Do(BookCommand command, Instant at)
    {
        told = [];
        now = Instant.Max(at, lastEventAt);
        foreach (var order in orders.Where(o => o.Waits && o.LastsUntil <= now).OrderBy(o => o.LastsUntil).ThenBy(o => o.Age).ToList())
        {
            Expire(order);
        }

        switch (command)
        {
            case OpenAsk c: Open(c.Ask, c.ActivatedAt); break;
            case OpenResale c: Open(c); break;
            case CloseAsk c: Close(NumberOf(c.ListingId), c.ClosedAt, c.ResoldLease); break;
            case EnterBid c: Enter(c); break;
            case ReplaceBid c: Replace(c); break;
            case WithdrawBid c: End(FindWaiting(c.BidId), BidEnding.Cancelled); break;
            case GiveBack c: Return(c); break;
            case TryBids { ListingId: { } listing }: ComesIn(offers.Find(o => o.Listing == NumberOf(listing))); break;
            case TryBids: TryAll(); break;
            case HaltBook: Halt(); break;
            case ResumeBook: Resume(); break;
            case SetPriceBand c: SetBand(c.Ratio); break;
            case ExpireBids: break;
            default: throw new InvalidOperationException($"The model does not know {command.GetType().Name}.");
        }

        if (told.Count > 0) lastEventAt = now;
        return told;
    }

    /// <summary>Bids that wait although they could buy: there should be none.</summary>
    public IEnumerable<Order> LeftOut() =>
        halted ? [] : orders.Where(o => o.Waits && WouldBuy(o, comesIn: false, arriving: null).Block is not null);

    /// <summary>The reference price and the band by the README's terms, in micro-units.</summary>
    public (long? Reference, long? Lowest, long? Highest) PricesOf(Currency currency)
    {
        var trades = sales.Where(s => s.Bid.Limit.Currency == currency).ToList();
        if (trades.Count == 0) return default;
        var lastHour = HourSlot.Containing(trades[^1].At);
        var recent = trades.Where(s => HourSlot.Containing(s.At) > lastHour + -24).ToList();
        var gpuHours = recent.Sum(s => s.Gpus * s.Hours.Hours);
        var cost = recent.Sum(s => s.Price * s.Gpus * s.Hours.Hours);
        var reference = (long)decimal.Floor(cost / gpuHours);
        return bandRatio is { } ratio ? (reference, (long)decimal.Ceiling(reference / ratio), (long)decimal.Floor(reference * ratio)) : (reference, null, null);
    }

    // What counts is when things happened in the registry, not when they arrive. The same again is nothing new.
    private void Open(AskTerms ask, Instant since)
    {
        var listing = NumberOf(ask.ListingId);
        var known = offers.Find(o => o.Listing == listing);
        if (closings.TryGetValue(listing, out var closed) && since < closed) return;
        if (known is not null && since < known.Since) return;
        if (known is { Open: true } && known.Terms == ask) return;
        if (known is null) offers.Add(known = new Offer(listing) { Terms = ask, Since = since, Age = clock });
        (known.Terms, known.Since, known.Age, known.Open) = (ask, since, clock++, true);
        told.Add(Telling.Open(ask));
        ComesIn(known);
    }

    // An ask of its own, at the machine of the listing that the lease was bought from, with what that had proven. Hours that are over,
    // or of a listing that was never heard of, cannot be sold.
    private void Open(OpenResale c)
    {
        var original = offers.Find(o => o.Listing == NumberOf(c.Original))?.Terms;
        if (original is null || c.Window.To <= HourSlot.Containing(now))
        {
            Close(NumberOf(c.ListingId), c.OfferedAt, c.LeaseId);
            return;
        }

        var ask = new AskTerms(
            c.ListingId, c.Seller, original.MachineId, c.GpuCount, c.Window, c.Price, MinimumHours: 1, original.Proven, original.Pue,
            original.GridCarbonGramsPerKWh, c.LeaseId);
        Open(ask, c.OfferedAt);
    }

    private void Close(int listing, Instant at, LeaseId? resoldLease)
    {
        var known = offers.Find(o => o.Listing == listing);
        if (known is { Open: true } && known.Since > at) return;
        resoldLease ??= known?.Terms.ResoldLease;
        if (known is not { Open: true } && closings.TryGetValue(listing, out var before) && (before >= at || resoldLease is not null)) return;
        if (known is not null) known.Open = false;
        closings[listing] = at;
        told.Add(Telling.Close(listing, resoldLease, resoldLease is null ? 0 : known?.Sold.Count ?? 0));
    }

    // Rules 9 and 10 for a bid that comes in; what is over is over first.
    private void Enter(EnterBid c)
    {
        if (FindWaiting(c.BidId) is not null) return;
        var order = new Order(NumberOf(c.BidId), c.Buyer) { Terms = c.Terms, Age = clock++ };
        orders.Add(order);
        told.Add(Telling.Enter(order.Bid));
        if (order.AllHours()[^1].From < HourSlot.Containing(now)) End(order, BidEnding.WindowStarted);
        else if (c.Terms.ExpiresAt <= now) End(order, BidEnding.DateReached);
        else if (halted) End(order, BidEnding.BookHalted);
        else if (IsOutsideBand(c.Terms)) End(order, BidEnding.OutsidePriceBand);
        else ComesIn(order);
    }

    // Rule 8.
    private void Replace(ReplaceBid c)
    {
        if (FindWaiting(c.BidId) is not { } order) return;
        if (!halted && c.Terms.GpuCount <= order.Filled)
        {
            End(order, BidEnding.Cancelled);
            return;
        }

        if (halted || (c.Terms.Limit != order.Terms.Limit && IsOutsideBand(c.Terms)))
        {
            told.Add(Telling.Replace(order.Bid, order.Terms, keepsItsPlace: true));
            return;
        }

        var keepsItsPlace = c.Terms.Limit == order.Terms.Limit && c.Terms.GpuCount <= order.Terms.GpuCount;
        order.Terms = c.Terms;
        if (!keepsItsPlace) order.Age = clock++;
        told.Add(Telling.Replace(order.Bid, order.Terms, keepsItsPlace));
        if (c.Terms.ExpiresAt <= now) End(order, BidEnding.DateReached);
        else ComesIn(order);
    }

    /// <summary>A bid comes in, or is tried as if it did.</summary>
    private void ComesIn(Order order)
    {
        var (block, meetsItself) = WouldBuy(order, comesIn: true, arriving: null);
        if (order.Terms.PostOnly && block is not null)
        {
            End(order, BidEnding.WouldTrade); // rule 7
            return;
        }

        Buy(order, block, arriving: null);
        if (!order.Waits) return;
        if (meetsItself) End(order, BidEnding.SelfTrade); // rule 6
        else if (order.Terms.TimeInForce is TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill) End(order, BidEnding.NotFilledAtOnce);
        else if (order.LastsUntil <= now) Expire(order); // the running hour can be bought, but not waited for
    }

    /// <summary>An offer comes in, is opened again or gets hours back. Rules 5 and 9.</summary>
    private void ComesIn(Offer? offer)
    {
        if (halted || offer is not { Open: true }) return;
        foreach (var order in WaitingByRank())
        {
            var (block, meetsItself) = WouldBuy(order, comesIn: false, arriving: offer);
            Buy(order, block, arriving: offer);
            if (meetsItself && order.Waits) End(order, BidEnding.SelfTrade); // rule 6
        }
    }

    // Rule 5: waiting bids are tried by limit (per GPU-hour before per PFLOP-hour), then age.
    private List<Order> WaitingByRank() =>
    [
        .. orders.Where(o => o.Waits)
            .OrderBy(o => o.Terms.PriceBasis == PriceBasis.ProvenPflopHour)
            .ThenByDescending(o => o.Terms.Limit.MicrosPerGpuHour)
            .ThenBy(o => o.Age),
    ];

    /// <summary>
    /// Rule 6. What a bid would buy is decided as if those own offers that the rule lets it meet were anybody's. If it meets one, it
    /// buys no further than to there.
    /// </summary>
    private (Block? Block, bool MeetsItself) WouldBuy(Order order, bool comesIn, Offer? arriving)
    {
        bool IsOwn(Offer offer) => offer.Terms.Provider == order.Buyer;
        bool Meets(Offer own) => order.Terms.SelfTradePrevention switch
        {
            SelfTradePrevention.ExpireTaker => comesIn,
            SelfTradePrevention.ExpireMaker => own == arriving,
            SelfTradePrevention.ExpireBoth => comesIn || own == arriving,
            SelfTradePrevention.PassOver => false,
        };

        // Rule 4: from the running hour on for a bid that comes in, from the next hour on for one that waits.
        var firstStart = HourSlot.Containing(now) + (comesIn ? 0 : 1);
        var met = offers.Where(o => o.Open && (!IsOwn(o) || Meets(o))).ToList();
        var block = SlowChoice.Choose(order, met, firstStart);
        if (block is null || !block.Gpus.Exists(g => IsOwn(g.Offer))) return (block, false);
        var before = block with { Gpus = [.. block.Gpus.TakeWhile(g => !IsOwn(g.Offer))] };
        return (before.Gpus.Count >= order.Least ? before : null, true);
    }

    // Rule 5: the block prices; but the offer that comes in gets the bid's limit, as far as the others leave it of the block's cap.
    private void Buy(Order order, Block? block, Offer? arriving)
    {
        if (block is null) return;
        var cap = block.Gpus.Sum(g => g.Worth);
        var others = block.Gpus.Where(g => g.Offer != arriving).Sum(g => g.Price);
        var bid = order.Terms;
        foreach (var part in block.Gpus.GroupBy(g => g.Offer).ToList())
        {
            var (gpus, offer, price, worth) = (part.Count(), part.Key, part.First().Price, part.First().Worth);
            if (offer == arriving) price = Math.Max(price, Math.Min(worth, decimal.Floor((cap - others) / gpus)));
            var sale = new Sale(sales.Count + 1, gpus, block.Hours, price, offer, offer.Terms, order, bid, now, arriving);
            sales.Add(sale);
            order.Bought.Add(sale);
            offer.Sold.Add(sale);
            told.Add(Telling.Trade(order.Bid, offer.Listing, gpus, block.Hours, UnitPrice.OfMicros((long)price, bid.Limit.Currency)));
        }
    }

    // Hours that are back, and hours that are over, are passed over.
    private void Return(GiveBack c)
    {
        var sale = sales.Single(s => s.Number == Telling.NumberOf(c.TradeId.Ulid));
        if (c.StopOffering && (sale.Offer.Open || c.Window.To > HourSlot.Containing(now))) Close(sale.Offer.Listing, now, resoldLease: null);
        var freed = c.Window.Slots().Where(hour => hour >= HourSlot.Containing(now) && !sale.Returned.Contains(hour)).ToList();
        sale.Returned.UnionWith(freed);
        for (var i = 0; i < freed.Count;)
        {
            var run = i;
            while (run + 1 < freed.Count && freed[run + 1] == freed[run] + 1) run++;
            told.Add(Telling.Back(sale.Offer.Listing, sale.Gpus, new HourWindow(freed[i], freed[run] + 1)));
            i = run + 1;
        }

        if (freed.Count > 0) ComesIn(sale.Offer);
    }

    // Rule 9.
    private void Halt()
    {
        if (halted) return;
        halted = true;
        told.Add(Telling.Halt);
    }

    private void Resume()
    {
        if (!halted) return;
        halted = false;
        told.Add(Telling.Resume);
        TryAll();
    }

    private void TryAll()
    {
        if (halted) return;
        foreach (var order in WaitingByRank().OrderBy(o => o.Terms.Limit.Currency.Code, StringComparer.Ordinal)) ComesIn(order);
    }

    // Rule 10.
    private bool IsOutsideBand(BidTerms bid)
    {
        var (_, lowest, highest) = PricesOf(bid.Limit.Currency);
        var limit = bid.Limit.MicrosPerGpuHour;
        return bid.PriceBasis == PriceBasis.GpuHour && (limit < lowest || limit > highest);
    }

    private void SetBand(decimal? ratio)
    {
        if (bandRatio == ratio) return;
        bandRatio = ratio;
        told.Add(Telling.Band(ratio));
    }

    private void Expire(Order order) =>
        End(order, order.LastsUntil < order.AllHours()[^1].Start ? BidEnding.DateReached : BidEnding.WindowStarted);

    private void End(Order? order, BidEnding ending)
    {
        if (order is null) return;
        order.Ended = true;
        told.Add(Telling.End(order.Bid, ending, order.Filled));
    }

    private Order? FindWaiting(BidId id) => orders.Find(o => o.Waits && o.Bid == NumberOf(id));

    private static int NumberOf(BidId id) => Telling.NumberOf(id.Ulid);

    private static int NumberOf(ListingId id) => Telling.NumberOf(id.Ulid);
}
