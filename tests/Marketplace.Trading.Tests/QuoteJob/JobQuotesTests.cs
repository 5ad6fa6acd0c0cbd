using CsCheck;
using Marketplace.Contracts;
using Marketplace.Trading.Book;
using Marketplace.Trading.QuoteJob;
using Marketplace.Trading.Tests.Durable;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.QuoteJob;

public sealed class JobQuotesTests
{
    private const int BoardPowerW = 700;

    private static readonly JobNeeds Job = new(
        [], [], 4, 2, Hours(1, 8), Currency.Usd, BidRequirements.None, Placement.Any, Budget: null, QuoteRanking.Cost, MaxPlacements: 10);

    private static readonly Gen<AskTerms[]> Books =
        (from listing in Gen.Int[1, 1000]
         from price in Gen.Int[1, 6]
         from gpus in Gen.Int[1, 4]
         from provider in Gen.Int[1, 3]
         from @from in Gen.Int[0, 6]
         from hours in Gen.Int[1, 6]
         from carbon in Gen.Int[0, 3]
         select Ask(listing, price, gpus, @from, @from + hours, provider) with
         {
             Price = ByHourOfDay(hour => price + (hour % 3)),
             GridCarbonGramsPerKWh = carbon == 0 ? null : carbon * 100,
         }).Array[0, 10];

    private static readonly Gen<JobNeeds> Jobs =
        from gpus in Gen.Int[1, 6]
        from hours in Gen.Int[1, 3]
        from placement in Gen.Enum<Placement>()
        from ranking in Gen.Enum<QuoteRanking>()
        from budget in Gen.Int[0, 60]
        select Job with { GpuCount = gpus, Hours = hours, Placement = placement, RankBy = ranking, Budget = budget == 0 ? null : Money.OfMinor(budget * 100, Currency.Usd) };

    [Fact]
    public void Best_placement_is_the_best_of_all_starts_and_carbon_caps() => Gen.Select(Books, Jobs).Sample(
        (asks, needs) =>
        {
            var book = BookOf(asks);
            var tried = All(book, needs).ToList();
            var best = JobQuotes.BestIn(book, needs, Org(3), BoardPowerW, Monday);
            Assert.Equal(tried.Count > 0, best is not null);
            if (best is null) return;
            Assert.Equal(needs.GpuCount, best.Fills.Sum(fill => fill.GpuCount));
            Assert.All(best.Fills, fill => Assert.NotEqual(Org(3), fill.Ask.Provider));
            if (needs.RankBy == QuoteRanking.Cost) Assert.Equal(tried.Min(t => t.Placement.Total), best.Total);
            if (needs.RankBy == QuoteRanking.Start) Assert.Equal(tried.Min(t => t.Placement.Window.From), best.Window.From);
            if (needs.RankBy == QuoteRanking.Carbon) Assert.Equal(tried.Min(t => t.Cap), best.Fills.Max(fill => fill.Ask.GridCarbonGramsPerKWh ?? int.MaxValue));
        },
        iter: 3_000);

    [Fact]
    public void Bid_with_the_average_price_as_its_limit_gets_what_was_quoted() => Gen.Select(Books, Jobs).Sample(
        (asks, needs) =>
        {
            var book = BookOf(asks);
            if (JobQuotes.BestIn(book, needs with { RankBy = QuoteRanking.Cost }, Org(3), BoardPowerW, Monday) is not { } quoted) return;
            var bid = Terms(1m, needs.GpuCount, placement: needs.Placement) with { Window = quoted.Window, Limit = quoted.AveragePrice };
            var trades = book.Apply(Enter(1, bid, buyer: 3) with { Terms = bid with { SelfTradePrevention = SelfTradePrevention.PassOver } }, Monday).Events.OfType<BidTraded>();
            Assert.Equal(quoted.Fills.Select(f => (f.Ask.ListingId, f.GpuCount, f.Price)), trades.Select(t => (t.ListingId, t.GpuCount, t.Price)));
        },
        iter: 3_000);

    [Fact]
    public void Cost_price_and_carbon_add_up()
    {
        var book = BookOf([Ask(1, 2m, gpus: 3) with { Pue = 1.5m, GridCarbonGramsPerKWh = 400 }, Ask(2, 3m, gpus: 3) with { Pue = 1m, GridCarbonGramsPerKWh = 100 }]);
        var placement = JobQuotes.BestIn(book, Job, null, BoardPowerW, Monday)!;
        Assert.Equal(("18.00", "2.25", Hours(1, 3)), (placement.Total.Amount, placement.AveragePrice.PerGpuHour, placement.Window));

        // 3 boards x 2 h x 0.7 kW x 1.5 x 400 g + 1 x 2 x 0.7 x 1.0 x 100 g
        Assert.Equal((325m, 2660L), (placement.GridCarbonGramsPerKWh, placement.CarbonGrams));
        Assert.Null(JobQuotes.BestIn(book, Job, null, boardPowerW: 0, Monday)!.CarbonGrams);
        Assert.Null(JobQuotes.BestIn(BookOf([Ask(1, 2m) with { GridCarbonGramsPerKWh = null }]), Job, null, BoardPowerW, Monday)!.GridCarbonGramsPerKWh);
    }

