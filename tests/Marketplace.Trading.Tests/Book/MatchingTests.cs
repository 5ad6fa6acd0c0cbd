using Marketplace.Contracts;
using Marketplace.Trading.Book;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

/// <summary>Rules 1, 2, 3, 5 and 11: which listings a bid buys from, how much and at which price.</summary>
public sealed class MatchingTests : BookExamples
{
    [Fact]
    public void Bid_takes_the_cheapest_listing_at_the_listings_price()
    {
        Apply(Open(Ask(1, 2.20m)), Open(Ask(2, 1.90m)));
        Assert.Equal(["trade bid 1 of listing 2: 4 in 1-5 at 1.90"], Apply(Enter(1, Terms(2.50m))));
    }

    [Fact]
    public void Of_two_listings_at_one_price_the_older_sells_first()
    {
        Apply(Open(Ask(7, 2m)), Open(Ask(2, 2m)));
        Assert.Equal(["trade bid 1 of listing 7: 4 in 1-5 at 2.00"], Apply(Enter(1, Terms(2m))));
    }

    [Fact]
    public void Listing_that_is_opened_again_is_the_youngest()
    {
        Apply(Open(Ask(1, 2m)), Open(Ask(2, 2m)), Open(Ask(1, 2m, to: 20)));
        Assert.Equal(["trade bid 1 of listing 2: 4 in 1-5 at 2.00"], Apply(Enter(1, Terms(2m))));
    }

    [Fact]
    public void Waiting_bid_pays_its_limit_when_a_cheaper_listing_arrives()
    {
        Assert.Empty(Apply(Enter(1, Terms(2.50m))));
        Assert.Equal(["trade bid 1 of listing 1: 4 in 1-5 at 2.50"], Apply(Open(Ask(1, 1.90m))));
    }

    [Fact]
    public void Waiting_bids_are_served_by_limit_and_then_by_age()
    {
        Apply(Enter(1, Terms(2m)), Enter(2, Terms(3m)), Enter(3, Terms(3m)));
        Assert.Equal(
            ["trade bid 2 of listing 1: 4 in 1-5 at 3.00", "trade bid 3 of listing 1: 4 in 1-5 at 3.00"], Apply(Open(Ask(1, 1m, gpus: 8))));
    }

    [Fact]
    public void Block_over_two_listings_is_limited_by_its_average_price()
    {
        Apply(Open(Ask(1, 1.00m, gpus: 2)), Open(Ask(2, 3.00m, gpus: 2)));
        Assert.Empty(Apply(Enter(1, Terms(1.99m))));
        Assert.Equal(
            ["trade bid 2 of listing 1: 2 in 1-5 at 1.00", "trade bid 2 of listing 2: 2 in 1-5 at 3.00"], Apply(Enter(2, Terms(2.00m), buyer: 8)));
    }

    [Fact]
    public void Arriving_listing_gets_what_the_dearer_rest_of_a_waiting_block_leaves_of_its_limit()
    {
        Apply(Open(Ask(1, 2.20m, gpus: 2)), Enter(1, Terms(2.00m)));
        Assert.Equal(
            ["trade bid 1 of listing 2: 2 in 1-5 at 1.80", "trade bid 1 of listing 1: 2 in 1-5 at 2.20"], Apply(Open(Ask(2, 1.50m, gpus: 2))));
    }

    [Fact]
    public void Arriving_listing_gets_its_own_price_where_the_dearer_rest_leaves_no_more()
    {
        // 3 x 1.00 and 1 x 5.00 are all of the cap of 4 x 2.00.
        Apply(Open(Ask(1, 5.00m, gpus: 1)), Enter(1, Terms(2.00m)));
        Assert.Equal(
            ["trade bid 1 of listing 2: 3 in 1-5 at 1.00", "trade bid 1 of listing 1: 1 in 1-5 at 5.00"], Apply(Open(Ask(2, 1.00m, gpus: 3))));
    }

    [Fact]
    public void Cheaper_rest_of_a_waiting_block_makes_up_for_a_dearer_one_but_never_lifts_the_arriving_listing_above_the_limit()
    {
        Apply(Open(Ask(1, 1.00m, gpus: 1)), Open(Ask(2, 3.00m, gpus: 1)), Enter(1, Terms(2.00m)));
        Assert.Equal(
            [
                "trade bid 1 of listing 1: 1 in 1-5 at 1.00", "trade bid 1 of listing 3: 2 in 1-5 at 2.00",
                "trade bid 1 of listing 2: 1 in 1-5 at 3.00",
            ],
            Apply(Open(Ask(3, 1.50m, gpus: 2))));
        Apply(Open(Ask(4, 1.00m, gpus: 1)), Enter(2, Terms(2.00m, gpus: 2)));
        Assert.Equal(
            ["trade bid 2 of listing 4: 1 in 1-5 at 1.00", "trade bid 2 of listing 5: 1 in 1-5 at 2.00"], Apply(Open(Ask(5, 1.50m, gpus: 1))));
    }

