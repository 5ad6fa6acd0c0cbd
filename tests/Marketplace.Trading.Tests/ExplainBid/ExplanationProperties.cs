using CsCheck;
using Marketplace.Contracts;
using Marketplace.Trading.Book;
using Marketplace.Trading.ExplainBid;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.ExplainBid;

/// <summary>What an explanation says is held against what the engine does when it is taken at its word.</summary>
public sealed class ExplanationProperties
{
    private const int Buyer = 3;

    private static readonly Gen<AskTerms> Asks =
        from listing in Gen.Int[1, 1000]
        from price in Gen.Int[1, 6]
        from byHour in Gen.Bool
        from gpus in Gen.Int[1, 4]
        from provider in Gen.Int[1, 3]
        from @from in Gen.Int[0, 2]
        from to in Gen.Int[6, 8]
        from tenths in Gen.Int[0, 9]
        from pue in Gen.Int[0, 2]
        from minimumHours in Gen.Int[1, 2]
        select Ask(listing, price, gpus, @from, to, provider, minimumHours, int8: 100 * gpus, pflops: tenths / 10m) with
        {
            Price = byHour ? ByHourOfDay(hour => price + (hour % 3)) : Usd(price),
            Pue = pue == 0 ? null : pue,
        };

    private static readonly Gen<BidTerms> Bids =
        from limit in Gen.Int[1, 8]
        from gpus in Gen.Int[1, 9]
        from least in Gen.Int[0, 9]
        from hours in Gen.Int[1, 3]
        from flexible in Gen.Int[0, 3]
        from placement in Gen.Enum<Placement>()
        from basis in Gen.Enum<PriceBasis>()
        from int8 in Gen.Int[0, 4]
        from maxPue in Gen.Int[0, 2]
        select Terms(
            limit, gpus, 2, 2 + hours + flexible, minimum: least == 0 ? null : Math.Min(least, gpus), placement: placement, basis: basis,
            requirements: new BidRequirements(new Capacity(int8 * 100, 0, 0, 0), maxPue == 0 ? null : maxPue, null),
            flexibleHours: flexible == 0 ? null : hours);

    private static readonly Gen<(AskTerms[] Asks, BidTerms[] Sold, BidTerms Bid)> Scenes = Gen.Select(Asks.Array[0, 8], Bids.Array[0, 4], Bids);

    [Fact]
    public void At_the_nearest_limit_it_executes_and_below_it_does_not() => Scenes.Sample(
        scene =>
        {
            var book = BookOf(scene.Asks, scene.Sold);
            var nearest = Explain(book, scene.Bid).NearestLimit;
            Assert.Equal(nearest is not null, Executes(book, scene.Bid with { Limit = nearest ?? UnitPrice.OfMicros(UnitPrice.MaxMicrosPerGpuHour, Currency.Usd) }));
            if (nearest is { MicrosPerGpuHour: > 1 and var micros }) Assert.False(Executes(book, scene.Bid with { Limit = UnitPrice.OfMicros(micros - 1, Currency.Usd) }));
        },
        iter: 5_000);

    [Fact]
    public void With_a_constraint_lifted_there_is_capacity_exactly_if_the_engine_would_buy() => Scenes.Sample(
        scene =>
        {
            var book = BookOf(scene.Asks, scene.Sold);
            var told = Explain(book, scene.Bid);
            Assert.Equal(told.AvailableGpuCount > 0, Executes(book, scene.Bid));
            var bid = scene.Bid with { Window = told.Hours, FlexibleHours = null };
            foreach (var (constraint, _, available) in told.Excluded)
            {
                if (Lift(bid, constraint) is { } lifted) Assert.Equal((constraint, available > 0), (constraint, Executes(book, lifted, constraint)));
            }
        },
        iter: 5_000);

    private static BidExplanation Explain(OrderBook book, BidTerms bid) => Explanations.Of(book, SoughtBlock.Of(bid, Org(Buyer)), Monday);

    private static bool Executes(OrderBook book, BidTerms bid, BidConstraint? lifted = null) =>
        book.Quote(bid, lifted == BidConstraint.OwnOrganisation ? null : Org(Buyer), Monday) is not null;

    private static BidTerms? Lift(BidTerms bid, BidConstraint constraint) => constraint switch
    {
        BidConstraint.Int8Gops => bid with { Requirements = bid.Requirements with { Minimum = new Capacity(0, 0, 0, 0) } },
        BidConstraint.MaxPue => bid with { Requirements = bid.Requirements with { MaxPue = null } },
        BidConstraint.OwnOrganisation => bid,
        BidConstraint.Placement => bid with { Placement = Placement.Any },
        BidConstraint.Limit when bid.PriceBasis == PriceBasis.GpuHour => bid with { Limit = UnitPrice.OfMicros(UnitPrice.MaxMicrosPerGpuHour, Currency.Usd) },
        BidConstraint.MinimumGpuCount => bid with { FillRule = FillRule.Partial, MinimumGpuCount = 1 },
        _ => null,
    };

    private static OrderBook BookOf(IEnumerable<AskTerms> asks, IEnumerable<BidTerms> sold)
    {
        var book = new OrderBook(Given.Book);
        foreach (var ask in asks) book.Apply(Open(ask), Monday);
        foreach (var (n, bid) in sold.Index()) book.Apply(Enter(n, bid with { TimeInForce = TimeInForce.ImmediateOrCancel }), Monday);
        return book;
    }
}
