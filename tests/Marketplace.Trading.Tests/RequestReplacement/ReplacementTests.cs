using Marketplace.Runtime.Work;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;
using Marketplace.Trading.RequestReplacement;
using Marketplace.Trading.Tests.Durable;
using Marketplace.Trading.UpdateBid;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.RequestReplacement;

public sealed class ReplacementTests
{
    [Fact]
    public async Task Higher_limit_is_tried_at_once()
    {
        await using var market = new TradingMarketplace();
        await market.Simulated.SendAsync(TradingMarketplace.Activated(Ask(1, 2.50m)));
        var bid = await market.PlaceAsync(Terms(2m), "k1");
        await market.Simulated.RunAsync();
        var requested = await ReplaceAsync(market, bid, limit: 3m);
        Assert.Equal((ReplacementStatus.Pending, Usd(2m)), (requested.Replacement!.Status, requested.Terms.Limit));

        await market.Simulated.RunAsync();
        var read = await market.ReadAsync(bid);
        Assert.Equal((BidStatus.Filled, ReplacementStatus.Applied, Usd(3m)), (read.Bid.Status, read.Bid.Replacement!.Status, read.Bid.Terms.Limit));
        Assert.Equal(Usd(2.50m), Assert.Single(read.Trades).Price);
    }

    [Fact]
    public async Task Replacement_of_a_bid_on_its_way_is_never_lost()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            await using var market = new TradingMarketplace(seed, disorderRate: 0.5);
            var bid = await market.PlaceAsync(Terms(2m), "k1");
            await ReplaceAsync(market, bid, limit: 3m);
            await market.Simulated.RunAsync();
            var read = (await market.ReadAsync(bid)).Bid;
            Assert.Equal((BidStatus.Resting, ReplacementStatus.Applied, Usd(3m)), (read.Status, read.Replacement!.Status, read.Terms.Limit));
        }
    }

    [Fact]
    public async Task Count_that_is_bought_already_ends_the_bid()
    {
        await using var market = new TradingMarketplace();
        await market.Simulated.SendAsync(TradingMarketplace.Activated(Ask(1, 1m, gpus: 3)));
        var bid = await market.PlaceAsync(Terms(2m, gpus: 4, minimum: 1), "k1");
        await market.Simulated.RunAsync();
        await ReplaceAsync(market, bid, gpuCount: 3);
        await market.Simulated.RunAsync();
        var read = (await market.ReadAsync(bid)).Bid;
        Assert.Equal((BidStatus.Cancelled, 3, ReplacementStatus.Applied), (read.Status, read.FilledGpuCount, read.Replacement!.Status));
    }

    [Fact]
    public async Task Book_that_is_halted_meanwhile_leaves_the_bid_as_it_was_and_says_so()
    {
        await using var market = new TradingMarketplace();
        var bid = await market.PlaceAsync(Terms(2m), "k1");
        await market.Simulated.RunAsync();
        await ReplaceAsync(market, bid, limit: 3m);
        await market.Simulated.Get<BookWriter>().ApplyAsync(Given.Book, new HaltBook(), Delivery.Of(1), default);
        await market.Simulated.RunAsync();
        var read = (await market.ReadAsync(bid)).Bid;
        Assert.Equal((BidStatus.Resting, ReplacementStatus.NotApplied, Usd(2m)), (read.Status, read.Replacement!.Status, read.Terms.Limit));
    }

    [Fact]
    public async Task New_date_ends_the_bid_on_time()
    {
        await using var market = new TradingMarketplace();
        var bid = await market.PlaceAsync(Terms(2m, from: 5, to: 6), "k1");
        await market.Simulated.RunAsync();
        await Accepted(market, new RequestReplacementCommand(bid.BidId, null, null, null, null, Hour(2).Start));
        await market.Simulated.RunUntilAsync(Hour(2).Start);
        var read = (await market.ReadAsync(bid)).Bid;
        Assert.Equal((BidStatus.Expired, (BidEnding?)BidEnding.DateReached), (read.Status, read.Ending));
    }

    [Fact]
    public async Task Settled_flexible_bid_ends_when_its_hours_begin()
    {
        await using var market = new TradingMarketplace();
        await market.Simulated.SendAsync(TradingMarketplace.Activated(Ask(1, 1m, gpus: 3)));
        var bid = await market.PlaceAsync(Terms(2m, from: 2, to: 20, minimum: 1) with { FlexibleHours = 1 }, "k1");
        await market.Simulated.RunUntilAsync(Hour(2).Start);
        var read = await market.ReadAsync(bid);
        Assert.Equal(Hours(2, 3), Assert.Single(read.Trades).Window);
        Assert.Equal((BidStatus.Expired, (BidEnding?)BidEnding.WindowStarted), (read.Bid.Status, read.Bid.Ending));
    }

    [Fact]
    public void Answer_to_a_replacement_counts_although_news_overtook_it()
    {
        var wanted = Terms(3m, minimum: 1);
        var bid = new Bid(
            Given.Bid(1), Org(9), Given.Book, Terms(2m, minimum: 1), BidStatus.PartiallyFilled, null, 2, false, Monday, Monday, Sequence: 9,
            new BidReplacement(wanted, ReplacementStatus.Pending, Monday));
        var late = bid.After(new BidUpdated(bid.BidId, bid.Buyer, 8, BidStatus.Resting, null, 0, [], Monday, wanted));
        Assert.Equal((wanted, ReplacementStatus.Applied, 2, 9), (late.Terms, late.Replacement!.Status, late.FilledGpuCount, (int)late.Sequence));
        Assert.Equal(late, late.After(new BidUpdated(bid.BidId, bid.Buyer, 7, BidStatus.Resting, null, 0, [], Monday)));
    }

    [Fact]
    public void Replacement_ends_with_its_bid()
    {
        var bid = new Bid(
            Given.Bid(1), Org(9), Given.Book, Terms(2m), BidStatus.Resting, null, 0, false, Monday, Monday, Sequence: 1,
            new BidReplacement(Terms(3m), ReplacementStatus.Pending, Monday));
        var filled = bid.After(new BidUpdated(bid.BidId, bid.Buyer, 2, BidStatus.Filled, null, 4, [], Monday));
        Assert.Equal((ReplacementStatus.NotApplied, Usd(2m)), (filled.Replacement!.Status, filled.Terms.Limit));
    }

    private static Task<Bid> ReplaceAsync(TradingMarketplace market, Bid bid, decimal? limit = null, int? gpuCount = null) => Accepted(
        market, new RequestReplacementCommand(bid.BidId, gpuCount, limit is { } price ? Usd(price) : null, limit is null ? null : PriceBasis.GpuHour, null, null));

    private static async Task<Bid> Accepted(TradingMarketplace market, RequestReplacementCommand command)
    {
        var attempt = await market.Simulated.Get<Trading.RequestReplacement.RequestReplacement>().ExecuteAsync(Org(9), command, IdempotencyKey.Of("r1"), default);
        return attempt.Result.Value;
    }
}
