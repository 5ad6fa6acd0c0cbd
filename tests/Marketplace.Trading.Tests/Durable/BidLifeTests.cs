using Marketplace.Contracts;
using Marketplace.Runtime.Work;
using Marketplace.Trading.Book;
using Marketplace.Trading.PlaceBid;
using Marketplace.Trading.ReadMarket;
using Marketplace.Trading.UpdateBid;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Durable;

public sealed class BidLifeTests
{
    [Fact]
    public async Task Bid_is_pending_then_rests_then_is_filled_with_its_trade()
    {
        await using var market = new TradingMarketplace();
        var bid = await market.PlaceAsync(Terms(2.50m), "k1");
        Assert.Equal(BidStatus.Pending, bid.Status);
        await market.Simulated.RunAsync();
        Assert.Equal(BidStatus.Resting, (await market.ReadAsync(bid)).Bid.Status);

        await market.Simulated.SendAsync(TradingMarketplace.Activated(Ask(1, 1.90m)));
        await market.Simulated.RunAsync();
        var filled = await market.ReadAsync(bid);
        Assert.Equal((BidStatus.Filled, 4), (filled.Bid.Status, filled.Bid.FilledGpuCount));
        var trade = Assert.Single(market.Trades.Values);
        Assert.Equal((trade.TradeId, trade.LeaseId, Usd(2.50m)), (filled.Trades[0].TradeId, filled.Trades[0].LeaseId, trade.Price));
        Assert.Empty(market.Simulated.Messages.DeadLetters);
    }

    [Fact]
    public async Task Bid_that_waits_expires_when_its_window_starts()
    {
        await using var market = new TradingMarketplace();
        var bid = await market.PlaceAsync(Terms(2m, from: 1), "k1");
        await market.Simulated.RunUntilAsync(Hour(1).Start);
        Assert.Equal((BidStatus.Expired, (BidEnding?)BidEnding.WindowStarted), await StatusAsync(market, bid));
    }

    [Fact]
    public async Task Cancelled_bid_is_not_filled_later()
    {
        await using var market = new TradingMarketplace();
        var bid = await market.PlaceAsync(Terms(2m), "k1");
        await market.Simulated.RunAsync();
        var cancelBid = market.Simulated.Get<CancelBid.CancelBid>();
        Assert.True((await cancelBid.ExecuteAsync(Org(9), bid.BidId, default)).Value.CancellationRequested);
        await market.Simulated.RunAsync();
        await market.Simulated.SendAsync(TradingMarketplace.Activated(Ask(1, 1m)));
        await market.Simulated.RunAsync();
        Assert.Equal((BidStatus.Cancelled, (BidEnding?)BidEnding.Cancelled), await StatusAsync(market, bid));
        Assert.Empty(market.Trades);
    }

    [Fact]
    public async Task Cancellation_is_refused_to_others_and_once_it_is_too_late()
    {
        await using var market = new TradingMarketplace();
        var bid = await market.PlaceAsync(Terms(2m, timeInForce: TimeInForce.FillOrKill), "k1");
        await market.Simulated.RunAsync();
        var cancelBid = market.Simulated.Get<CancelBid.CancelBid>();
        Assert.Equal(CancelBid.CancelBidRefusal.UnknownBid, (await cancelBid.ExecuteAsync(Org(8), bid.BidId, default)).Refusal);
        Assert.Equal(CancelBid.CancelBidRefusal.BidIsOver, (await cancelBid.ExecuteAsync(Org(9), bid.BidId, default)).Refusal);
    }

    [Fact]
    public async Task Cancellation_that_overtakes_its_bid_still_cancels_it()
    {
        await using var market = new TradingMarketplace();
        var bid = await market.PlaceAsync(Terms(2m), "k1");
        await market.Simulated.Get<CancelBid.CancelBid>().ExecuteAsync(Org(9), bid.BidId, default);
        var writer = market.Simulated.Get<Trading.Durable.BookWriter>();
        await writer.ApplyAsync(Given.Book, new WithdrawBid(bid.BidId), Delivery.Of(1), default);
        await writer.ApplyAsync(Given.Book, new EnterBid(bid.BidId, bid.Buyer, bid.Terms), Delivery.Of(2), default);
        await market.Simulated.RunAsync();
        Assert.Equal(BidStatus.Cancelled, (await market.ReadAsync(bid)).Bid.Status);
    }

