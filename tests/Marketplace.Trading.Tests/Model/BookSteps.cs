using Marketplace.Contracts;
using Marketplace.Trading.Book;
using Marketplace.Trading.Tests.Book;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Model;

/// <summary>What there is when a step is taken.</summary>
/// <param name="Number">How many steps were taken before.</param>
/// <param name="Now">The time of the step; its hours count from this one's.</param>
/// <param name="Model">Whose orders and trades a step refers to.</param>
/// <param name="Past">The commands before.</param>
internal sealed record BookMoment(int Number, Instant Now, SlowMarket Model, IReadOnlyList<BookCommand> Past)
{
    public HourSlot Hour => HourSlot.Containing(Now);

    public HourWindow Window(int from, int hours) => new(Hour + from, Hour + from + hours);
}

/// <summary>
/// A step of a random life of a book: small numbers, so that orders meet. What it refers to is chosen when it is taken, from what there
/// is by then, so that a stream stays meaningful while it shrinks.
/// </summary>
internal abstract record BookStep
{
    /// <summary>The command of this step, or null if there is nothing to refer to yet.</summary>
    public abstract BookCommand? At(BookMoment moment);

    /// <summary>One of a list, counted from its end: 0 is the last. Null if it is empty.</summary>
    protected static T? Pick<T>(IEnumerable<T> from, int pick)
        where T : class => from.ToList() is { Count: > 0 } list ? list[^(1 + (pick % list.Count))] : null;
}

/// <param name="Listing">A listing always has the same provider.</param>
/// <param name="Curve">0 one price; otherwise by the hour of the week: 1 cheap mornings, 2 a price that seldom divides by the hours.</param>
/// <param name="Figures">What was proven and stated.</param>
/// <param name="MinutesLate">How long ago it happened in the registry.</param>
internal sealed record OpenStep(
    int Listing, int Gpus, int Price, int Curve, bool Yuan, int From, int Hours, int MinimumHours, int Figures, int MinutesLate) : BookStep
{
    // Machines that are alike, one that proved less for the price, and one of which little is known.
    private static readonly Capacity[] Proven =
        [new(100, 1_000_000, 1000, 10), new(100, 1_000_000, 1000, 10), new(90, 500_000, 900, 9), new(110, 333_333, 1100, 11)];

    public override BookCommand At(BookMoment moment) => new OpenAsk(
        new AskTerms(
            Given.Listing(Listing), Org(Listing % 3), MachineId.From(Given.Listing(Listing).Ulid), Gpus, moment.Window(From, Hours), PriceOf(), MinimumHours,
            Proven[Figures], Figures == 3 ? null : 1.1m + (Figures * 0.1m), Figures == 3 ? null : 400 + (Figures * 50)),
        moment.Now - Duration.FromMinutes(MinutesLate));

    private PriceSchedule PriceOf()
    {
        var prices = Enumerable.Range(0, PriceSchedule.HoursPerWeek).Select(hour => (Price * 500_000L) + Curve switch
        {
            0 => 0,
            1 => hour % 24 < 12 ? -250_000 : 0,
            _ => hour % 3 * 100_001,
        });
        Assert.True(PriceSchedule.TryCreate([.. prices.Select(micros => UnitPrice.OfMicros(micros, Yuan ? Currency.Cny : Currency.Usd))], out var schedule));
        return schedule;
    }
}

/// <param name="Least">0 for all or none, otherwise the minimum, at most <paramref name="Gpus"/>.</param>
/// <param name="Slack">Null for a fixed window, otherwise the hours that a flexible one is longer than the bid.</param>
/// <param name="MinutesToDate">When a bid with a date expires; may be over.</param>
/// <param name="Wants">What it requires: mostly nothing.</param>
internal sealed record EnterStep(
    int Buyer, int Gpus, int Least, int LimitMicros, bool Yuan, int From, int Hours, int? Slack, TimeInForce TimeInForce, int MinutesToDate,
    Placement Placement, PriceBasis Basis, bool PostOnly, SelfTradePrevention SelfTrade, int Wants) : BookStep
{
    public override BookCommand At(BookMoment moment)
    {
        var isAllOrNone = Least == 0 || TimeInForce == TimeInForce.FillOrKill;
        var mayRest = TimeInForce is TimeInForce.GoodTillCancelled or TimeInForce.GoodTillDate;
        return new EnterBid(Bid(moment.Number), Org(Buyer), new BidTerms(
            Gpus,
            moment.Window(From, Hours + (Slack ?? 0)),
            UnitPrice.OfMicros(LimitMicros, Yuan ? Currency.Cny : Currency.Usd),
            TimeInForce,
            TimeInForce == TimeInForce.GoodTillDate ? moment.Now + Duration.FromMinutes(MinutesToDate) : null,
            isAllOrNone ? FillRule.AllOrNone : FillRule.Partial,
            isAllOrNone ? Gpus : Math.Min(Least, Gpus),
            Placement,
            Requirements,
            Slack is null ? null : Hours,
            Basis,
            PostOnly && mayRest,
            SelfTrade));
    }

    private BidRequirements Requirements => Wants switch
    {
        1 => new(new Capacity(100, 0, 0, 0), null, null),
        2 => new(new Capacity(0, 500_000, 0, 0), null, null),
        3 => new(new Capacity(0, 0, 1000, 0), null, null),
        4 => new(new Capacity(0, 0, 0, 10), null, null),
        5 => new(new Capacity(0, 0, 0, 0), 1.2m, null),
        6 => new(new Capacity(0, 0, 0, 0), null, 450),
        _ => BidRequirements.None,
    };
}