    [Fact]
    public void Budget_is_kept_to_the_cent()
    {
        var book = BookOf([Ask(1, 2m)]);
        Assert.NotNull(JobQuotes.BestIn(book, Job with { Budget = Money.OfMinor(1600, Currency.Usd) }, null, 0, Monday));
        Assert.Null(JobQuotes.BestIn(book, Job with { Budget = Money.OfMinor(1599, Currency.Usd) }, null, 0, Monday));

        // Half a cent each is within the average, and is a cent each once it is billed.
        var twice = BookOf([Ask(1, 0.005m, gpus: 1), Ask(2, 0.005m, gpus: 1)]);
        var hour = Job with { GpuCount = 2, Hours = 1 };
        Assert.Null(JobQuotes.BestIn(twice, hour with { Budget = Money.OfMinor(1, Currency.Usd) }, null, 0, Monday));
        Assert.NotNull(JobQuotes.BestIn(twice, hour with { Budget = Money.OfMinor(2, Currency.Usd) }, null, 0, Monday));
    }

    [Fact]
    public void Placements_rank_by_what_is_asked_and_unstated_carbon_comes_last()
    {
        var placements = new[]
        {
            Placed(1, total: 300, carbon: 50), Placed(3, total: 100, carbon: null), Placed(2, total: 200, carbon: 90),
        };
        Assert.Equal([100, 200, 300], JobQuotes.Rank(placements, QuoteRanking.Cost).Select(p => p.Total.MinorUnits));
        Assert.Equal([300, 200, 100], JobQuotes.Rank(placements, QuoteRanking.Start).Select(p => p.Total.MinorUnits));
        Assert.Equal([300, 200, 100], JobQuotes.Rank(placements, QuoteRanking.Carbon).Select(p => p.Total.MinorUnits));

        static JobPlacement Placed(int start, long total, long? carbon) =>
            new(Given.Book, 1, Hours(start, start + 1), [], Money.OfMinor(total, Currency.Usd), Usd(1m), carbon, carbon);
    }

    [Fact]
    public async Task All_books_that_the_job_allows_are_searched()
    {
        await using var market = new TradingMarketplace();
        await market.Simulated.SendAsync(TradingMarketplace.Activated(Ask(1, 2m)));
        await market.Simulated.SendAsync(TradingMarketplace.Activated(Ask(2, 1m)) with { Book = Given.Book with { Model = TradingMarketplace.OneBook.Cpu } });
        await market.Simulated.RunAsync();
        var quoteJob = market.Simulated.Get<Trading.QuoteJob.QuoteJob>();
        var everywhere = (await quoteJob.ExecuteAsync(Job, null, default)).Value;
        Assert.Equal((2, "8.00 16.00"), (everywhere.SearchedBooks, string.Join(' ', everywhere.Placements.Select(p => p.Total.Amount))));
        var one = (await quoteJob.ExecuteAsync(Job with { Models = [Given.Book.Model], MaxPlacements = 1 }, null, default)).Value;
        Assert.Equal((1, Given.Book), (one.SearchedBooks, Assert.Single(one.Placements).Book));
        Assert.Empty((await quoteJob.ExecuteAsync(Job with { GpuCount = 5 }, null, default)).Value.Placements);
    }

    [Fact]
    public void Broken_rules_are_refused_in_their_order()
    {
        var broken = Job with
        {
            Models = [GpuModelId.Parse("abacus")],
            Hubs = [HubId.Parse("atlantis")],
            Window = Hours(-1, 800),
            Hours = 802,
            Requirements = new BidRequirements(new Capacity(-1, 0, 0, 0), null, null),
        };
        Refuses(QuoteJobRefusal.UnknownModel, broken);
        Refuses(QuoteJobRefusal.UnknownHub, broken = broken with { Models = [] });
        Refuses(QuoteJobRefusal.WindowInPast, broken = broken with { Hubs = [] });
        Refuses(QuoteJobRefusal.WindowTooFarAhead, broken with { Window = Hours(2 * 366 * 24, (2 * 366 * 24) + 1) });
        Refuses(QuoteJobRefusal.HoursOutOfRange, broken = broken with { Window = Hours(0, 800) });
        Refuses(QuoteJobRefusal.HoursOutOfRange, broken with { Hours = 0 });
        Refuses(QuoteJobRefusal.WindowTooLong, broken = broken with { Hours = 800 });
        Refuses(QuoteJobRefusal.RequirementOutOfRange, broken with { Window = Hours(0, 744), Hours = 744 });

        static void Refuses(QuoteJobRefusal refusal, JobNeeds needs) => Assert.Equal(refusal, QuoteJobRules.Check(needs, new TradingMarketplace.OneBook(), Monday));
    }

    private static OrderBook BookOf(IEnumerable<AskTerms> asks)
    {
        var book = new OrderBook(Given.Book);
        foreach (var ask in asks) book.Apply(Open(ask), Monday);
        return book;
    }

    // Every start and every cap on carbon, one after the other.
    private static IEnumerable<(int Cap, JobPlacement Placement)> All(OrderBook book, JobNeeds needs) =>
        from start in Enumerable.Range(1, 8 - needs.Hours)
        from cap in (int[])[100, 200, 300, int.MaxValue]
        let requirements = needs.Requirements with { MaxGridCarbonGramsPerKWh = cap == int.MaxValue ? null : cap }
        let terms = needs.ToTerms() with { Window = Hours(start, start + needs.Hours), FlexibleHours = null, Requirements = requirements }
        let quote = book.Quote(terms, Org(3), Monday)
        where quote is not null
        let placement = JobPlacement.Of(book, quote, BoardPowerW)
        where needs.Budget is null || placement.Total <= needs.Budget
        select (cap, placement);
}
