using Marketplace.Trading.Book;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

public sealed class OrderBookTests
{
    private readonly OrderBook book = new(Given.Book);

    [Fact]
    public void Bid_takes_the_cheapest_listing_at_the_listings_price()
    {
        Apply(Open(Ask(1, 2.20m)), Open(Ask(2, 1.90m)));
        Assert.Equal(["trade bid 1 of listing 2: 4 at 1.90"], Apply(Enter(1, Terms(2.50m))));
    }

    [Fact]
    public void Of_two_listings_at_one_price_the_older_sells_first()
    {
        Apply(Open(Ask(7, 2m)), Open(Ask(2, 2m)));
        Assert.Equal(["trade bid 1 of listing 7: 4 at 2.00"], Apply(Enter(1, Terms(2m))));
    }

    [Fact]
    public void Waiting_bid_pays_its_limit_when_a_cheaper_listing_arrives()
    {
        Assert.Empty(Apply(Enter(1, Terms(2.50m))));
        Assert.Equal(["trade bid 1 of listing 1: 4 at 2.50"], Apply(Open(Ask(1, 1.90m))));
    }

    [Fact]
    public void Block_over_two_listings_is_limited_by_its_average_price()
    {
        Apply(Open(Ask(1, 1.00m, gpus: 2)), Open(Ask(2, 3.00m, gpus: 2)));
        Assert.Empty(Apply(Enter(1, Terms(1.99m))));
        Assert.Equal(
            ["trade bid 2 of listing 1: 2 at 1.00", "trade bid 2 of listing 2: 2 at 3.00"], Apply(Enter(2, Terms(2.00m), buyer: 8)));
    }

