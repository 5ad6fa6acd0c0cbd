using Marketplace.Trading.Book;
using Marketplace.Trading.Tests.Book;
using NodaTime;

namespace Marketplace.Trading.Tests.Model;

/// <summary>
/// What a book should do, said as plainly as possible and without a thought for speed: one list of trades from which all free hours
/// are counted anew each time, GPUs looked at one by one, and prices in decimals. Shares only the words of commands with the engine.
/// </summary>
internal sealed class SlowMarket
{
    private readonly List<Offer> offers = [];
    private readonly List<Order> orders = [];
    private readonly Dictionary<int, Instant> closings = [];
    private List<string> told = [];
    private int clock;

    public List<Sale> Sales { get; } = [];

    public List<string> Do(BookCommand command, Instant now)
    {
        told = [];
        foreach (var order in orders.Where(o => o.Waits && LastsUntil(o) <= now).OrderBy(LastsUntil).ThenBy(o => o.Age).ToList()) Expire(order);
        switch (command)
        {
            case OpenAsk c: Open(c, now); break;
            case CloseAsk c: Close(Telling.NumberOf(c.ListingId), c.ClosedAt); break;
            case EnterBid c: Enter(c, now); break;
            case WithdrawBid c: End(orders.Find(o => o.Waits && o.Bid == Telling.NumberOf(c.BidId)), BidEnding.Cancelled); break;
            case GiveBack c: Return(c, now); break;
        }

        return told;
    }

    private void Open(OpenAsk c, Instant now)
    {
        var listing = Telling.NumberOf(c.Ask.ListingId);
        var offer = offers.Find(o => o.Listing == listing);
        if (closings.TryGetValue(listing, out var closed) && c.ActivatedAt < closed) return;
        if (offer is not null && c.ActivatedAt < offer.Since) return;
        if (offer is { Open: true } && offer.Terms == c.Ask) return;
        if (offer is not null) offers.Remove(offer);
        offer = new Offer(listing, c.Ask, c.ActivatedAt, clock++);
        offers.Add(offer);
        ServeWaiting(offer, now);
    }

    private void Close(int listing, Instant at)
    {
        var offer = offers.Find(o => o.Listing == listing);
        if (offer is { Open: true } && offer.Since > at) return;
        if (offer is { Open: true }) offer.Open = false;
        else if (closings.TryGetValue(listing, out var before) && before >= at) return;
        closings[listing] = at;
    }

    private void Enter(EnterBid c, Instant now)
    {
        var order = new Order(Telling.NumberOf(c.BidId), c.Buyer, c.Terms, clock++);
        if (orders.Exists(o => o.Bid == order.Bid && o.Waits)) return;
        orders.Add(order);
        if (c.Terms.Window.Start < HourSlot.Containing(now).Start) End(order, BidEnding.WindowStarted);
        else if (c.Terms.ExpiresAt <= now) End(order, BidEnding.DateReached);
        if (!order.Waits) return;

        var (units, own) = Choose(order, offers.ToList());
        Buy(order, units, null);
        if (!order.Waits) return;
        if (own) End(order, BidEnding.SelfTrade);
        else if (c.Terms.TimeInForce is TimeInForce.ImmediateOrCancel or TimeInForce.FillOrKill) End(order, BidEnding.NotFilledAtOnce);
        else if (LastsUntil(order) <= now) Expire(order);
    }

    private void Return(GiveBack c, Instant now)
    {
        if (c.StopOffering) Close(Telling.NumberOf(c.ListingId), now);
        var sale = Sales.Find(s => s.TradeId == c.TradeId)!;
        var freed = c.Window.Slots().Where(h => h >= HourSlot.Containing(now) && !sale.Returned.Contains(h)).ToList();
        for (var i = 0; i < freed.Count;)
        {
            var run = i;
            while (run + 1 < freed.Count && freed[run + 1] == freed[run] + 1) run++;
            told.Add(Telling.Back(sale.Listing, sale.Gpus, new HourWindow(freed[i], freed[run] + 1)));
            i = run + 1;
        }

        sale.Returned.UnionWith(freed);
        if (freed.Count > 0 && offers.Find(o => o.Listing == sale.Listing) is { Open: true } offer) ServeWaiting(offer, now);
    }

    private void ServeWaiting(Offer arriving, Instant now)
    {
        foreach (var order in orders.Where(o => o.Waits).OrderByDescending(o => Price(o.Terms.Limit)).ThenBy(o => o.Age).ToList())
        {
            if (LastsUntil(order) <= now) continue;
            var others = offers.Where(o => o.Terms.Provider != order.Buyer).ToList();
            Buy(order, Choose(order, others).Units, arriving);
        }
    }

