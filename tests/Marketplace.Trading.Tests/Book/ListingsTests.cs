using Marketplace.Trading.Book;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

/// <summary>Listings that open and close, hours that come back, and leases that are sold on.</summary>
public sealed class ListingsTests : BookExamples
{
    [Fact]
    public void Reopened_listing_remembers_what_it_sold()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(1m, gpus: 3)), new CloseAsk(Listing(1), Monday));
        Assert.Empty(Apply(Enter(2, Terms(1m, gpus: 1))));
        Assert.Equal(["trade bid 2 of listing 1: 1 in 1-5 at 1.00"], Apply(Open(Ask(1, 1m))));
        Assert.Equal(["end bid 3: NotFilledAtOnce after 0"], Apply(Enter(3, Terms(9m, gpus: 1, timeInForce: TimeInForce.FillOrKill))));
    }

    [Fact]
    public void Late_activation_does_not_reopen_a_listing_that_was_closed_after_it()
    {
        Apply(new CloseAsk(Listing(1), Monday + Duration.FromSeconds(1)), Open(Ask(1, 1m)));
        Assert.Empty(Books.Engine.ToSnapshot().Asks);
        Apply(new OpenAsk(Ask(1, 1m), Monday + Duration.FromSeconds(2)), new CloseAsk(Listing(1), Monday));
        Assert.True(Assert.Single(Books.Engine.ToSnapshot().Asks).IsOpen);
    }

    [Fact]
    public void Closing_is_remembered_for_seven_days_of_the_books_time()
    {
        var sevenDays = Monday + Duration.FromDays(7);
        Apply(new CloseAsk(Listing(1), Monday), new CloseAsk(Listing(2), Monday + Duration.FromMilliseconds(1)));
        ApplyAt(sevenDays, new SetPriceBand(2m));
        Books.Engine.Forget();
        Assert.Equal([new Closing(Listing(2), Monday + Duration.FromMilliseconds(1))], Books.Engine.ToSnapshot().Closings);
        Books.Reload();
        Assert.Empty(Books.Apply(Open(Ask(2, 1m, from: 200, to: 224)), sevenDays));
    }

    [Fact]
    public void Older_activation_that_arrives_late_does_not_change_a_listing()
    {
        Apply(new OpenAsk(Ask(1, 2m), Monday + Duration.FromSeconds(1)), new OpenAsk(Ask(1, 1m), Monday));
        Assert.Equal(["trade bid 1 of listing 1: 4 in 1-5 at 2.00"], Apply(Enter(1, Terms(9m))));
    }

    [Fact]
    public void Activation_that_arrives_again_keeps_a_listings_place()
    {
        Apply(Open(Ask(1, 1m)), Open(Ask(2, 1m)), Open(Ask(1, 1m)));
        Assert.Equal(["trade bid 1 of listing 1: 4 in 1-5 at 1.00"], Apply(Enter(1, Terms(9m))));
    }

    [Fact]
    public void Hours_given_back_are_offered_again_once_and_to_bids_that_wait()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(1m, from: 1, to: 9)), Enter(2, Terms(2m, from: 5, to: 9)));
        var giveBack = GiveBack(4, 9);
        Assert.Equal(["back 4 of listing 1: 4-9", "trade bid 2 of listing 1: 4 in 5-9 at 2.00"], Apply(giveBack));
        Assert.Empty(Apply(giveBack));
        Assert.Equal(["back 4 of listing 1: 2-4"], Apply(giveBack with { Window = Hours(2, 9) }));
    }

    [Fact]
    public void Listing_that_was_sold_out_has_its_old_place_when_hours_come_back()
    {
        Apply(Open(Ask(1, 1m, from: 1, to: 9)), Enter(1, Terms(1m, from: 1, to: 9)), Open(Ask(2, 1m)), GiveBack(1, 9));
        Assert.Equal(["trade bid 2 of listing 1: 4 in 1-5 at 1.00"], Apply(Enter(2, Terms(1m))));
    }

    [Fact]
    public void Hours_that_are_over_are_not_given_back()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(1m, from: 1, to: 9)));
        Assert.Equal(["back 4 of listing 1: 3-9"], ApplyAt(Hour(3).Start, GiveBack(1, 9)));
    }

    [Fact]
    public void Hours_of_a_failed_machine_are_not_offered_again_until_the_listing_is()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(1m, from: 1, to: 9)), Enter(2, Terms(2m, from: 5, to: 9)));
        Assert.Equal(["back 4 of listing 1: 4-9"], Apply(GiveBack(4, 9) with { StopOffering = true }));
        Assert.Equal(["trade bid 2 of listing 1: 4 in 5-9 at 2.00"], Apply(Open(Ask(1, 1m))));
    }

    [Fact]
    public void More_hours_than_were_sold_cannot_be_given_back()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(1m, from: 1, to: 9)));
        var sold = Books.Batches.SelectMany(b => b.Events).OfType<BidTraded>().Single();
        var giveBack = GiveBack(4, 9) with { TradeId = sold.TradeId };
        Assert.Throws<InvariantException>(() => Books.Engine.Apply(giveBack with { GpuCount = 3 }, Monday));
        Assert.Throws<InvariantException>(() => Books.Engine.Apply(giveBack with { Window = Hours(4, 10) }, Monday));
        Assert.Throws<InvariantException>(() => Books.Engine.Apply(giveBack with { ListingId = Listing(2) }, Monday));
    }

    [Fact]
    public void Resale_is_a_listing_of_the_machine_by_the_buyer_and_the_machines_own_listing_keeps_the_hours_as_sold()
    {
        var original = Ask(1, 1m, minimumHours: 4);
        Apply(Open(original), Enter(1, Terms(1m, from: 1, to: 9)), Resell(3, 5, gpus: 2));
        var wants = Terms(2m, gpus: 2, from: 3, to: 5, requirements: new BidRequirements(original.Proven, original.Pue, original.GridCarbonGramsPerKWh));
        Assert.Equal(["trade bid 2 of listing 50: 2 in 3-5 at 2.00"], Apply(Enter(2, wants, buyer: 8)));
        var trade = (BidTraded)Books.Batches[^1].Events[^1];
        Assert.Equal((Org(9), original.MachineId, original.Proven, Lease(1)), (trade.Provider, trade.MachineId, trade.Proven, trade.ResoldLease));
        Assert.Empty(Apply(Enter(3, Terms(9m, gpus: 1, from: 3, to: 7), buyer: 7)));
    }

    [Fact]
    public void Resale_meets_waiting_bids_but_not_its_sellers()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(1m, from: 1, to: 9)));
        Apply(Enter(2, Terms(4m, from: 1, to: 3)), Enter(3, Terms(3m, from: 1, to: 3), buyer: 8));
        Assert.Equal(["trade bid 3 of listing 50: 4 in 1-3 at 3.00"], Apply(Resell(1, 9, gpus: 4)));
    }

    [Fact]
    public void Resale_that_is_closed_sells_no_more()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(1m, from: 1, to: 9)), Resell(1, 9, gpus: 4), new CloseAsk(Listing(50), Monday));
        Assert.Empty(Apply(Enter(2, Terms(9m), buyer: 8)));
    }

    [Fact]
    public void Failure_that_is_told_when_the_hours_are_over_still_stops_what_is_offered()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(1m, from: 1, to: 3)));
        var failed = GiveBack(1, 3) with { StopOffering = true };
        Assert.Equal(["close listing 1"], Books.Apply(failed, Hour(3).Start));
        Assert.Empty(Books.Apply(failed, Hour(4).Start));
    }

    [Fact]
    public void Resale_tells_as_it_closes_how_many_trades_it_made_and_tells_it_once()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(1m, from: 1, to: 9)), Resell(1, 9, gpus: 4));
        Apply(Enter(2, Terms(2m, gpus: 1), buyer: 8), Enter(3, Terms(2m, gpus: 1), buyer: 7));
        Books.Reload();
        Apply(Enter(4, Terms(2m, gpus: 1), buyer: 6));
        var close = new CloseAsk(Listing(50), Monday, Lease(1));
        Assert.Equal(["close listing 50 of lease 1 after 3 trades"], Books.Apply(close, Monday));
        Assert.Empty(Books.Apply(close with { ClosedAt = Monday + Duration.FromSeconds(1) }, Monday + Duration.FromSeconds(1)));
        Assert.Empty(Books.Apply(Resell(1, 9, gpus: 4) with { OfferedAt = Monday - Duration.FromSeconds(1) }, Monday + Duration.FromSeconds(1)));
    }

    [Fact]
    public void Closing_that_overtakes_its_resale_ends_it()
    {
        Apply(Open(Ask(1, 1m)), Enter(1, Terms(1m, from: 1, to: 9)));
        Assert.Equal(
            ["close listing 50 of lease 1 after 0 trades"], Books.Apply(new CloseAsk(Listing(50), Monday + Duration.FromSeconds(1), Lease(1)), Monday));
        Assert.Empty(Books.Apply(Resell(1, 9, gpus: 4), Monday + Duration.FromSeconds(2)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Resale_of_hours_that_are_over_ends_at_once_whether_or_not_the_book_still_knows_the_listing(bool forgets)
    {
        Apply(Open(Ask(1, 1m, to: 9)), Enter(1, Terms(1m, from: 1, to: 9)), new CloseAsk(Listing(1), Monday));
        ApplyAt(Hour(9).Start, new SetPriceBand(2m));
        if (forgets) Books.Engine.Forget();
        Assert.Equal(["close listing 50 of lease 1 after 0 trades"], Books.Apply(Resell(7, 9, gpus: 4), Hour(9).Start));
        Assert.Empty(Books.Apply(Resell(7, 9, gpus: 4), Hour(9).Start));
    }

    [Fact]
    public void Resale_of_the_running_hour_is_offered()
    {
        Apply(Open(Ask(1, 1m, to: 9)), Enter(1, Terms(1m, from: 1, to: 9)), new CloseAsk(Listing(1), Monday));
        var atNine = Hour(9).Start - Duration.FromMilliseconds(1);
        ApplyAt(atNine, new SetPriceBand(2m));
        Books.Engine.Forget();
        ApplyAt(atNine, Resell(8, 9, gpus: 4));
        Assert.Equal(["trade bid 2 of listing 50: 4 in 8-9 at 2.00"], ApplyAt(atNine, Enter(2, Terms(2m, from: 8, to: 9), buyer: 8)));
    }

    [Fact]
    public void Resale_of_a_listing_that_the_book_never_knew_ends_at_once()
    {
        Assert.Equal(["close listing 50 of lease 1 after 0 trades"], Books.Apply(Resell(1, 9, gpus: 4), Monday));
        Assert.Empty(Apply(Enter(2, Terms(9m), buyer: 8)));
    }

    // Of the only trade of an example, and of the listing that it bought from.
    private static GiveBack GiveBack(int from, int to) => new(Trade(1), Listing(1), 4, Hours(from, to), StopOffering: false);

    private static OpenResale Resell(int from, int to, int gpus) =>
        new(Listing(50), Listing(1), Lease(1), Org(9), gpus, Hours(from, to), Usd(2m), Monday);
}