    [Fact]
    public void Arriving_listing_gets_what_the_dearer_rest_of_a_waiting_block_leaves_of_its_limit()
    {
        Apply(Open(Ask(1, 2.20m, gpus: 2)), Enter(1, Terms(2.00m)));
        Assert.Equal(["trade bid 1 of listing 2: 2 at 1.80", "trade bid 1 of listing 1: 2 at 2.20"], Apply(Open(Ask(2, 1.50m, gpus: 2))));
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
        Assert.Equal(["trade bid 1 of listing 2: 1 at 1.00", "trade bid 1 of listing 1: 3 at 1.00"], Apply(Open(Ask(2, 1m, gpus: 1))).Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public void Partial_bid_takes_no_fewer_than_its_minimum_and_the_rest_later()
    {
        Apply(Open(Ask(1, 1m, gpus: 2)));
        Assert.Empty(Apply(Enter(1, Terms(1m, gpus: 4, minimum: 3))));
        Assert.Equal(["trade bid 1 of listing 1: 2 at 1.00", "trade bid 1 of listing 2: 1 at 1.00"], Apply(Open(Ask(2, 1m, gpus: 1))));
        Assert.Equal(["trade bid 1 of listing 3: 1 at 1.00"], Apply(Open(Ask(3, 1m, gpus: 4))));
    }

    [Fact]
    public void Bid_for_one_machine_passes_smaller_machines_over_and_stays_with_the_first_it_bought_from()
    {
        Apply(Open(Ask(1, 1m, gpus: 1)), Open(Ask(2, 2m, gpus: 3)));
        Assert.Equal(
            ["trade bid 1 of listing 2: 3 at 2.00"], Apply(Enter(1, Terms(3m, gpus: 6, minimum: 2, placement: Placement.SameMachine))));
        Assert.Empty(Apply(Open(Ask(3, 1m, gpus: 8))));
    }

    [Theory]
    [InlineData(TimeInForce.ImmediateOrCancel, 1, "trade bid 1 of listing 1: 2 at 1.00", "end bid 1: NotFilledAtOnce after 2")]
    [InlineData(TimeInForce.ImmediateOrCancel, null, "end bid 1: NotFilledAtOnce after 0")]
    [InlineData(TimeInForce.FillOrKill, null, "end bid 1: NotFilledAtOnce after 0")]
    public void Immediate_bid_never_rests(TimeInForce timeInForce, int? minimum, params string[] expected)
    {
        Apply(Open(Ask(1, 1m, gpus: 2)));
        Assert.Equal(expected, Apply(Enter(1, Terms(1m, minimum: minimum, timeInForce: timeInForce))));
        Assert.Empty(book.ToSnapshot().Bids);
    }

    [Fact]
    public void Bid_that_meets_its_own_organisation_expires_after_what_came_before()
    {
        Apply(Open(Ask(1, 1m, gpus: 1, provider: 2)), Open(Ask(2, 2m, provider: 9)), Open(Ask(3, 3m, provider: 2)));
        Assert.Equal(
            ["trade bid 1 of listing 1: 1 at 1.00", "end bid 1: SelfTrade after 1"], Apply(Enter(1, Terms(3m, minimum: 1), buyer: 9)));
        Assert.Equal(["end bid 2: SelfTrade after 0"], Apply(Enter(2, Terms(3m), buyer: 9)));
    }

    [Fact]
    public void Arriving_listing_passes_bids_of_its_own_organisation_over()
    {
        Apply(Enter(1, Terms(3m), buyer: 9), Enter(2, Terms(2m), buyer: 8));
        Assert.Equal(["trade bid 2 of listing 1: 4 at 2.00"], Apply(Open(Ask(1, 1m, provider: 9))));
    }

    [Fact]
    public void Waiting_bids_are_served_by_limit_and_then_by_age()
    {
        Apply(Enter(1, Terms(2m)), Enter(2, Terms(3m)), Enter(3, Terms(3m)));
        Assert.Equal(["trade bid 2 of listing 1: 4 at 3.00", "trade bid 3 of listing 1: 4 at 3.00"], Apply(Open(Ask(1, 1m, gpus: 8))));
    }

    [Fact]
    public void Requirements_and_the_minimum_block_exclude_listings()
    {
        Apply(Open(Ask(1, 1m, int8: 99)), Open(Ask(2, 2m, minimumHours: 5)), Open(Ask(3, 3m) with { Pue = null }), Open(Ask(4, 4m)));
        var wants = new BidRequirements(new Contracts.Capacity(100, 0, 0, 0), MaxPue: 1.3m, MaxGridCarbonGramsPerKWh: 400);
        Assert.Equal(["trade bid 1 of listing 4: 4 at 4.00"], Apply(Enter(1, Terms(9m, requirements: wants))));
    }

    [Fact]
    public void Another_currency_never_matches()
    {
        Apply(Open(Ask(1, 1m) with { Price = UnitPrice.OfMicros(1_000_000, Currency.Cny) }));
        Assert.Empty(Apply(Enter(1, Terms(9m))));
    }

    [Fact]
    public void Bid_dies_when_its_window_starts_and_is_not_matched_after()
    {
        Apply(Enter(1, Terms(2m, from: 1)));
        var opened = book.Apply(Open(Ask(1, 1m)), Hour(1).Start);
        Assert.Equal(["end bid 1: WindowStarted after 0"], opened.Told());
    }

    [Fact]
    public void Bid_for_the_running_hour_is_filled_at_once_or_expires()
    {
        var halfPast = Monday + Duration.FromMinutes(30);
        Assert.Equal(["end bid 1: WindowStarted after 0"], book.Apply(Enter(1, Terms(2m, from: 0)), halfPast).Told());
        book.Apply(Open(Ask(1, 1m)), halfPast);
        Assert.Equal(["trade bid 2 of listing 1: 4 at 1.00"], book.Apply(Enter(2, Terms(2m, from: 0)), halfPast).Told());
        Assert.Equal(["end bid 3: WindowStarted after 0"], book.Apply(Enter(3, Terms(2m, from: 0)), Hour(1).Start).Told());
    }

    [Fact]
    public void Good_till_date_bid_ends_at_its_date()
    {
        var date = Monday + Duration.FromMinutes(20);
        Apply(Enter(1, Terms(2m, timeInForce: TimeInForce.GoodTillDate, expiresAt: date)));
        Assert.Empty(book.Apply(new ExpireBids(), date - Duration.FromMilliseconds(1)).Events);
        Assert.Equal(["end bid 1: DateReached after 0"], book.Apply(new ExpireBids(), date).Told());
    }

    [Fact]
    public void Hours_given_back_are_offered_again_once_and_to_bids_that_wait()
    {
        Apply(Open(Ask(1, 1m)));
        var sold = (BidTraded)book.Apply(Enter(1, Terms(1m, from: 1, to: 9)), Monday).Events[^1];
        Apply(Enter(2, Terms(2m, from: 5, to: 9)));
        var giveBack = new GiveBack(sold.TradeId, sold.ListingId, 4, Hours(4, 9), StopOffering: false);
        Assert.Equal(["back 4 of listing 1: 4-9", "trade bid 2 of listing 1: 4 at 2.00"], Apply(giveBack));
        Assert.Empty(Apply(giveBack));
        Assert.Equal(["back 4 of listing 1: 2-4"], Apply(giveBack with { Window = Hours(2, 9) }));
    }

    [Fact]
    public void Hours_of_a_failed_machine_are_not_offered_again_until_the_listing_is()
    {
        Apply(Open(Ask(1, 1m)));
        var sold = (BidTraded)book.Apply(Enter(1, Terms(1m, from: 1, to: 9)), Monday).Events[^1];
        Apply(Enter(2, Terms(2m, from: 5, to: 9)));
        Assert.Equal(["back 4 of listing 1: 4-9"], Apply(new GiveBack(sold.TradeId, sold.ListingId, 4, Hours(4, 9), StopOffering: true)));
        Assert.Equal(["trade bid 2 of listing 1: 4 at 2.00"], Apply(Open(Ask(1, 1m))));
    }

    [Fact]
    public void More_hours_than_were_sold_cannot_be_given_back()
    {
        Apply(Open(Ask(1, 1m)));
        var sold = (BidTraded)book.Apply(Enter(1, Terms(1m, from: 1, to: 9)), Monday).Events[^1];
        var giveBack = new GiveBack(sold.TradeId, sold.ListingId, 4, Hours(4, 9), StopOffering: false);
        Assert.Throws<InvariantException>(() => book.Apply(giveBack with { GpuCount = 3 }, Monday));
        Assert.Throws<InvariantException>(() => book.Apply(giveBack with { Window = Hours(4, 10) }, Monday));
        Assert.Throws<InvariantException>(() => book.Apply(giveBack with { ListingId = Listing(2) }, Monday));
    }

    [Fact]
    public void Reopened_listing_remembers_what_it_sold()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(1m, gpus: 3)));
        Apply(new CloseAsk(Listing(1), Monday));
        Assert.Empty(Apply(Enter(2, Terms(1m, gpus: 1, timeInForce: TimeInForce.GoodTillCancelled))));
        Assert.Equal(["trade bid 2 of listing 1: 1 at 1.00"], Apply(Open(Ask(1, 1m))));
        Assert.Equal(["end bid 3: NotFilledAtOnce after 0"], Apply(Enter(3, Terms(9m, gpus: 1, timeInForce: TimeInForce.FillOrKill))));
    }

    [Fact]
    public void Late_activation_does_not_reopen_a_listing_that_was_closed_after_it()
    {
        Apply(new CloseAsk(Listing(1), Monday + Duration.FromSeconds(1)));
        Apply(Open(Ask(1, 1m)));
        Assert.Empty(book.ToSnapshot().Asks);
        Apply(new OpenAsk(Ask(1, 1m), Monday + Duration.FromSeconds(2)), new CloseAsk(Listing(1), Monday));
        Assert.True(Assert.Single(book.ToSnapshot().Asks).IsOpen);
    }

    private List<string> Apply(params BookCommand[] commands)
    {
        List<string> told = [];
        foreach (var command in commands) told = book.Apply(command, Monday).Told();
        return told;
    }
}
