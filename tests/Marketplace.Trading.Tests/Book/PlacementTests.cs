using Marketplace.Trading.Book;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

/// <summary>Rule 3: all on one machine, or all from one provider.</summary>
public sealed class PlacementTests : BookExamples
{
    [Fact]
    public void Bid_for_one_machine_takes_the_cheapest_that_alone_has_enough()
    {
        Apply(Open(Ask(1, 1m, gpus: 3)), Open(Ask(2, 3m)), Open(Ask(3, 2m)));
        Assert.Equal(["trade bid 1 of listing 3: 4 in 1-5 at 2.00"], Apply(Enter(1, Terms(3m, placement: Placement.SameMachine))));
    }

    [Fact]
    public void Bid_for_one_machine_passes_smaller_machines_over_and_stays_with_the_first_it_bought_from()
    {
        Apply(Open(Ask(1, 1m, gpus: 1)), Open(Ask(2, 2m, gpus: 3)));
        Assert.Equal(
            ["trade bid 1 of listing 2: 3 in 1-5 at 2.00"], Apply(Enter(1, Terms(3m, gpus: 6, minimum: 2, placement: Placement.SameMachine))));
        Assert.Empty(Apply(Open(Ask(3, 1m, gpus: 8))));
        Assert.Equal(["trade bid 1 of listing 2: 3 in 1-5 at 3.00"], Apply(Open(Ask(2, 2m, gpus: 8))));
    }

    [Fact]
    public void Block_of_one_provider_comes_from_the_one_whose_total_is_least()
    {
        // 2 x 1.00 + 2 x 3.00 at one, 4 x 1.90 at the other.
        Apply(Open(Ask(1, 1.00m, gpus: 2, provider: 1)), Open(Ask(2, 3.00m, gpus: 2, provider: 1)), Open(Ask(3, 1.90m, provider: 2)));
        Assert.Equal(["trade bid 1 of listing 3: 4 in 1-5 at 1.90"], Apply(Enter(1, Terms(3m, placement: Placement.SameProvider))));
    }

    [Fact]
    public void Of_providers_with_one_total_the_one_with_the_best_first_listing_sells()
    {
        Apply(Open(Ask(3, 2.00m, provider: 2)), Open(Ask(1, 1.00m, gpus: 2, provider: 1)), Open(Ask(2, 3.00m, gpus: 2, provider: 1)));
        Assert.Equal(
            ["trade bid 1 of listing 1: 2 in 1-5 at 1.00", "trade bid 1 of listing 2: 2 in 1-5 at 3.00"],
            Apply(Enter(1, Terms(3m, placement: Placement.SameProvider))));
    }

    [Fact]
    public void Machines_of_two_providers_do_not_add_up()
    {
        Apply(Open(Ask(1, 1m, gpus: 3, provider: 1)), Open(Ask(2, 1m, gpus: 3, provider: 2)));
        Assert.Empty(Apply(Enter(1, Terms(3m, placement: Placement.SameProvider))));
    }

    [Fact]
    public void Partial_bid_takes_the_provider_of_the_best_listing_among_those_that_have_its_minimum_and_stays_there()
    {
        Apply(Open(Ask(1, 1m, gpus: 1, provider: 1)), Open(Ask(2, 2m, gpus: 2, provider: 2)), Open(Ask(3, 2.5m, gpus: 8, provider: 3)));
        Assert.Equal(
            ["trade bid 1 of listing 2: 2 in 1-5 at 2.00"], Apply(Enter(1, Terms(3m, minimum: 2, placement: Placement.SameProvider))));
        Assert.Empty(Apply(Open(Ask(4, 1m, provider: 1))));
        Assert.Equal(["trade bid 1 of listing 5: 2 in 1-5 at 3.00"], Apply(Open(Ask(5, 1m, provider: 2))));
    }

    [Fact]
    public void Partial_bid_takes_the_provider_of_the_best_listing_though_another_has_more()
    {
        Apply(Open(Ask(1, 1m, gpus: 2, provider: 1)), Open(Ask(2, 1.5m, gpus: 4, provider: 2)));
        Assert.Equal(
            ["trade bid 1 of listing 1: 2 in 1-5 at 1.00"], Apply(Enter(1, Terms(3m, minimum: 1, placement: Placement.SameProvider))));
    }

    [Fact]
    public void Minimum_that_a_provider_has_only_above_the_limit_does_not_count()
    {
        Apply(Open(Ask(1, 1m, gpus: 1, provider: 1)), Open(Ask(2, 9m, provider: 1)), Open(Ask(3, 2m, provider: 2)));
        Assert.Equal(["trade bid 1 of listing 3: 4 in 1-5 at 2.00"], Apply(Enter(1, Terms(3m, minimum: 2, placement: Placement.SameProvider))));
    }
}
