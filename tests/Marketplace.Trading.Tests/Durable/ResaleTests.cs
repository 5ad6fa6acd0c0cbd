using Marketplace.Contracts;
using Marketplace.Trading.UpdateBid;
using NodaTime;
using static Marketplace.Trading.Tests.Durable.TradingMarketplace;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Durable;

/// <summary>A buyer, organisation 9, offers hours of his lease of listing 1 as listing 2.</summary>
public sealed class ResaleTests
{
    private static readonly LeaseId Head = LeaseId.From(Listing(30).Ulid);
    private static readonly OfferResale Offer = new(Given.Book, Listing(2), Listing(1), Head, Org(9), 2, Hours(2, 4), Usd(2.50m), Monday);
    private static readonly CloseResale Close = new(Given.Book, Listing(2), Head, Monday + Duration.FromMinutes(1));

    [Fact]
    public async Task Resold_hours_are_bought_from_the_leases_buyer_on_the_machine_of_the_lease()
    {
        await using var market = await SoldOutAsync();
        await market.Simulated.SendAsync(Offer);
        var bid = await market.PlaceAsync(Terms(2.60m, gpus: 2, from: 2, to: 4), "second", buyer: 8);
        var more = await market.PlaceAsync(Terms(2.60m, gpus: 1, from: 2, to: 4), "third", buyer: 8);
        await market.Simulated.RunAsync();
        Assert.Equal(BidStatus.Filled, (await market.ReadAsync(bid)).Bid.Status);
        Assert.Equal(BidStatus.Resting, (await market.ReadAsync(more)).Bid.Status);
        var trade = Assert.Single(market.Trades.Values, t => t.ListingId == Listing(2));
        Assert.Equal((Head, Org(9), Org(8), Ask(1, 2m).MachineId), (trade.ResoldLease, trade.Provider, trade.Buyer, trade.MachineId));
        Assert.Equal((2, Hours(2, 4), Usd(2.50m)), (trade.GpuCount, trade.Window, trade.Price));
        Assert.Null(Assert.Single(market.Trades.Values, t => t.ListingId == Listing(1)).ResoldLease);
        Assert.Empty(market.Closings);
    }

    [Fact]
    public async Task Closed_offer_sells_nothing_more_not_even_when_hours_come_back()
    {
        await using var market = await SoldOutAsync();
        await market.Simulated.SendAsync(Offer);
        await market.PlaceAsync(Terms(2.60m, gpus: 2, from: 2, to: 4), "second", buyer: 8);
        await market.Simulated.RunAsync();
        await market.Simulated.SendAsync(Close);
        await market.Simulated.RunAsync();
        var trade = Assert.Single(market.Trades.Values, t => t.ListingId == Listing(2));
        await market.Simulated.SendAsync(new ReturnHours(Given.Book, trade.TradeId, Listing(2), 2, Hours(2, 4)));
        var late = await market.PlaceAsync(Terms(2.60m, gpus: 1, from: 2, to: 4), "third", buyer: 8);
        await market.Simulated.RunAsync();
        Assert.Equal(BidStatus.Resting, (await market.ReadAsync(late)).Bid.Status);
        Assert.Equal(new ResaleClosed(Head, Listing(2), Trades: 1, Close.ClosedAt), Assert.Single(market.Closings.Values));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task Book_says_how_many_trades_there_were_whatever_overtakes_what(int eventsPerSnapshot)
    {
        var mostTrades = 0;
        for (var seed = 1; seed <= 20; seed++)
        {
            await using var market = await SoldOutAsync(seed, disorderRate: 0.3, eventsPerSnapshot);
            for (var i = 0; i < 3; i++) await market.PlaceAsync(Terms(2.60m, gpus: 1, from: 2, to: 3), $"bid-{i}", buyer: 8);
            await market.Simulated.SendAsync(Offer);
            for (var i = 0; i < 6; i++) await market.Simulated.Messages.DeliverNextAsync(Monday);
            await market.Simulated.SendAsync(Close);
            await market.Simulated.RunAsync();
            Assert.Empty(market.Simulated.Messages.DeadLetters);
            var trades = market.Trades.Values.DistinctBy(t => t.TradeId).Count(t => t.ListingId == Listing(2));
            Assert.Equal(trades, market.Closings.Values.Select(c => c.Trades).Distinct().Single());
            mostTrades = Math.Max(mostTrades, trades);
        }

        Assert.Equal(2, mostTrades);
    }

    [Fact]
    public async Task Close_that_overtakes_the_offer_ends_it()
    {
        await using var market = await SoldOutAsync();
        await market.Simulated.SendAsync(Close);
        await market.Simulated.RunAsync();
        await market.Simulated.SendAsync(Offer);
        var bid = await market.PlaceAsync(Terms(2.60m, gpus: 2, from: 2, to: 4), "second", buyer: 8);
        await market.Simulated.RunAsync();
        Assert.Equal(BidStatus.Resting, (await market.ReadAsync(bid)).Bid.Status);
        Assert.Equal(0, Assert.Single(market.Closings.Values).Trades);
    }

    [Fact]
    public async Task Failed_machine_closes_the_offer_at_once()
    {
        await using var market = await SoldOutAsync();
        await market.Simulated.SendAsync(Offer);
        await market.PlaceAsync(Terms(2.60m, gpus: 1, from: 2, to: 4), "second", buyer: 8);
        await market.Simulated.RunAsync();
        var trade = Assert.Single(market.Trades.Values, t => t.ListingId == Listing(2));
        await market.Simulated.SendAsync(new ReturnHours(Given.Book, trade.TradeId, Listing(2), 1, Hours(2, 4), StopOffering: true));
        var late = await market.PlaceAsync(Terms(2.60m, gpus: 1, from: 2, to: 4), "third", buyer: 8);
        await market.Simulated.RunAsync();
        Assert.Equal(BidStatus.Resting, (await market.ReadAsync(late)).Bid.Status);
        Assert.Equal((Head, Listing(2), 1), Assert.Single(market.Closings.Values) is var closed ? (closed.LeaseId, closed.ListingId, closed.Trades) : default);
    }

    [Fact]
    public async Task Offer_of_hours_that_are_over_or_back_ends_at_once_and_stops_nobody()
    {
        await using var market = new TradingMarketplace();
        await market.Simulated.SendAsync(Offer);
        await market.Simulated.RunAsync();
        Assert.Equal(new ResaleClosed(Head, Listing(2), 0, Monday), Assert.Single(market.Closings.Values));
        Assert.Empty(market.Simulated.Messages.DeadLetters);
    }

    /// <summary>All of listing 1 is leased by organisation 9.</summary>
    private static async Task<TradingMarketplace> SoldOutAsync(int seed = 1, double disorderRate = 0, int eventsPerSnapshot = 1000)
    {
        var market = new TradingMarketplace(seed, disorderRate, eventsPerSnapshot: eventsPerSnapshot);
        await market.Simulated.SendAsync(Activated(Ask(1, 2m)));
        await market.PlaceAsync(Terms(2m, gpus: 4, from: 0, to: 24), "first", buyer: 9);
        await market.Simulated.RunAsync();
        return market;
    }
}
