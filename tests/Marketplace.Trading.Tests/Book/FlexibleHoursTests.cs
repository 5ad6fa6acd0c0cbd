using Marketplace.Trading.Book;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

/// <summary>Rule 4, and prices by the hour of the week. Hours count from Monday 08:00: hour 4 is noon.</summary>
public sealed class FlexibleHoursTests : BookExamples
{
    private static readonly Instant HalfPast = Monday + Duration.FromMinutes(30);

    [Fact]
    public void Price_of_a_block_is_the_mean_of_its_hours_rounded_up()
    {
        var price = ByHourOfDay(hour => hour == 11 ? 1.000001m : 1m);
        Apply(Open(Ask(1, 0m, gpus: 8) with { Price = price }));
        Assert.Empty(Apply(Enter(1, Terms(1m, from: 1, to: 4))));
        Assert.Equal(["trade bid 2 of listing 1: 4 in 1-4 at 1.000001"], Apply(Enter(2, Terms(2m, from: 1, to: 4))));
        Assert.Equal(["trade bid 3 of listing 1: 4 in 1-3 at 1.00"], Apply(Enter(3, Terms(2m, from: 1, to: 3))));
    }

    [Fact]
    public void Which_listing_is_cheapest_depends_on_the_hours()
    {
        Apply(Open(Ask(1, 2m, gpus: 8)), Open(Ask(2, 0m, gpus: 8) with { Price = ByHourOfDay(hour => hour < 12 ? 1m : 4m) }));
        Assert.Equal(["trade bid 1 of listing 2: 4 in 1-3 at 1.00"], Apply(Enter(1, Terms(9m, from: 1, to: 3))));
        Assert.Equal(["trade bid 2 of listing 1: 4 in 3-5 at 2.00"], Apply(Enter(2, Terms(9m, from: 3, to: 5))));
        Assert.Equal(["trade bid 3 of listing 1: 4 in 5-7 at 2.00"], Apply(Enter(3, Terms(9m, from: 5, to: 7))));
    }

    [Fact]
    public void Block_over_midnight_is_priced_by_both_days()
    {
        Apply(Open(Ask(1, 0m) with { Price = ByHourOfDay(hour => hour == 23 ? 3m : hour == 0 ? 1m : 9m) }));
        Assert.Equal(["trade bid 1 of listing 1: 4 in 15-17 at 2.00"], Apply(Enter(1, Terms(2m, from: 15, to: 17))));
    }

    [Fact]
    public void Arriving_listing_with_prices_by_the_hour_sells_all_hours_at_the_limit()
    {
        Apply(Enter(1, Terms(2m, from: 1, to: 3)));
        Assert.Equal(
            ["trade bid 1 of listing 1: 4 in 1-3 at 2.00"], Apply(Open(Ask(1, 0m) with { Price = ByHourOfDay(hour => hour == 9 ? 0.5m : 3m) })));
    }

    [Fact]
    public void Flexible_block_takes_the_cheapest_start()
    {
        // From 09:00 the starts cost 3, 3, 2, 1.50, 2, ... on average.
        Apply(Open(Ask(1, 0m) with { Price = ByHourOfDay(hour => hour < 12 ? 3m : hour == 12 ? 1m : 2m) }));
        Assert.Equal(["trade bid 1 of listing 1: 4 in 4-6 at 1.50"], Apply(Enter(1, Terms(3m, from: 1, to: 9, flexibleHours: 2))));
    }

    [Fact]
    public void Of_starts_that_cost_the_same_the_earliest_is_taken()
    {
        Apply(Open(Ask(1, 1m)));
        Assert.Equal(["trade bid 1 of listing 1: 4 in 1-3 at 1.00"], Apply(Enter(1, Terms(3m, from: 1, to: 9, flexibleHours: 2))));
    }

    [Fact]
    public void Listing_that_covers_part_of_a_flexible_window_suits()
    {
        Apply(Open(Ask(1, 1m, from: 4, to: 6)));
        Assert.Equal(["trade bid 1 of listing 1: 4 in 4-6 at 1.00"], Apply(Enter(1, Terms(3m, from: 1, to: 9, flexibleHours: 2))));
    }

