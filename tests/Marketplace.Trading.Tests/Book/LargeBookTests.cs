using Marketplace.Trading.Book;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

/// <summary>What only happens where there is much of something: a command stops before its end, a queue is tidied up, prices are many.</summary>
public sealed class LargeBookTests
{
    private const int Most = OrderBook.MostEventsBeforeABid;
    private readonly OrderBook book = new(Given.Book);

    [Fact]
    public void Listing_that_meets_more_bids_than_fit_a_commit_goes_on_where_it_had_to_stop()
    {
        for (var bid = 1; bid <= 2_500; bid++) Apply(Enter(bid, Terms(2m, gpus: 1, minimum: bid % 2 == 0 ? 1 : null)));
        var told = Apply(Open(Ask(1, 1m, gpus: 2_400)));
        Assert.Equal((Most, new TryBids(Listing(1))), (told.Count, book.Unfinished));
        told.AddRange(Apply(book.Unfinished!));
        Assert.Equal((2 * Most, new TryBids(Listing(1))), (told.Count, book.Unfinished));
        told.AddRange(Apply(book.Unfinished!));
        Assert.Null(book.Unfinished);
        Assert.Equal(["open listing 1: 2400 in 0-24", .. Enumerable.Range(1, 2_400).Select(bid => $"trade bid {bid} of listing 1: 1 in 1-5 at 2.00")], told);
        Assert.Equal(100, book.WaitingBids);
    }

    [Fact]
    public void Listing_that_is_sold_out_by_the_last_bid_that_fits_has_no_more_to_do()
    {
        for (var bid = 1; bid <= 1_500; bid++) Apply(Enter(bid, Terms(2m, gpus: 1)));
        Assert.Equal(Most, Apply(Open(Ask(1, 1m, gpus: Most - 1, from: 1, to: 5))).Count);
        Assert.Null(book.Unfinished);
    }

    [Fact]
    public void End_of_a_halt_that_meets_more_bids_than_fit_a_commit_goes_on_where_it_had_to_stop()
    {
        for (var bid = 1; bid <= 1_500; bid++) Apply(Enter(bid, Terms(2m, gpus: 1)));
        Apply(new HaltBook());
        Apply(Open(Ask(1, 1m, gpus: 2_000)));
        var told = Apply(new ResumeBook());
        Assert.Equal((Most, new TryBids(ListingId: null)), (told.Count, book.Unfinished));
        told.AddRange(Apply(book.Unfinished!));
        Assert.Null(book.Unfinished);
        Assert.Equal(["resume", .. Enumerable.Range(1, 1_500).Select(bid => $"trade bid {bid} of listing 1: 1 in 1-5 at 1.00")], told);
    }

    [Fact]
    public void Bids_that_are_over_go_some_with_each_command_and_nobody_buys_before_all_are_gone()
    {
        for (var bid = 1; bid <= 2_500; bid++) Apply(Enter(bid, Terms(9m, gpus: 1, to: 2)));
        Apply(Enter(2_501, Terms(2m, gpus: 1, from: 2)));
        var told = Apply(Open(Ask(1, 1m)), Hour(1).Start);
        Assert.Equal((OrderBook.MaxExpiriesPerCommand + 1, new TryBids(Listing(1))), (told.Count, book.Unfinished));
        told.Remove("open listing 1: 4 in 0-24");
        told.AddRange(Apply(book.Unfinished!, Hour(1).Start));
        Assert.Null(book.Unfinished);
        Assert.Equal(
            [.. Enumerable.Range(1, 2_500).Select(bid => $"end bid {bid}: WindowStarted after 0"), "trade bid 2501 of listing 1: 1 in 2-5 at 2.00"], told);
    }

    [Fact]
    public void Bids_with_a_date_expire_though_very_many_others_came_and_went()
    {
        var date = Monday + Duration.FromMinutes(20);
        for (var bid = 1; bid <= 20; bid++) Apply(Enter(bid, Terms(2m, timeInForce: TimeInForce.GoodTillDate, expiresAt: date)));
        for (var i = 0; i < 101_000; i++)
        {
            book.Decide(Enter(21, Terms(2m)), Monday);
            book.Decide(new WithdrawBid(Bid(21)), Monday);
        }

        Assert.Equal(Enumerable.Range(1, 20).Select(bid => $"end bid {bid}: DateReached after 0"), Apply(new ExpireBids(), date));
    }

    [Fact]
    public void Listings_at_very_many_prices_sell_in_their_order()
    {
        var books = new BothBooks();
        for (var i = 0; i < 700; i++) books.Apply(Open(Ask(i, 1 + (i * 389 % 700 * 0.01m), gpus: 1)), Monday);
        Assert.Equal(301, books.Apply(Sweep(1, 300), Monday).Count);
        Assert.Equal(301, books.Apply(Sweep(2, 300), Monday).Count);
        for (var i = 700; i < 1_400; i++) books.Apply(Open(Ask(i, 1 + (i * 173 % 700 * 0.01m), gpus: 1)), Monday);
        Assert.Equal(801, books.Apply(Sweep(3, 800), Monday).Count);

        static EnterBid Sweep(int bid, int gpus) => Enter(bid, Terms(20m, gpus, minimum: 1));
    }

    [Fact]
    public void Bids_at_very_many_limits_buy_in_their_order()
    {
        var books = new BothBooks();
        for (var i = 0; i < 600; i++) books.Apply(Enter(i, Terms(1 + (i * 389 % 600 * 0.01m), gpus: 1)), Monday);
        Assert.Equal(301, books.Apply(Open(Ask(1, 1m, gpus: 300)), Monday).Count);
        for (var i = 600; i < 900; i++) books.Apply(Enter(i, Terms(1 + (i * 173 % 600 * 0.01m), gpus: 1)), Monday);
        Assert.Equal(601, books.Apply(Open(Ask(2, 1m, gpus: 600)), Monday).Count);
    }

    private List<string> Apply(BookCommand command, Instant? at = null) => book.Apply(command, at ?? Monday).Told();
}