/// <param name="OfAll">Whether also bids that wait no more are picked.</param>
internal sealed record ReplaceStep(int Bid, bool OfAll, int MoreGpus, int DearerMicros, int Least, int? MinutesToDate) : BookStep
{
    public override BookCommand? At(BookMoment moment)
    {
        if (Pick(moment.Model.Orders.Where(o => OfAll || o.Waits), Bid) is not { } order) return null;
        var (old, isAllOrNone) = (order.Terms, order.Terms.FillRule == FillRule.AllOrNone);
        var gpus = Math.Max(1, old.GpuCount + MoreGpus);
        var date = MinutesToDate is { } minutes ? moment.Now + Duration.FromMinutes(minutes) : old.ExpiresAt;
        var mayRest = old.TimeInForce is TimeInForce.GoodTillCancelled or TimeInForce.GoodTillDate;
        return new ReplaceBid(Given.Bid(order.Bid), old with
        {
            GpuCount = gpus,
            MinimumGpuCount = isAllOrNone ? gpus : Math.Min(Least == 0 ? old.MinimumGpuCount : Least, gpus),
            Limit = UnitPrice.OfMicros(Math.Max(1, old.Limit.MicrosPerGpuHour + DearerMicros), old.Limit.Currency),
            ExpiresAt = mayRest ? date : old.ExpiresAt,
            TimeInForce = mayRest && date is not null ? TimeInForce.GoodTillDate : old.TimeInForce,
        });
    }
}

internal sealed record WithdrawStep(int Bid, bool OfAll) : BookStep
{
    public override BookCommand? At(BookMoment moment) =>
        Pick(moment.Model.Orders.Where(o => OfAll || o.Waits), Bid) is { } order ? new WithdrawBid(Given.Bid(order.Bid)) : null;
}

/// <param name="Unknown">Whether the listing was never heard of: its closing came first.</param>
internal sealed record CloseStep(int Listing, bool Unknown, int MinutesLate) : BookStep
{
    public override BookCommand? At(BookMoment moment)
    {
        var at = moment.Now - Duration.FromMinutes(MinutesLate);
        if (Unknown) return new CloseAsk(Given.Listing(Listing), at);
        return Pick(moment.Model.Offers.Where(o => o.Open), Listing) is { } offer
            ? new CloseAsk(Given.Listing(offer.Listing), at, offer.Terms.ResoldLease)
            : null;
    }
}

internal sealed record GiveBackStep(int Trade, int From, int Hours, bool StopOffering) : BookStep
{
    public override BookCommand? At(BookMoment moment)
    {
        if (Pick(moment.Model.Sales, Trade) is not { } sale) return null;
        var from = sale.Hours.From + (From % sale.Hours.Hours);
        var to = from + (1 + (Hours % (sale.Hours.To - from)));
        return new GiveBack(Given.Trade(sale.Number), Given.Listing(sale.Offer.Listing), sale.Gpus, new HourWindow(from, to), StopOffering);
    }
}

/// <summary>A buyer sells hours of his lease on.</summary>
/// <param name="Late">Whether he may also pick hours that are over, or that he gave back: the offer was under way for long.</param>
internal sealed record ResellStep(int Trade, int Gpus, int Price, int From, int Hours, bool Late) : BookStep
{
    public override BookCommand? At(BookMoment moment)
    {
        if (Pick(moment.Model.Sales.Where(s => Late || (s.Returned.Count == 0 && s.Hours.To > moment.Hour)), Trade) is not { } sale) return null;
        var first = Late || sale.Hours.From > moment.Hour ? sale.Hours.From : moment.Hour;
        var from = first + (From % (sale.Hours.To - first));
        var to = from + (1 + (Hours % (sale.Hours.To - from)));
        return new OpenResale(
            Listing(100 + moment.Number), Listing(sale.Offer.Listing), Lease(sale.Number), sale.Order.Buyer, 1 + (Gpus % sale.Gpus), new HourWindow(from, to),
            UnitPrice.OfMicros(Price * 500_000L, sale.Bid.Limit.Currency), moment.Now);
    }
}

/// <summary>The same command again; but a bid that waits no more is kept out before the book.</summary>
internal sealed record AgainStep(int Back) : BookStep
{
    public override BookCommand? At(BookMoment moment) =>
        Pick(moment.Past, Back) is { } command
        && (command is not EnterBid bid || moment.Model.Orders.Any(o => o.Waits && o.LastsUntil > moment.Now && o.Bid == Telling.NumberOf(bid.BidId.Ulid)))
            ? command
            : null;
}

internal sealed record TryStep(int? Listing) : BookStep
{
    public override BookCommand? At(BookMoment moment)
    {
        if (Listing is not { } pick) return new TryBids(ListingId: null);
        return Pick(moment.Model.Offers, pick) is { } offer ? new TryBids(Given.Listing(offer.Listing)) : null;
    }
}

/// <param name="Anyway">Also when the book is not halted.</param>
internal sealed record ResumeStep(bool Anyway) : BookStep
{
    public override BookCommand? At(BookMoment moment) => Anyway || moment.Model.IsHalted ? new ResumeBook() : null;
}

/// <summary>A command that refers to nothing.</summary>
internal sealed record PlainStep(BookCommand Command) : BookStep
{
    public override BookCommand At(BookMoment moment) => Command;
}
