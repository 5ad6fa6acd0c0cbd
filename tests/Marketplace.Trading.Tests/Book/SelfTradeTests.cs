using Marketplace.Trading.Book;
using static Marketplace.Trading.Book.SelfTradePrevention;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

/// <summary>Rule 6. Organisation 9 buys, and sells too.</summary>
public sealed class SelfTradeTests : BookExamples
{
    [Theory]
    [InlineData(ExpireTaker)]
    [InlineData(ExpireBoth)]
    public void Bid_that_comes_in_and_meets_its_own_listing_expires_after_what_came_before(SelfTradePrevention mode)
    {
        Apply(Open(Ask(1, 1m, gpus: 1, provider: 2)), Open(Ask(2, 2m, provider: 9)), Open(Ask(3, 3m, provider: 2)));
        Assert.Equal(
            ["trade bid 1 of listing 1: 1 in 1-5 at 1.00", "end bid 1: SelfTrade after 1"], Apply(Enter(1, Terms(3m, minimum: 1, selfTrade: mode))));
        Assert.Equal(["end bid 2: SelfTrade after 0"], Apply(Enter(2, Terms(3m, selfTrade: mode))));
    }

    [Theory]
    [InlineData(ExpireMaker)]
    [InlineData(PassOver)]
    public void Bid_that_comes_in_passes_its_own_listings_over(SelfTradePrevention mode)
    {
        Apply(Open(Ask(1, 1m, provider: 9)), Open(Ask(2, 2m, provider: 2)));
        Assert.Equal(["trade bid 1 of listing 2: 4 in 1-5 at 2.00"], Apply(Enter(1, Terms(3m, selfTrade: mode))));
    }

    [Theory]
    [InlineData(ExpireTaker)]
    [InlineData(PassOver)]
    public void Arriving_listing_passes_bids_of_its_own_organisation_over(SelfTradePrevention mode)
    {
        Apply(Enter(1, Terms(3m, selfTrade: mode)), Enter(2, Terms(2m), buyer: 8));
        Assert.Equal(["trade bid 2 of listing 1: 4 in 1-5 at 2.00"], Apply(Open(Ask(1, 1m, provider: 9))));
        Assert.Equal(["trade bid 1 of listing 2: 4 in 1-5 at 3.00"], Apply(Open(Ask(2, 1m, provider: 2))));
    }

    [Theory]
    [InlineData(ExpireMaker)]
    [InlineData(ExpireBoth)]
    public void Waiting_bid_expires_when_its_own_listing_comes_in_that_would_sell_to_it(SelfTradePrevention mode)
    {
        Apply(Enter(1, Terms(3m, selfTrade: mode)), Enter(2, Terms(2m), buyer: 8));
        Assert.Equal(
            ["end bid 1: SelfTrade after 0", "trade bid 2 of listing 1: 4 in 1-5 at 2.00"], Apply(Open(Ask(1, 1m, provider: 9))));
    }

    [Fact]
    public void Waiting_bid_stays_when_its_own_listing_would_not_sell_to_it()
    {
        Apply(Enter(1, Terms(3m, selfTrade: ExpireMaker)));
        Assert.Empty(Apply(Open(Ask(1, 3.01m, provider: 9))));
        Assert.Empty(Apply(Open(Ask(2, 1m, gpus: 3, provider: 9))));
    }

    [Fact]
    public void Waiting_bid_expires_when_its_own_listing_would_complete_its_block()
    {
        Apply(Open(Ask(1, 1m, gpus: 3, provider: 2)), Enter(1, Terms(3m, selfTrade: ExpireMaker)));
        Assert.Equal(["end bid 1: SelfTrade after 0"], Apply(Open(Ask(2, 1m, gpus: 1, provider: 9))));
    }

    [Fact]
    public void Rest_of_a_bid_expires_with_what_it_bought_before()
    {
        Apply(Open(Ask(1, 1m, gpus: 3, provider: 2)), Enter(1, Terms(3m, minimum: 1, selfTrade: ExpireMaker)));
        Assert.Equal(["end bid 1: SelfTrade after 3"], Apply(Open(Ask(2, 1m, provider: 9))));
    }

    [Fact]
    public void Own_listing_that_is_not_part_of_the_block_does_no_harm()
    {
        Apply(Open(Ask(1, 1m, provider: 2)), Open(Ask(2, 2m, provider: 9)));
        Assert.Equal(["trade bid 1 of listing 1: 4 in 1-5 at 1.00"], Apply(Enter(1, Terms(3m))));
        Assert.Equal([], Apply(Enter(2, Terms(1.99m))));
    }

    [Fact]
    public void Bid_that_could_not_buy_anyway_does_not_expire_for_its_own_listing()
    {
        Apply(Open(Ask(1, 1m, gpus: 1, provider: 2)), Open(Ask(2, 1m, gpus: 1, provider: 9)));
        Assert.Empty(Apply(Enter(1, Terms(3m)), Enter(2, Terms(3m, minimum: 3))));
        Assert.Equal(2, Books.Engine.ToSnapshot().Bids.Count);
    }

    [Fact]
    public void Bid_for_one_machine_expires_if_the_best_with_enough_is_its_own()
    {
        Apply(Open(Ask(1, 1m, gpus: 3, provider: 9)), Open(Ask(2, 2m, provider: 2)), Open(Ask(3, 1.5m, gpus: 5, provider: 9)));
        Assert.Equal(
            ["trade bid 1 of listing 2: 4 in 1-5 at 2.00"],
            Apply(new CloseAsk(Listing(3), Monday), Enter(1, Terms(3m, placement: Placement.SameMachine))));
        Apply(Open(Ask(2, 2m, gpus: 8, provider: 2)), Open(Ask(3, 1.5m, gpus: 5, provider: 9)));
        Assert.Equal(["end bid 2: SelfTrade after 0"], Apply(Enter(2, Terms(3m, placement: Placement.SameMachine))));
    }
}
