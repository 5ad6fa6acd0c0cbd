using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;
using Marketplace.Trading.OperateBook;
using Marketplace.Trading.ReadMarket;
using Marketplace.Trading.Tests.Durable;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.OperateBook;

public sealed class BookConditionsTests
{
    [Fact]
    public async Task What_this_process_commits_counts_at_once_and_what_another_does_a_second_later()
    {
        await using var market = new TradingMarketplace();
        var here = market.Simulated.Get<BookConditions>();
        var elsewhere = new BookConditions(new BookViews(market.Simulated.Get<BookLoader>()), market.Simulated.Time);
        Assert.False((await here.ReadAsync(Given.Book, default)).IsHalted);
        Assert.False((await elsewhere.ReadAsync(Given.Book, default)).IsHalted);

        await ApplyAsync(market, 1, new HaltBook());
        Assert.True((await here.ReadAsync(Given.Book, default)).IsHalted);
        Assert.False((await elsewhere.ReadAsync(Given.Book, default)).IsHalted);
        market.Simulated.Time.Advance(Duration.FromSeconds(1));
        Assert.True((await elsewhere.ReadAsync(Given.Book, default)).IsHalted);
    }

    [Fact]
    public async Task Band_is_around_what_was_paid()
    {
        await using var market = new TradingMarketplace();
        var conditions = market.Simulated.Get<BookConditions>();
        await ApplyAsync(market, 1, Open(Ask(1, 2m)));
        Assert.Null(await conditions.FindAsync(Given.Book, Currency.Usd, default));
        await ApplyAsync(market, 2, Enter(1, Terms(2m)));
        var band = await conditions.FindAsync(Given.Book, Currency.Usd, default);
        Assert.Equal((Usd(0.2m), Usd(20m), Usd(2m)), (band!.Lowest, band.Highest, band.Reference));
        Assert.Null(await conditions.FindAsync(Given.Book, Currency.Cny, default));

        var condition = await conditions.ReadAsync(Given.Book, default);
        Assert.True(condition.IsOutsideBand(Terms(0.19m)));
        Assert.False(condition.IsOutsideBand(Terms(0.2m)));
        Assert.False(condition.IsOutsideBand(Terms(0.19m, basis: PriceBasis.ProvenPflopHour)));
    }

    private static Task ApplyAsync(TradingMarketplace market, int number, BookCommand command) =>
        market.Simulated.Get<BookWriter>().ApplyAsync(Given.Book, command, Delivery.Of(number), default);
}
