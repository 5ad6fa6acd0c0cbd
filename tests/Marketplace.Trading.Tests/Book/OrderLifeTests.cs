using Marketplace.Trading.Book;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

/// <summary>How long bids wait, and rules 7 and 8: post-only and replacing.</summary>
public sealed class OrderLifeTests : BookExamples
{
    private static readonly Instant Date = Monday + Duration.FromMinutes(20);

    [Fact]
    public void Bid_dies_when_its_window_starts_and_is_not_matched_after()
    {
        Apply(Enter(1, Terms(2m, from: 1)));
        Assert.Equal(["end bid 1: WindowStarted after 0"], ApplyAt(Hour(1).Start, Open(Ask(1, 1m))));
    }

    [Fact]
    public void Bid_for_the_running_hour_is_filled_at_once_or_expires()
    {
        var halfPast = Monday + Duration.FromMinutes(30);
        Assert.Equal(["end bid 1: WindowStarted after 0"], ApplyAt(halfPast, Enter(1, Terms(2m, from: 0))));
        Assert.Equal(["trade bid 2 of listing 1: 4 in 0-5 at 1.00"], ApplyAt(halfPast, Open(Ask(1, 1m)), Enter(2, Terms(2m, from: 0))));
        Assert.Equal(["end bid 3: WindowStarted after 0"], ApplyAt(Hour(1).Start, Enter(3, Terms(2m, from: 0))));
    }

    [Fact]
    public void Good_till_date_bid_ends_at_its_date()
    {
        Apply(Enter(1, Until(Date)));
        Assert.Empty(ApplyAt(Date - Duration.FromMilliseconds(1), new ExpireBids()));
        Assert.Equal(["end bid 1: DateReached after 0"], ApplyAt(Date, new ExpireBids()));
    }

    [Fact]
    public void Bid_whose_date_is_over_as_it_comes_in_buys_nothing()
    {
        Apply(Open(Ask(1, 1m)));
        Assert.Equal(["end bid 1: DateReached after 0"], Apply(Enter(1, Until(Monday))));
    }

    [Fact]
    public void Bids_that_one_command_finds_over_end_by_when_they_were_due_and_then_by_age()
    {
        Apply(Enter(1, Terms(9m)), Enter(2, Until(Date + Duration.FromMinutes(1))), Enter(3, Until(Date)), Enter(4, Terms(1m)));
        Apply(Enter(5, Until(Hour(1).Start)));
        Assert.Equal(
            [
                "end bid 3: DateReached after 0", "end bid 2: DateReached after 0", "end bid 1: WindowStarted after 0",
                "end bid 4: WindowStarted after 0", "end bid 5: WindowStarted after 0",
            ],
            ApplyAt(Hour(2).Start, new ExpireBids()));
    }

    [Fact]
    public void Clock_that_goes_back_does_not_revive_anything()
    {
        Apply(Enter(1, Until(Date)));
        Assert.Equal(["end bid 1: DateReached after 0"], ApplyAt(Date, new ExpireBids()));
        Assert.Equal(["end bid 2: DateReached after 0"], ApplyAt(Monday, Enter(2, Until(Date))));
    }

    [Fact]
    public void Cancelled_bid_buys_nothing_any_more()
    {
        Assert.Equal(["end bid 1: Cancelled after 0"], Apply(Enter(1, Terms(2m)), new WithdrawBid(Bid(1))));
        Assert.Empty(Apply(Open(Ask(1, 1m))));
        Assert.Empty(Apply(new WithdrawBid(Bid(1))));
    }

    [Fact]
    public void Post_only_bid_that_would_buy_ends()
    {
        Apply(Open(Ask(1, 2m, gpus: 1)));
        Assert.Equal(["end bid 1: WouldTrade after 0"], Apply(Enter(1, Terms(2m, minimum: 1, postOnly: true))));
        Assert.Single(Apply(Enter(2, Terms(2m, gpus: 1))));
    }

    [Fact]
    public void Post_only_bid_that_would_not_buy_waits_and_buys_of_what_comes_in()
    {
        Apply(Open(Ask(1, 2m, gpus: 3)), Open(Ask(2, 3m)));
        Assert.Empty(Apply(Enter(1, Terms(2m, postOnly: true))));
        Assert.Equal(
            ["trade bid 1 of listing 1: 3 in 1-5 at 2.00", "trade bid 1 of listing 3: 1 in 1-5 at 2.00"], Apply(Open(Ask(3, 2m, gpus: 1))));
    }

    [Fact]
    public void Replaced_post_only_bid_that_would_buy_ends()
    {
        Apply(Open(Ask(1, 2m)), Enter(1, Terms(1m, postOnly: true)));
        Assert.Equal(
            ["replace bid 1, which loses its place: 4 at 2.00", "end bid 1: WouldTrade after 0"], Apply(new ReplaceBid(Bid(1), Terms(2m, postOnly: true))));
    }