    [Fact]
    public void Block_that_is_not_free_in_one_of_its_hours_is_not_sold_there()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(1m, gpus: 1, from: 3, to: 4)));
        Assert.Empty(Apply(Enter(2, Terms(1m, gpus: 4, from: 1, to: 5))));
        Assert.Single(Apply(Enter(3, Terms(1m, gpus: 3, from: 1, to: 5))));
    }

    [Fact]
    public void All_or_none_bid_buys_nothing_when_one_gpu_is_missing()
    {
        Apply(Open(Ask(1, 1m, gpus: 3)));
        Assert.Empty(Apply(Enter(1, Terms(1m, gpus: 4))));
        Assert.Equal(
            ["trade bid 1 of listing 1: 3 in 1-5 at 1.00", "trade bid 1 of listing 2: 1 in 1-5 at 1.00"], Apply(Open(Ask(2, 1m, gpus: 1))));
    }

    [Fact]
    public void Partial_bid_takes_only_what_is_within_its_limit()
    {
        Apply(Open(Ask(1, 1m, gpus: 2)), Open(Ask(2, 2.01m, gpus: 2)));
        Assert.Equal(["trade bid 1 of listing 1: 2 in 1-5 at 1.00"], Apply(Enter(1, Terms(2m, minimum: 1))));
    }

    [Fact]
    public void Partial_bid_takes_no_fewer_than_its_minimum_and_the_rest_later()
    {
        Apply(Open(Ask(1, 1m, gpus: 2)));
        Assert.Empty(Apply(Enter(1, Terms(1m, gpus: 4, minimum: 3))));
        Assert.Equal(
            ["trade bid 1 of listing 1: 2 in 1-5 at 1.00", "trade bid 1 of listing 2: 1 in 1-5 at 1.00"], Apply(Open(Ask(2, 1m, gpus: 1))));
        Assert.Equal(["trade bid 1 of listing 3: 1 in 1-5 at 1.00"], Apply(Open(Ask(3, 1m, gpus: 4))));
    }

    [Theory]
    [InlineData(TimeInForce.ImmediateOrCancel, 1, "trade bid 1 of listing 1: 2 in 1-5 at 1.00", "end bid 1: NotFilledAtOnce after 2")]
    [InlineData(TimeInForce.ImmediateOrCancel, null, "end bid 1: NotFilledAtOnce after 0")]
    [InlineData(TimeInForce.FillOrKill, null, "end bid 1: NotFilledAtOnce after 0")]
    public void Immediate_bid_never_rests(TimeInForce timeInForce, int? minimum, params string[] expected)
    {
        Apply(Open(Ask(1, 1m, gpus: 2)));
        Assert.Equal(expected, Apply(Enter(1, Terms(1m, minimum: minimum, timeInForce: timeInForce))));
        Assert.Empty(Books.Engine.ToSnapshot().Bids);
    }

    [Fact]
    public void Requirements_and_the_shortest_block_exclude_listings()
    {
        Apply(Open(Ask(1, 1m, int8: 99)), Open(Ask(2, 2m, minimumHours: 5)), Open(Ask(3, 3m) with { Pue = null }), Open(Ask(4, 4m)));
        var wants = new BidRequirements(new Capacity(100, 0, 0, 0), MaxPue: 1.3m, MaxGridCarbonGramsPerKWh: 400);
        Assert.Equal(["trade bid 1 of listing 4: 4 in 1-5 at 4.00"], Apply(Enter(1, Terms(9m, requirements: wants))));
    }

    [Theory]
    [InlineData(100, 500_000, 1000, 10, true)]
    [InlineData(101, 0, 0, 0, false)]
    [InlineData(0, 500_001, 0, 0, false)]
    [InlineData(0, 0, 1001, 0, false)]
    [InlineData(0, 0, 0, 11, false)]
    public void Every_proven_figure_counts(long int8, long bf16, long memory, long bandwidth, bool suits)
    {
        Apply(Open(Ask(1, 1m)));
        var wants = BidRequirements.None with { Minimum = new Capacity(int8, bf16, memory, bandwidth) };
        Assert.Equal(suits ? 1 : 0, Apply(Enter(1, Terms(1m, requirements: wants))).Count);
    }

    [Fact]
    public void Another_currency_never_matches()
    {
        Apply(Open(Ask(1, 1m) with { Price = UnitPrice.OfMicros(1_000_000, Currency.Cny) }));
        Assert.Empty(Apply(Enter(1, Terms(9m))));
    }

    [Fact]
    public void Bid_that_came_in_already_is_not_taken_twice()
    {
        Apply(Enter(1, Terms(1m)));
        Assert.Empty(Apply(Enter(1, Terms(1m))));
        Assert.Single(Apply(Open(Ask(1, 1m, gpus: 8))));
    }

    [Fact]
    public void One_execution_takes_from_a_thousand_listings_at_most()
    {
        for (var listing = 0; listing <= 1_000; listing++) Apply(Open(Ask(listing, 1m, gpus: 1)));
        Assert.Empty(Apply(Enter(1, Terms(1m, gpus: 1_001))));
        Assert.Equal(1_000, Apply(Enter(2, Terms(1m, gpus: 1_001, minimum: 1))).Count);
    }
}
