using Marketplace.Trading.Book;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

/// <summary>Limits per proven PFLOP-hour: rules 2, 3 and 5.</summary>
public sealed class PerformancePriceTests : BookExamples
{
    [Theory]
    [InlineData(2.00, true)]
    [InlineData(2.01, false)]
    public void Gpu_that_proved_half_a_pflop_may_cost_half_the_limit(decimal price, bool buys)
    {
        Apply(Open(Ask(1, price, pflops: 0.5m)));
        Assert.Equal(buys ? ["trade bid 1 of listing 1: 4 in 1-5 at 2.00"] : [], Apply(Enter(1, PerPflop(4m))));
    }

    [Fact]
    public void Listing_farthest_below_what_it_is_worth_sells_first_though_it_is_dearer()
    {
        // Worth 2 and asks 1; worth 4 and asks 2.50.
        Apply(Open(Ask(1, 1.00m, pflops: 0.5m)), Open(Ask(2, 2.50m, pflops: 1m)));
        Assert.Equal(["trade bid 1 of listing 2: 4 in 1-5 at 2.50"], Apply(Enter(1, PerPflop(4m))));
    }

    [Fact]
    public void What_one_listing_saves_makes_up_for_another_in_a_block()
    {
        // Worth 4 and asks 3.50; worth 2 and asks 2.50: nothing is left at a limit of 4.
        Apply(Open(Ask(1, 2.50m, gpus: 2, pflops: 0.5m)), Open(Ask(2, 3.50m, gpus: 2, pflops: 1m)));
        Assert.Empty(Apply(Enter(1, PerPflop(3.99m))));
        Assert.Equal(
            ["trade bid 2 of listing 2: 2 in 1-5 at 3.50", "trade bid 2 of listing 1: 2 in 1-5 at 2.50"], Apply(Enter(2, PerPflop(4m), buyer: 8)));
    }

    [Fact]
    public void Arriving_listing_gets_the_limit_for_what_it_proved_rounded_down()
    {
        Apply(Enter(1, PerPflop(1.000001m)));
        Assert.Equal(["trade bid 1 of listing 1: 4 in 1-5 at 0.50"], Apply(Open(Ask(1, 0.40m, pflops: 0.5m))));
    }

    [Fact]
    public void Arriving_listing_gets_what_the_dearer_rest_leaves_of_the_blocks_cap()
    {
        // The cap is 2 x 2 + 2 x 4 = 12; listing 1 takes 2 x 2.50 of it, so that 7 are left for 2.
        Apply(Open(Ask(1, 2.50m, gpus: 2, pflops: 0.5m)), Enter(1, PerPflop(4m)));
        Assert.Equal(
            ["trade bid 1 of listing 2: 2 in 1-5 at 3.50", "trade bid 1 of listing 1: 2 in 1-5 at 2.50"],
            Apply(Open(Ask(2, 1.00m, gpus: 2, pflops: 1m))));
    }

    [Fact]
    public void Bids_per_gpu_hour_are_served_before_bids_per_pflop_hour()
    {
        Apply(Enter(1, PerPflop(9m)), Enter(2, Terms(2m)));
        Assert.Equal(["trade bid 2 of listing 1: 4 in 1-5 at 2.00"], Apply(Open(Ask(1, 1m))));
    }

    [Fact]
    public void Provider_with_the_largest_saving_sells_a_block_of_one_provider()
    {
        // Saves 4 x (2 - 1.00), or 4 x (4 - 2.50).
        Apply(Open(Ask(1, 1.00m, provider: 1, pflops: 0.5m)), Open(Ask(2, 2.50m, provider: 2, pflops: 1m)));
        Assert.Equal(
            ["trade bid 1 of listing 2: 4 in 1-5 at 2.50"], Apply(Enter(1, PerPflop(4m) with { Placement = Placement.SameProvider })));
    }

    [Fact]
    public void Flexible_block_takes_the_start_with_the_largest_saving()
    {
        // Until noon a machine that is worth 2 sells for 1; from then on one that is worth 4 for 2.50.
        Apply(Open(Ask(1, 1.00m, to: 4, pflops: 0.5m)), Open(Ask(2, 2.50m, from: 4, pflops: 1m)));
        Assert.Equal(
            ["trade bid 1 of listing 2: 4 in 4-6 at 2.50"],
            Apply(Enter(1, Terms(4m, from: 1, to: 9, flexibleHours: 2, basis: PriceBasis.ProvenPflopHour))));
    }

    [Fact]
    public void Listing_that_proved_nothing_in_bf16_is_worth_nothing()
    {
        Apply(Open(Ask(1, 0.000001m, pflops: 0m)));
        Assert.Empty(Apply(Enter(1, PerPflop(1_000m))));
    }

    private static BidTerms PerPflop(decimal limit) => Terms(limit, basis: PriceBasis.ProvenPflopHour);
}