    [Fact]
    public void Fewer_gpus_another_minimum_or_another_date_keep_a_bids_place()
    {
        Apply(Enter(1, Terms(2m, minimum: 2)), Enter(2, Terms(2m)));
        const string Keeps = "replace bid 1, which keeps its place: ";
        Assert.Equal([Keeps + "2 to 3 at 2.00"], Apply(new ReplaceBid(Bid(1), Terms(2m, gpus: 3, minimum: 2))));
        Assert.Equal([Keeps + "1 to 3 at 2.00"], Apply(new ReplaceBid(Bid(1), Terms(2m, gpus: 3, minimum: 1))));
        var dated = Terms(2m, gpus: 3, minimum: 1, timeInForce: TimeInForce.GoodTillDate, expiresAt: Date);
        Assert.Equal([Keeps + "1 to 3 at 2.00 until 0:20"], Apply(new ReplaceBid(Bid(1), dated)));
        Assert.Equal(["trade bid 1 of listing 1: 3 in 1-5 at 2.00"], Apply(Open(Ask(1, 1m, gpus: 3))));
    }

    [Theory]
    [InlineData("more gpus")]
    [InlineData("dearer")]
    public void More_gpus_or_another_limit_make_a_bid_the_youngest(string change)
    {
        Apply(Enter(1, Terms(change == "dearer" ? 1m : 2m, gpus: change == "dearer" ? 4 : 3)), Enter(2, Terms(2m)));
        Assert.Equal(["replace bid 1, which loses its place: 4 at 2.00"], Apply(new ReplaceBid(Bid(1), Terms(2m))));
        Assert.Equal(["trade bid 2 of listing 1: 4 in 1-5 at 2.00"], Apply(Open(Ask(1, 1m))));
    }

    [Fact]
    public void Lower_limit_loses_the_place_too()
    {
        Apply(Enter(1, Terms(3m)), Enter(2, Terms(2m)));
        Assert.Equal(["replace bid 1, which loses its place: 4 at 2.00"], Apply(new ReplaceBid(Bid(1), Terms(2m))));
        Assert.Equal(["trade bid 2 of listing 1: 4 in 1-5 at 2.00"], Apply(Open(Ask(1, 1m))));
    }

    [Fact]
    public void Replaced_bid_is_tried_at_once_and_pays_the_listings_price()
    {
        Apply(Open(Ask(1, 2.50m)), Enter(1, Terms(2m)));
        Assert.Equal(
            ["replace bid 1, which loses its place: 4 at 3.00", "trade bid 1 of listing 1: 4 in 1-5 at 2.50"], Apply(new ReplaceBid(Bid(1), Terms(3m))));
    }

    [Fact]
    public void Bid_that_is_replaced_by_a_smaller_one_buys_what_was_too_little_before()
    {
        Apply(Open(Ask(1, 1m, gpus: 3)), Enter(1, Terms(2m)));
        Assert.Equal(
            ["replace bid 1, which keeps its place: 3 at 2.00", "trade bid 1 of listing 1: 3 in 1-5 at 1.00"],
            Apply(new ReplaceBid(Bid(1), Terms(2m, gpus: 3))));
    }

    [Fact]
    public void Gpus_bought_before_count_for_the_replacement()
    {
        Apply(Open(Ask(1, 1m, gpus: 2)), Enter(1, Terms(2m, gpus: 6, minimum: 1)));
        Apply(new ReplaceBid(Bid(1), Terms(2m, gpus: 3, minimum: 1)));
        Assert.Equal(["trade bid 1 of listing 2: 1 in 1-5 at 2.00"], Apply(Open(Ask(2, 1m))));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void Replacement_by_no_more_than_was_bought_ends_the_bid_as_cancelled(int gpus)
    {
        Apply(Open(Ask(1, 1m, gpus: 2)), Enter(1, Terms(2m, minimum: 1)));
        Assert.Equal(["end bid 1: Cancelled after 2"], Apply(new ReplaceBid(Bid(1), Terms(2m, gpus: gpus, minimum: 1))));
        Assert.Empty(Apply(Open(Ask(2, 1m))));
    }

    [Fact]
    public void Replacement_whose_date_is_over_ends_the_bid()
    {
        Apply(Enter(1, Terms(2m)));
        Assert.Equal(
            ["replace bid 1, which keeps its place: 4 at 2.00 until 0:00", "end bid 1: DateReached after 0"],
            Apply(new ReplaceBid(Bid(1), Until(Monday))));
    }

    [Fact]
    public void Replaced_bid_that_meets_its_own_listing_expires()
    {
        Apply(Enter(1, Terms(2m)), Open(Ask(1, 1m, provider: 9)));
        Assert.Equal(
            ["replace bid 1, which keeps its place: 3 at 2.00", "end bid 1: SelfTrade after 0"], Apply(new ReplaceBid(Bid(1), Terms(2m, gpus: 3))));
    }

    [Fact]
    public void Bid_that_does_not_wait_cannot_be_replaced()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(2m)));
        Assert.Empty(Apply(new ReplaceBid(Bid(1), Terms(2m, gpus: 8))));
        Assert.Empty(Apply(new ReplaceBid(Bid(2), Terms(2m))));
    }

    private static BidTerms Until(Instant date) => Terms(2m, timeInForce: TimeInForce.GoodTillDate, expiresAt: date);
}
