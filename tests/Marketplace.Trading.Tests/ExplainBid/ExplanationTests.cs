using Marketplace.Contracts;
using Marketplace.Trading.Book;
using Marketplace.Trading.ExplainBid;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.ExplainBid;

public sealed class ExplanationTests
{
    private readonly OrderBook book = new(Given.Book);

    [Fact]
    public void Empty_book_offers_nothing()
    {
        var told = Explain(Terms(2m));
        Assert.Equal((0, 0, null), ((int)told.OfferedGpuCount, told.Excluded.Count, told.NearestLimit));
        Assert.Equal(Hours(1, 5), told.Hours);
    }

    [Fact]
    public void Price_is_all_that_is_wrong()
    {
        Offer(Ask(1, 2.50m, gpus: 8));
        var told = Explain(Terms(2m));
        Assert.Equal([new ExcludedCapacity(BidConstraint.Limit, 8, 8)], told.Excluded);
        Assert.Equal(Usd(2.50m), told.NearestLimit);
    }

    [Fact]
    public void Each_constraint_counts_what_it_excludes_whatever_the_others_do()
    {
        Offer(Ask(1, 1m, gpus: 1) with { Price = UnitPrice.OfMicros(1, Currency.Cny) });
        Offer(Ask(2, 1m, gpus: 2, from: 6));
        Offer(Ask(3, 1m, gpus: 4, minimumHours: 5));
        Offer(Ask(4, 1m, gpus: 8, int8: 99));
        Offer(Ask(5, 1m, gpus: 16) with { Pue = null });
        Offer(Ask(6, 1m, gpus: 32) with { GridCarbonGramsPerKWh = 501 });
        Offer(Ask(7, 1m, gpus: 64, provider: 9));
        Offer(Ask(8, 3m, gpus: 128));
        var wanted = new BidRequirements(new Capacity(100, 0, 0, 0), 1.5m, 500);
        var told = Explain(Terms(2m, minimum: 1, requirements: wanted));
        ExcludedCapacity[] expected =
        [
            new(BidConstraint.Currency, 1, 1),
            new(BidConstraint.Window, 2, 2),
            new(BidConstraint.MinimumHours, 4, 4),
            new(BidConstraint.Int8Gops, 8, 8),
            new(BidConstraint.MaxPue, 16, 16),
            new(BidConstraint.MaxGridCarbonGramsPerKWh, 32, 32),
            new(BidConstraint.OwnOrganisation, 64, 64),
            new(BidConstraint.Limit, 128, 128),
        ];
        Assert.Equal(expected, told.Excluded);
        Assert.Equal((255, 0), (told.OfferedGpuCount, told.AvailableGpuCount));
    }

    [Fact]
    public void Two_constraints_on_one_listing_are_not_lifted_one_by_one()
    {
        Offer(Ask(1, 3m, int8: 99));
        var told = Explain(Terms(2m, requirements: new BidRequirements(new Capacity(100, 0, 0, 0), null, null)));
        Assert.Equal([new ExcludedCapacity(BidConstraint.Int8Gops, 4, 0), new ExcludedCapacity(BidConstraint.Limit, 4, 0)], told.Excluded);
        Assert.Null(told.NearestLimit);
    }

    [Fact]
    public void Sold_hours_and_too_few_left_are_told_apart()
    {
        Offer(Ask(1, 1m, gpus: 8));
        book.Apply(Enter(1, Terms(1m, gpus: 6, from: 2, to: 3)), Monday);
        var told = Explain(Terms(2m, gpus: 4));
        Assert.Equal([new ExcludedCapacity(BidConstraint.SoldOut, 6, 8), new ExcludedCapacity(BidConstraint.MinimumGpuCount, 2, 2)], told.Excluded);
    }

    [Fact]
    public void Placement_needs_all_in_one_place()
    {
        Offer(Ask(1, 1m, gpus: 3, provider: 1));
        Offer(Ask(2, 1m, gpus: 2, provider: 1));
        Offer(Ask(3, 1m, gpus: 3, provider: 2));
        Assert.Contains(new ExcludedCapacity(BidConstraint.Placement, 8, 8), Explain(Terms(2m, gpus: 6, placement: Placement.SameMachine)).Excluded);
        Assert.Contains(new ExcludedCapacity(BidConstraint.Placement, 8, 8), Explain(Terms(2m, gpus: 6, placement: Placement.SameProvider)).Excluded);
        Assert.Equal([new ExcludedCapacity(BidConstraint.Placement, 3, 8)], Explain(Terms(2m, gpus: 4, placement: Placement.SameProvider)).Excluded);
    }

    [Fact]
    public void Rest_of_a_bid_is_bound_to_its_machine()
    {
        Offer(Ask(1, 1m, gpus: 3));
        book.Apply(Enter(1, Terms(2m, gpus: 8, minimum: 1, placement: Placement.SameMachine)), Monday);
        Offer(Ask(2, 3m, gpus: 8, provider: 2));
        var told = Explanations.Of(book, SoughtBlock.Of(book.Find(Bid(1))!), Monday);
        Assert.Equal((5, null), (told.OpenGpuCount, told.NearestLimit));
        Assert.Contains(told.Excluded, capacity => capacity is { Constraint: BidConstraint.Placement, ExcludedGpuCount: 11 });
    }

    [Fact]
    public void Halt_excludes_all_and_hides_nothing()
    {
        Offer(Ask(1, 1m, gpus: 8));
        book.Apply(new HaltBook(), Monday);
        var told = Explain(Terms(2m));
        Assert.Equal([new ExcludedCapacity(BidConstraint.Halted, 8, 8)], told.Excluded);
        Assert.Null(told.NearestLimit);
    }

    [Fact]
    public void Flexible_bid_is_explained_at_the_hours_in_which_it_comes_nearest()
    {
        Offer(Ask(1, 5m, gpus: 2, from: 1, to: 3));
        Offer(Ask(2, 3m, gpus: 4, from: 6, to: 9));
        var told = Explain(Terms(2m, gpus: 4, from: 0, to: 10, flexibleHours: 2));
        Assert.Equal((Hours(6, 8), Usd(3m)), (told.Hours, told.NearestLimit));
    }

    [Fact]
    public void Block_counts_on_average()
    {
        Offer(Ask(1, 1m, gpus: 2));
        Offer(Ask(2, 4m, gpus: 2));
        Assert.Equal(Usd(2.5m), Explain(Terms(2m, gpus: 4)).NearestLimit);
        Assert.Equal(Usd(4m), Explain(Terms(2m, gpus: 4, minimum: 3)).NearestLimit);
    }

    [Fact]
    public void Limit_by_performance_is_answered_by_performance()
    {
        Offer(Ask(1, 2m, pflops: 0.5m));
        Assert.Equal(Usd(4m), Explain(Terms(3m, basis: PriceBasis.ProvenPflopHour)).NearestLimit);
    }

    private BidExplanation Explain(BidTerms terms) => Explanations.Of(book, SoughtBlock.Of(terms, Org(9)), Monday);

    private void Offer(AskTerms ask) => book.Apply(Open(ask), Monday);
}