    /// <summary>One entry per GPU bought: the offer it comes from. Also whether the buyer's own offer was in the way.</summary>
    private (List<Offer> Units, bool Own) Choose(Order order, List<Offer> from)
    {
        var terms = order.Terms;
        var units = from.Where(o => Suits(o, terms) && (order.BoundTo ?? o.Listing) == o.Listing)
            .OrderBy(o => Price(o.Terms.Price.Lowest)).ThenBy(o => o.Age)
            .SelectMany(o => Enumerable.Repeat(o, Free(o, terms.Window))).ToList();
        var wanted = terms.GpuCount - order.Filled;
        var least = terms.FillRule == FillRule.AllOrNone ? wanted : Math.Min(wanted, terms.MinimumGpuCount);
        if (terms.Placement == Placement.SameMachine)
        {
            units = units.GroupBy(o => o.Listing).FirstOrDefault(g => g.Count() >= least)?.ToList() ?? [];
        }

        if (terms.FillRule == FillRule.AllOrNone)
        {
            var block = units.Take(wanted).ToList();
            if (block.Count < wanted || block.Sum(o => Price(o.Terms.Price.Lowest)) > wanted * Price(terms.Limit)) return ([], false);
            return block.Exists(o => o.Terms.Provider == order.Buyer) ? ([], true) : (block, false);
        }

        var affordable = units.TakeWhile(o => Price(o.Terms.Price.Lowest) <= Price(terms.Limit)).Take(wanted).ToList();
        var foreign = affordable.TakeWhile(o => o.Terms.Provider != order.Buyer).ToList();
        return (foreign.Count >= least ? foreign : [], foreign.Count < affordable.Count);
    }

    private void Buy(Order order, List<Offer> units, Offer? arriving)
    {
        var limit = Price(order.Terms.Limit);
        var elsewhere = units.Where(o => o != arriving).Sum(o => Price(o.Terms.Price.Lowest));
        foreach (var part in units.GroupBy(o => o))
        {
            var price = Price(part.Key.Terms.Price.Lowest);
            if (part.Key == arriving)
            {
                var room = decimal.Floor((units.Count * limit - elsewhere) / part.Count());
                price = Math.Max(price, Math.Min(limit, room));
            }

            var sale = new Sale(part.Key.Listing, order.Bid, part.Count(), order.Terms.Window, price, part.Key.Terms.Provider, order.Buyer);
            Sales.Add(sale);
            order.Filled += sale.Gpus;
            if (order.Terms.Placement == Placement.SameMachine) order.BoundTo = sale.Listing;
            told.Add(Telling.Trade(sale.Bid, sale.Listing, sale.Gpus, UnitPrice.OfMicros((long)price, order.Terms.Limit.Currency)));
        }
    }

    private int Free(Offer offer, HourWindow window) => window.Slots().Min(hour => Math.Max(0, offer.Terms.GpuCount - SoldIn(offer.Listing, hour)));

    public int SoldIn(int listing, HourSlot hour) =>
        Sales.Where(s => s.Listing == listing && s.Window.Contains(hour) && !s.Returned.Contains(hour)).Sum(s => s.Gpus);

    private static bool Suits(Offer offer, BidTerms bid) =>
        offer.Open
        && offer.Terms.Window.From <= bid.Window.From && offer.Terms.Window.To >= bid.Window.To
        && bid.Window.To - bid.Window.From >= offer.Terms.MinimumHours
        && offer.Terms.Proven.Int8Gops >= bid.Requirements.Minimum.Int8Gops
        && (bid.Requirements.MaxPue is not { } pue || offer.Terms.Pue <= pue);

    private static decimal Price(UnitPrice price) => price.MicrosPerGpuHour;

    private static Instant LastsUntil(Order order) => Instant.Min(order.Terms.ExpiresAt ?? Instant.MaxValue, order.Terms.Window.Start);

    private void Expire(Order order) => End(order, LastsUntil(order) < order.Terms.Window.Start ? BidEnding.DateReached : BidEnding.WindowStarted);

    private void End(Order? order, BidEnding ending)
    {
        if (order is null) return;
        order.Ended = true;
        told.Add(Telling.End(order.Bid, ending, order.Filled));
    }

    private sealed record Offer(int Listing, AskTerms Terms, Instant Since, int Age)
    {
        public bool Open { get; set; } = true;

        public bool Equals(Offer? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => Listing;
    }

    private sealed record Order(int Bid, OrganisationId Buyer, BidTerms Terms, int Age)
    {
        public int Filled { get; set; }

        public int? BoundTo { get; set; }

        public bool Ended { get; set; }

        public bool Waits => !Ended && Filled < Terms.GpuCount;
    }

    public sealed record Sale(int Listing, int Bid, int Gpus, HourWindow Window, decimal Price, OrganisationId Provider, OrganisationId Buyer)
    {
        /// <summary>Told by the engine, so that hours can be given back by trade.</summary>
        public TradeId TradeId { get; set; }

        public HashSet<HourSlot> Returned { get; } = [];
    }
}