    [Fact]
    public void Shortest_block_of_a_listing_is_held_against_the_hours_not_the_window()
    {
        Apply(Open(Ask(1, 1m, minimumHours: 3)));
        Assert.Empty(Apply(Enter(1, Terms(3m, from: 1, to: 9, flexibleHours: 2))));
        Assert.Single(Apply(Enter(2, Terms(3m, from: 1, to: 9, flexibleHours: 3))));
    }

    [Fact]
    public void Flexible_bid_that_comes_in_may_begin_in_the_running_hour_and_one_that_waits_in_the_next()
    {
        ApplyAt(HalfPast, Open(Ask(1, 1m)));
        Assert.Equal(["trade bid 1 of listing 1: 4 in 0-2 at 1.00"], ApplyAt(HalfPast, Enter(1, Terms(3m, from: -2, to: 9, flexibleHours: 2))));
        ApplyAt(HalfPast, new CloseAsk(Listing(1), HalfPast), Enter(2, Terms(3m, from: -2, to: 9, flexibleHours: 2)));
        Assert.Equal(["trade bid 2 of listing 2: 4 in 1-3 at 3.00"], ApplyAt(HalfPast, Open(Ask(2, 1m))));
    }

    [Fact]
    public void Flexible_bid_waits_until_the_last_hour_that_it_could_begin_in()
    {
        Apply(Enter(1, Terms(3m, from: 1, to: 5, flexibleHours: 2)));
        Assert.Empty(ApplyAt(Hour(3).Start - Duration.FromMilliseconds(1), new ExpireBids()));
        Assert.Equal(["end bid 1: WindowStarted after 0"], ApplyAt(Hour(3).Start, new ExpireBids()));
    }

    [Fact]
    public void Flexible_bid_whose_last_start_is_over_is_not_taken() =>
        Assert.Equal(["end bid 1: WindowStarted after 0"], ApplyAt(Hour(4).Start, Enter(1, Terms(3m, from: 1, to: 5, flexibleHours: 2))));

    [Fact]
    public void Partial_bid_takes_the_start_with_the_most_gpus_and_its_rest_is_bound_to_those_hours()
    {
        Apply(Open(Ask(1, 1m, gpus: 2)), Open(Ask(2, 3m, gpus: 2, from: 6, to: 10)));
        Assert.Equal(
            ["trade bid 1 of listing 1: 2 in 6-8 at 1.00", "trade bid 1 of listing 2: 2 in 6-8 at 3.00"],
            Apply(Enter(1, Terms(3m, gpus: 8, minimum: 1, from: 1, to: 10, flexibleHours: 2))));
        Assert.Empty(Apply(Open(Ask(3, 1m, from: 0, to: 7))));
        Assert.Equal(["trade bid 1 of listing 4: 1 in 6-8 at 3.00"], Apply(Open(Ask(4, 1m, gpus: 1))));
        Assert.Empty(ApplyAt(Hour(6).Start - Duration.FromMilliseconds(1), new ExpireBids()));
        Assert.Equal(["end bid 1: WindowStarted after 5"], ApplyAt(Hour(6).Start, new ExpireBids()));
    }

    [Fact]
    public void Of_starts_with_as_many_gpus_a_partial_bid_takes_the_cheapest()
    {
        Apply(Open(Ask(1, 2m, gpus: 2)), Open(Ask(2, 1m, gpus: 2, from: 6, to: 10)));
        Apply(Enter(1, Terms(2m, gpus: 2, from: 8, to: 10)));
        Assert.Equal(
            ["trade bid 2 of listing 2: 2 in 6-8 at 1.00"], Apply(Enter(2, Terms(3m, gpus: 2, minimum: 1, from: 1, to: 10, flexibleHours: 2))));
    }

    [Fact]
    public void Rest_of_a_bid_that_bought_the_running_hour_may_not_wait()
    {
        ApplyAt(HalfPast, Open(Ask(1, 1m, gpus: 2, to: 1)));
        Assert.Equal(
            ["trade bid 1 of listing 1: 2 in 0-1 at 1.00", "end bid 1: WindowStarted after 2"],
            ApplyAt(HalfPast, Enter(1, Terms(3m, minimum: 1, from: 0, to: 9, flexibleHours: 1))));
    }
}
