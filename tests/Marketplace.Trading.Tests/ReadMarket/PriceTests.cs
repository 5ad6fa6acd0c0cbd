using CsCheck;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Store;
using Marketplace.Trading.ReadMarket;
using Marketplace.Trading.ReadMarket.Prices;
using Marketplace.Trading.Tests.Durable;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.ReadMarket;

public sealed class PriceTests
{
    private static readonly BookKey OtherHub = new(Given.Book.Model, HubId.Parse("ningxia"));

    [Fact]
    public void Candle_is_the_same_in_whatever_order_its_trades_are_told() =>
        Gen.Select(Gen.Select(Gen.Int[1, 9], Gen.Int[1, 5], Gen.Int[1, 4]).Array[1, 8], Gen.Int[0, 1000]).Sample((trades, seed) =>
        {
            var inOrder = trades.Select((t, i) => Traded(i + 1, t.Item1, t.Item2, t.Item3)).ToList();
            var shuffled = inOrder.OrderBy(trade => (trade.Sequence * 7919 + seed) % 101).Select(Candle.Of).ToList();
            var candle = shuffled.Aggregate((sum, next) => sum.With(next));
            var prices = inOrder.Select(trade => trade.Price.MicrosPerGpuHour).ToList();
            Assert.Equal(
                (prices[0], prices.Max(), prices.Min(), prices[^1]),
                (candle.Open.MicrosPerGpuHour, candle.High.MicrosPerGpuHour, candle.Low.MicrosPerGpuHour, candle.Close.MicrosPerGpuHour));
            Assert.Equal(inOrder.Sum(trade => trade.GpuCount * trade.Window.Hours), candle.GpuHours);
            Assert.Equal(inOrder.Sum(trade => trade.Price.MicrosPerGpuHour * trade.GpuCount * trade.Window.Hours), (long)candle.TurnoverMicros);
        });

    [Fact]
    public async Task Hour_without_trades_repeats_the_last_price_and_there_is_no_candle_before_the_first_trade_or_after_now()
    {
        await using var market = new TradingMarketplace();
        await WriteAsync(market, Given.Book, Traded(1, 2, hour: 1), Traded(2, 3, hour: 1), Traded(3, 1, hour: 4));
        market.Simulated.Time.JumpTo(Hour(5).Start);
        Assert.Equal(
            ["1: 2 3 2 3 x8", "2: 3 3 3 3 x0", "3: 3 3 3 3 x0", "4: 1 1 1 1 x4", "5: 1 1 1 1 x0"], await CandlesAsync(market, Hours(-5, 30)));
        Assert.Equal(["3: 3 3 3 3 x0", "4: 1 1 1 1 x4"], await CandlesAsync(market, Hours(3, 5)));
        Assert.Empty(await CandlesAsync(market, Hours(-5, 1)));
        Assert.Empty(await CandlesAsync(market, Hours(6, 9)));
        Assert.Empty(await market.Simulated.Get<PriceQueries>().CandlesAsync(Given.Book, Currency.Cny, Hours(0, 9), default));
    }

    [Theory]
    [InlineData(0, StoreFault.None)]
    [InlineData(0.2, StoreFault.None)]
    [InlineData(0.2, StoreFault.ThrowAfter)]
    [InlineData(0.2, StoreFault.Conflict)]
    public async Task Candles_count_every_trade_of_the_tape_once(double disorder, StoreFault fault)
    {
        var (commits, armed) = (0, false);
        await using var market = new TradingMarketplace(
            seed: 7, disorder, call => armed && call is { Commit: not null, Partition.Table: "trading" } && ++commits % 5 == 0 ? fault : StoreFault.None);
        for (var i = 0; i < 100; i++) await market.PlaceAsync(Terms(2m + (0.01m * (i % 7)), gpus: 1 + (i % 3)), $"k{i}");
        armed = true;
        await market.Simulated.RunUntilAsync(Monday + Duration.FromMinutes(20));
        await market.Simulated.SendAsync(TradingMarketplace.Activated(Ask(1, 1m, gpus: 500)));
        await market.Simulated.RunUntilAsync(Monday + Duration.FromMinutes(50));

        var tape = await market.Simulated.Get<MarketQueries>().TradesAsync(Given.Book, null, 200, default);
        Assert.Equal(100, tape.Count);
        var candle = Assert.Single(await market.Simulated.Get<PriceQueries>().CandlesAsync(Given.Book, Currency.Usd, Hours(0, 1), default));
        Assert.Equal(tape.Select(Candle.Of).Aggregate((sum, next) => sum.With(next)), candle);
        Assert.Empty(market.Simulated.Messages.DeadLetters);
    }

