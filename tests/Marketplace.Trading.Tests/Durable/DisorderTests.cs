using CsCheck;
using Marketplace.Contracts;
using Marketplace.Testing.Store;
using Marketplace.Trading.Book;
using Marketplace.Trading.UpdateBid;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Durable;

public sealed class DisorderTests
{
    [Fact]
    public void Whatever_is_repeated_late_or_lost_nothing_is_sold_twice_and_every_trade_is_told_once() =>
        Gen.Int[1, 1_000_000].Sample(seed => RunAsync(seed).GetAwaiter().GetResult(), iter: 30);

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        var faultRate = 0.03;
        await using var market = new TradingMarketplace(
            seed, disorderRate: 0.2, eventsPerSnapshot: 5,
            faults: _ => random.NextDouble() < faultRate ? (StoreFault)random.Next(1, 5) : StoreFault.None);
        var bids = new List<Bid>();
        for (var i = 0; i < 12; i++)
        {
            await RetryAsync(() => market.Simulated.SendAsync(TradingMarketplace.Activated(Ask(i % 4, 1m + random.Next(3), gpus: 3, to: 8))));
            var partly = random.Next(2) == 0 ? (int?)1 : null;
            var terms = Terms(1m + random.Next(4), gpus: 1 + random.Next(4), from: 1 + random.Next(3), to: 5 + random.Next(3), minimum: partly);
            await RetryAsync(async () => bids.Add(await market.PlaceAsync(terms, $"k{i}")));
            if (random.Next(4) == 0) await RetryAsync(() => market.Simulated.Get<CancelBid.CancelBid>().ExecuteAsync(Org(9), bids[^1].BidId, default));
            await RetryAsync(market.Simulated.RunAsync);
        }

        faultRate = 0;
        await market.Simulated.RunUntilAsync(Hour(9).Start);
        Assert.Empty(market.Simulated.Messages.DeadLetters);
        var trades = market.Trades.Values.ToList();
        Assert.Equal(trades.Count, trades.Select(t => t.TradeId).Distinct().Count());
        for (var hour = 0; hour < 8; hour++)
        {
            Assert.All(trades.Where(t => t.Window.Contains(Hour(hour))).GroupBy(t => t.ListingId), sold => Assert.True(sold.Sum(t => t.GpuCount) <= 3));
        }

        foreach (var bid in bids)
        {
            var (read, bought) = await market.ReadAsync(bid);
            Assert.True(read.IsOver);
            Assert.Equal(read.FilledGpuCount, bought.Sum(t => t.GpuCount));
            Assert.Equal(trades.Where(t => t.BidId == bid.BidId).Select(t => t.TradeId).Order(), bought.Select(t => t.TradeId).Order());
        }
    }

    private static async Task RetryAsync(Func<Task> work)
    {
        while (true)
        {
            try
            {
                await work();
                return;
            }
            catch (InjectedStoreFaultException)
            {
            }
        }
    }
}