    [Fact]
    public async Task Same_key_and_body_gives_the_first_bid_and_another_body_none()
    {
        await using var market = new TradingMarketplace();
        var first = await market.PlaceAsync(Terms(2m), "k1");
        var placeBid = market.Simulated.Get<PlaceBid.PlaceBid>();
        var again = await placeBid.ExecuteAsync(Org(9), new PlaceBidCommand(Given.Book, Terms(2m)), IdempotencyKey.Of("k1"), default);
        Assert.True(again.Replayed);
        Assert.Equal(first.BidId, again.Result.Value.BidId);
        var other = await placeBid.ExecuteAsync(Org(9), new PlaceBidCommand(Given.Book, Terms(3m)), IdempotencyKey.Of("k1"), default);
        Assert.True(other.KeyReused);
    }

    [Fact]
    public async Task Sweep_through_many_bids_tells_each_of_its_trade_once()
    {
        await using var market = new TradingMarketplace();
        var bids = new List<Bid>();
        for (var i = 0; i < 100; i++) bids.Add(await market.PlaceAsync(Terms(2m, gpus: 1), $"k{i}"));
        await market.Simulated.RunAsync();
        await market.Simulated.SendAsync(TradingMarketplace.Activated(Ask(1, 1m, gpus: 100)));
        await market.Simulated.RunAsync();
        Assert.Equal(100, market.Trades.Values.Select(t => t.TradeId).Distinct().Count());
        Assert.Equal(100, market.Trades.Count);
        foreach (var bid in bids) Assert.Single((await market.ReadAsync(bid)).Trades);

        var tape = await market.Simulated.Get<MarketQueries>().TradesAsync(Given.Book, null, 200, default);
        Assert.Equal(tape.Select(t => t.Sequence).OrderDescending(), tape.Select(t => t.Sequence));
        Assert.Equal(100, tape.Count);
    }

    [Fact]
    public async Task Depth_shows_free_gpus_and_waiting_bids_of_each_hour()
    {
        await using var market = new TradingMarketplace();
        await market.Simulated.SendAsync(TradingMarketplace.Activated(Ask(1, 2m, gpus: 4, from: 0, to: 3)));
        await market.Simulated.SendAsync(TradingMarketplace.Activated(Ask(2, 1m, gpus: 2, from: 1, to: 3)));
        await market.Simulated.RunAsync();
        await market.PlaceAsync(Terms(1m, gpus: 1, from: 1, to: 2), "k1");
        await market.PlaceAsync(Terms(0.5m, gpus: 3, from: 1, to: 3), "k2");
        await market.Simulated.RunAsync();
        var queries = market.Simulated.Get<MarketQueries>();
        var depth = await queries.DepthAsync(Given.Book, Hours(0, 3), default);
        Assert.Equal(["2.00x4 |", "1.00x1 2.00x4 | 0.50x3", "1.00x2 2.00x4 | 0.50x3"], depth.Hours.Select(Told));
        Assert.Equal(new MarketSummary(Given.Book, depth.Sequence, 2, 1, IsHalted: false), Assert.Single(await queries.ListAsync(null, 50, default)));

        static string Told(HourDepth hour) =>
            $"{string.Join(" ", hour.Asks.Select(Level))} | {string.Join(" ", hour.Bids.Select(Level))}".TrimEnd();
        static string Level(DepthLevel level) => $"{level.Price.PerGpuHour}x{level.GpuCount}";
    }

    private static async Task<(BidStatus, BidEnding?)> StatusAsync(TradingMarketplace market, Bid bid)
    {
        var read = (await market.ReadAsync(bid)).Bid;
        return (read.Status, read.Ending);
    }
}