    [Fact]
    public async Task Index_is_weighted_by_gpu_hours_over_all_hubs_and_the_last_24_hours()
    {
        await using var market = new TradingMarketplace();
        await WriteAsync(market, Given.Book, Traded(1, 9, hour: 0), Traded(2, 2, gpus: 3, hours: 5, hour: 1), Traded(3, 4, gpus: 1, hours: 5, hour: 24));
        await WriteAsync(market, OtherHub, Traded(1, 1, gpus: 2, hours: 10, hour: 20));
        await WriteAsync(market, new BookKey(GpuModelId.Parse("nvidia-h200-sxm-x"), Given.Book.Hub), Traded(1, 5, hour: 24));
        market.Simulated.Time.JumpTo(Hour(24).Start + Duration.FromMinutes(59));
        var index = Assert.Single(await IndexAsync(market));

        // (15 x 2 + 5 x 4 + 20 x 1) / 40; what was traded in the first hour is too old.
        Assert.Equal(new PriceIndex(Usd(1.75m), 40, Hours(1, 25), IsLastKnown: false), index);
    }

    [Fact]
    public async Task Index_stays_what_it_was_last_while_nothing_is_traded()
    {
        await using var market = new TradingMarketplace();
        Assert.Empty(await IndexAsync(market));
        await WriteAsync(market, Given.Book, Traded(1, 9, hour: 0), Traded(2, 2, gpus: 1, hours: 1, hour: 3));
        await WriteAsync(market, OtherHub, Traded(1, 1, gpus: 2, hours: 1, hour: 3));
        await WriteAsync(market, new BookKey(Given.Book.Model, HubId.Parse("beijing")), Traded(1, 7, hour: 2));
        market.Simulated.Time.JumpTo(Hour(26).Start);
        var known = Assert.Single(await IndexAsync(market));
        market.Simulated.Time.JumpTo(Hour(27).Start);
        var last = Assert.Single(await IndexAsync(market));
        Assert.Equal((false, true), (known.IsLastKnown, last.IsLastKnown));
        Assert.Equal(Usd(1.333333m), known.Price);
        Assert.Equal(new PriceIndex(known.Price, 3, Hours(3, 4), IsLastKnown: true), last);
        Assert.Equal(last, Assert.Single(await IndexAsync(market, days: 40)));
    }

    private static TapeTrade Traded(int sequence, int price, int gpus = 2, int hours = 2, int hour = 0) => new(
        TradeId.From(Ulid.Create(Monday.ToUnixTimeMilliseconds(), (UInt128)sequence)), sequence, gpus, Hours(50, 50 + hours), Usd(price),
        Hour(hour).Start + Duration.FromMinutes(30));

    private static async Task WriteAsync(TradingMarketplace market, BookKey book, params TapeTrade[] trades)
    {
        var workspace = market.Simulated.Services.GetRequiredService<Workspace>();
        foreach (var trade in trades)
        {
            var work = workspace.Open(TradingPartitions.Tape(book));
            await CandleRows.AddAsync(work, [trade], default);
            await workspace.CommitAsync(work, $"trade {trade.Sequence}", default, default);
        }

        var list = workspace.Open(TradingPartitions.Markets);
        list.Put(new MarketRow(book).RowKey, new MarketRow(book));
        await workspace.CommitAsync(list, $"book {book}", default, default);
    }

    private static async Task<List<string>> CandlesAsync(TradingMarketplace market, HourWindow window)
    {
        var candles = await market.Simulated.Get<PriceQueries>().CandlesAsync(Given.Book, Currency.Usd, window, default);
        return [.. candles.Select(c => $"{c.Hour - Hour(0)}: {Whole(c.Open)} {Whole(c.High)} {Whole(c.Low)} {Whole(c.Close)} x{c.GpuHours}")];

        static long Whole(UnitPrice price) => price.MicrosPerGpuHour / 1_000_000;
    }

    private static Task<IReadOnlyList<PriceIndex>> IndexAsync(TradingMarketplace market, int days = 0)
    {
        market.Simulated.Time.Advance(Duration.FromDays(days));
        return market.Simulated.Get<PriceQueries>().IndexAsync(Given.Book.Model, default);
    }
}
