using Marketplace.Trading.Book;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

/// <summary>Rules 9 and 10.</summary>
public sealed class HaltAndBandTests : BookExamples
{
    private int nextBid = 100;

    [Fact]
    public void Halted_book_takes_no_orders_and_tells_what_replaced_bids_still_want()
    {
        Apply(Open(Ask(1, 2m)), Enter(1, Terms(1m)), new HaltBook());
        Assert.Equal(["end bid 2: BookHalted after 0"], Apply(Enter(2, Terms(2m))));
        string[] asBefore = ["replace bid 1, which keeps its place: 4 at 1.00"];
        Assert.Equal(asBefore, Apply(new ReplaceBid(Bid(1), Terms(2m))));
        Assert.Equal(asBefore, Apply(new ReplaceBid(Bid(1), Terms(1m, gpus: 8, timeInForce: TimeInForce.GoodTillDate, expiresAt: Monday))));
        Assert.Equal(["resume"], Apply(new ResumeBook()));
    }

    [Fact]
    public void Replacement_in_a_halt_by_no_more_than_was_bought_does_not_end_a_bid()
    {
        Apply(Open(Ask(1, 1m, gpus: 2)), Enter(1, Terms(2m, minimum: 1)), new HaltBook());
        Assert.Equal(["replace bid 1, which keeps its place: 1 to 4 at 2.00"], Apply(new ReplaceBid(Bid(1), Terms(2m, gpus: 2, minimum: 1))));
    }

    [Fact]
    public void Halted_book_takes_cancellations_expiries_and_returned_hours()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(1m)), Enter(2, Terms(2m)), Enter(3, Terms(2m)), new HaltBook());
        Assert.Equal(["end bid 2: Cancelled after 0"], Apply(new WithdrawBid(Bid(2))));
        Assert.Equal(["back 4 of listing 1: 1-5"], Apply(new GiveBack(Trade(1), Listing(1), 4, Hours(1, 5), StopOffering: false)));
        Assert.Equal(["end bid 3: WindowStarted after 0"], ApplyAt(Hour(1).Start, new ExpireBids()));
    }

    [Fact]
    public void When_a_halt_ends_waiting_bids_are_tried_by_limit_and_age_at_the_listings_prices()
    {
        Apply(Enter(1, Terms(2m)), Enter(2, Terms(3m)), Enter(3, Terms(3m)), new HaltBook());
        Assert.Empty(Apply(Open(Ask(1, 1m, gpus: 8))));
        Assert.Equal(
            ["resume", "trade bid 2 of listing 1: 4 in 1-5 at 1.00", "trade bid 3 of listing 1: 4 in 1-5 at 1.00"], Apply(new ResumeBook()));
    }

    [Fact]
    public void When_a_halt_ends_currencies_are_tried_in_the_order_of_their_codes()
    {
        var yuan = UnitPrice.OfMicros(1_000_000, Currency.Cny);
        Apply(Enter(1, Terms(9m)), Enter(2, Terms(1m) with { Limit = yuan }), new HaltBook());
        Apply(Open(Ask(1, 1m)), Open(Ask(2, 1m) with { Price = yuan }));
        Assert.Equal(
            ["resume", "trade bid 2 of listing 2: 4 in 1-5 at 1.00", "trade bid 1 of listing 1: 4 in 1-5 at 1.00"], Apply(new ResumeBook()));
    }

    [Fact]
    public void When_a_halt_ends_bids_are_tried_as_if_they_came_in()
    {
        Apply(Enter(1, Terms(4m, postOnly: true)), Enter(2, Terms(3m)), Enter(3, Terms(2m)), new HaltBook());
        Apply(Open(Ask(1, 1m, provider: 2)), Open(Ask(2, 0.5m, gpus: 1, provider: 9)));
        Assert.Equal(
            ["resume", "end bid 1: SelfTrade after 0", "end bid 2: SelfTrade after 0", "end bid 3: SelfTrade after 0"], Apply(new ResumeBook()));

        Apply(Enter(4, Terms(0.4m, gpus: 1, postOnly: true), buyer: 8), new HaltBook(), Open(Ask(3, 0.3m, provider: 2)));
        Assert.Equal(["resume", "end bid 4: WouldTrade after 0"], Apply(new ResumeBook()));
    }

    [Fact]
    public void Halting_twice_and_resuming_what_is_not_halted_changes_nothing()
    {
        Assert.Empty(Apply(new ResumeBook()));
        Assert.Equal(["halt"], Apply(new HaltBook()));
        Assert.Empty(Apply(new HaltBook()));
        Assert.Equal(["resume"], Apply(new ResumeBook()));
    }

    [Fact]
    public void Book_that_never_traded_has_no_band() => Assert.Empty(Apply(Enter(1, Terms(1_000m)), Enter(2, Terms(0.001m))));

    [Theory]
    [InlineData("0.199999", false)]
    [InlineData("0.20", true)]
    [InlineData("20.00", true)]
    [InlineData("20.000001", false)]
    public void Limit_may_be_ten_times_the_reference_or_a_tenth_of_it(string limit, bool isTaken)
    {
        TradeAt(2.00m, Monday);
        Assert.Equal(isTaken ? [] : ["end bid 5: OutsidePriceBand after 0"], Apply(Enter(5, Terms(decimal.Parse(limit, null)))));
    }

    [Fact]
    public void Reference_is_weighted_by_gpu_hours()
    {
        // 16 GPU-hours at 1.00 and 4 at 6.00: 2.00 on average.
        TradeAt(1.00m, Monday);
        Apply(Open(Ask(2, 6.00m)), Enter(2, Terms(6.00m, gpus: 1, from: 8, to: 12)), new SetPriceBand(2m));
        AssertBand("1.00", "4.00");
    }

    [Fact]
    public void Reference_and_the_upper_end_are_rounded_down_and_the_lower_end_up()
    {
        // 12 GPU-hours at 1.000003 and 4 at 1.000001: 1.0000025, so that the reference is 1.000002.
        Apply(Open(Ask(1, 1.000003m)), Enter(1, Terms(9m, gpus: 3)), Open(Ask(2, 1.000001m, gpus: 1)), Enter(2, Terms(9m, gpus: 1)));
        Apply(new SetPriceBand(1.25m));
        AssertBand("0.800002", "1.250002");
    }

    [Fact]
    public void Trades_count_for_the_24_hours_up_to_the_hour_of_the_last_one()
    {
        // The first trade is of Monday 08:00 to 09:00, so that the 24 hours that end on Tuesday at 08:00 still have it.
        TradeAt(1.00m, Monday + Duration.FromMinutes(59));
        var tuesday = Monday + Duration.FromDays(1);
        TradeAt(3.00m, tuesday - Duration.FromMilliseconds(1));
        Apply(new SetPriceBand(2m));
        AssertBand("1.00", "4.00");
        TradeAt(3.00m, tuesday);
        AssertBand("1.50", "6.00");
    }

    [Fact]
    public void Reference_does_not_fade_while_nothing_trades()
    {
        TradeAt(2.00m, Monday);
        ApplyAt(Monday + Duration.FromDays(9), new SetPriceBand(2m));
        AssertBand("1.00", "4.00");
    }

    [Fact]
    public void Each_currency_has_a_reference_of_its_own()
    {
        TradeAt(2.00m, Monday);
        var yuan = Terms(1m) with { Limit = UnitPrice.OfMicros(999_000_000, Currency.Cny) };
        Assert.Empty(Apply(Enter(5, yuan)));
    }

    [Fact]
    public void Band_is_what_an_operator_sets_or_none()
    {
        TradeAt(2.00m, Monday);
        Assert.Equal(["band none"], Apply(new SetPriceBand(null)));
        Assert.Empty(Apply(Enter(5, Terms(1_000m))));
        Assert.Equal(["band ratio 1.5"], Apply(new SetPriceBand(1.5m)));
        Assert.Equal(["end bid 6: OutsidePriceBand after 0"], Apply(Enter(6, Terms(3.01m))));
        Assert.Equal(["trade bid 5 of listing 7: 4 in 1-5 at 1000.00"], Apply(Open(Ask(7, 9m))));
    }

    [Fact]
    public void Limit_per_pflop_hour_has_no_band()
    {
        TradeAt(2.00m, Monday);
        Assert.Empty(Apply(Enter(5, Terms(1_000m, basis: PriceBasis.ProvenPflopHour))));
    }

    [Fact]
    public void Replacement_outside_the_band_is_not_applied()
    {
        TradeAt(2.00m, Monday);
        Apply(Enter(5, Terms(1m)));
        Assert.Equal(["replace bid 5, which keeps its place: 4 at 1.00"], Apply(new ReplaceBid(Bid(5), Terms(20.01m, gpus: 8))));
        Assert.Equal(["trade bid 5 of listing 7: 4 in 1-5 at 1.00"], Apply(Open(Ask(7, 1m, gpus: 8))));
    }

    [Fact]
    public void Bid_that_the_band_left_behind_may_be_replaced_but_for_its_limit()
    {
        TradeAt(2.00m, Monday);
        Apply(Enter(5, Terms(1m)), new SetPriceBand(1.25m));
        Assert.Equal(["replace bid 5, which loses its place: 8 at 1.00"], Apply(new ReplaceBid(Bid(5), Terms(1m, gpus: 8))));
        Assert.Equal(["replace bid 5, which keeps its place: 8 at 1.00"], Apply(new ReplaceBid(Bid(5), Terms(1.59m, gpus: 8))));
        Assert.Equal(["replace bid 5, which loses its place: 8 at 1.60"], Apply(new ReplaceBid(Bid(5), Terms(1.60m, gpus: 8))));
    }

    // 16 GPU-hours, an hour and more after the trade.
    private void TradeAt(decimal price, Instant at)
    {
        var from = HourSlot.Containing(at) - Hour(0) + 2;
        var listing = 40 + from;
        ApplyAt(at, Open(Ask(listing, price, from: from, to: from + 4)));
        Assert.Single(ApplyAt(at, Enter(listing, Terms(price, from: from, to: from + 4))));
    }

    private void AssertBand(string lowest, string highest)
    {
        var (low, high) = (decimal.Parse(lowest, null), decimal.Parse(highest, null));
        foreach (var (limit, isTaken) in new[] { (low, true), (high, true), (low - 0.000001m, false), (high + 0.000001m, false) })
        {
            var bid = nextBid++;
            var terms = Terms(limit, from: 400, to: 401);
            Assert.Equal(isTaken ? [] : [$"end bid {bid}: OutsidePriceBand after 0"], Apply(Enter(bid, terms)));
            if (isTaken) Apply(new WithdrawBid(Bid(bid)));
        }
    }
}
