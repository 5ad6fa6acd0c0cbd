using Marketplace.Contracts;
using Marketplace.Trading.Book;
using Marketplace.Trading.PlaceBid;
using Marketplace.Trading.Tests.Durable;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests;

public sealed class PlaceBidRulesTests
{
    private static readonly BidTerms Good = Terms(2m);

    public static TheoryData<string, PlaceBidRefusal> Broken => new()
    {
        { "nobody's model", PlaceBidRefusal.UnknownModel },
        { "nowhere", PlaceBidRefusal.UnknownHub },
        { "no gpus", PlaceBidRefusal.GpuCountOutOfRange },
        { "too many gpus", PlaceBidRefusal.GpuCountOutOfRange },
        { "past", PlaceBidRefusal.WindowInPast },
        { "far", PlaceBidRefusal.WindowTooFarAhead },
        { "no flexible hour", PlaceBidRefusal.FlexibleHoursOutOfRange },
        { "more flexible hours than window", PlaceBidRefusal.FlexibleHoursOutOfRange },
        { "flexible for a season", PlaceBidRefusal.FlexibleWindowTooLong },
        { "free", PlaceBidRefusal.LimitZero },
        { "performance of a cpu", PlaceBidRefusal.PerformanceNotProven },
        { "uncountable", PlaceBidRefusal.TotalTooLarge },
        { "uncountable by performance", PlaceBidRefusal.TotalTooLarge },
        { "kill in parts", PlaceBidRefusal.FillOrKillInParts },
        { "post-only at once", PlaceBidRefusal.PostOnlyAtOnce },
        { "post-only or killed", PlaceBidRefusal.PostOnlyAtOnce },
        { "minimum above", PlaceBidRefusal.MinimumOutOfRange },
        { "minimum zero", PlaceBidRefusal.MinimumOutOfRange },
        { "no date", PlaceBidRefusal.ExpiryMismatch },
        { "date for nothing", PlaceBidRefusal.ExpiryMismatch },
        { "date now", PlaceBidRefusal.ExpiryInPast },
        { "pue", PlaceBidRefusal.RequirementOutOfRange },
        { "negative memory", PlaceBidRefusal.RequirementOutOfRange },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Broken_rule_is_refused(string what, PlaceBidRefusal refusal)
    {
        var (book, terms) = Break(what);
        Assert.Equal(refusal, PlaceBidRules.Check(book, terms, new TradingMarketplace.OneBook(), Monday + Duration.FromMinutes(10)));
    }

    [Fact]
    public void Good_bid_passes_and_so_does_one_for_the_running_hour()
    {
        Assert.Null(PlaceBidRules.Check(Given.Book, Good, new TradingMarketplace.OneBook(), Monday));
        Assert.Null(PlaceBidRules.Check(Given.Book, Terms(2m, from: 0), new TradingMarketplace.OneBook(), Monday + Duration.FromMinutes(59)));
    }

    [Fact]
    public void Bids_at_the_edge_of_a_rule_pass()
    {
        Assert.Null(Check(Good with { FlexibleHours = 4 }));
        Assert.Null(Check(Terms(2m, from: 0, to: BidTerms.MaxFlexibleWindowHours) with { FlexibleHours = 1 }));
        Assert.Null(Check(Good with { PostOnly = true }));

        Assert.Null(Check(Largest(1_050_019_585)));
        Assert.Null(Check(Good with { PriceBasis = PriceBasis.ProvenPflopHour }));
    }

    [Fact]
    public void Largest_bid_is_still_money_that_can_be_counted() =>
        Assert.True(UnitPrice.OfMicros(UnitPrice.MaxMicrosPerGpuHour, Currency.Usd)
            .Cost(GpuTime.OfGpuHours(BidTerms.MaxGpuCount, HourWindow.MaxHours)).MinorUnits > 0);

    private static PlaceBidRefusal? Check(BidTerms terms) => PlaceBidRules.Check(Given.Book, terms, new TradingMarketplace.OneBook(), Monday);

    // A million GPUs for 366 days: 8,784,000,000 GPU-hours.
    private static BidTerms Largest(long limitMicros) =>
        Terms(1m, gpus: BidTerms.MaxGpuCount, from: 0, to: HourWindow.MaxHours) with { Limit = UnitPrice.OfMicros(limitMicros, Currency.Usd) };

    private static (BookKey Book, BidTerms Terms) Break(string what) => what switch
    {
        "nobody's model" => (Given.Book with { Model = GpuModelId.Parse("abacus") }, Good),
        "nowhere" => (Given.Book with { Hub = HubId.Parse("atlantis") }, Good),
        "no gpus" => (Given.Book, Good with { GpuCount = 0 }),
        "too many gpus" => (Given.Book, Good with { GpuCount = 1_000_001 }),
        "past" => (Given.Book, Terms(2m, from: -1)),
        "far" => (Given.Book, Terms(2m, from: 2 * 366 * 24, to: 2 * 366 * 24 + 1)),
        "free" => (Given.Book, Terms(0m)),
        "no flexible hour" => (Given.Book, Good with { FlexibleHours = 0 }),
        "more flexible hours than window" => (Given.Book, Good with { FlexibleHours = 5 }),
        "flexible for a season" => (Given.Book, Terms(2m, from: 0, to: BidTerms.MaxFlexibleWindowHours + 1) with { FlexibleHours = 1 }),
        "performance of a cpu" => (Given.Book with { Model = TradingMarketplace.OneBook.Cpu }, Good with { PriceBasis = PriceBasis.ProvenPflopHour }),
        "uncountable" => (Given.Book, Largest(1_050_019_586)),
        "uncountable by performance" => (Given.Book, Largest(1_050_019_585) with { PriceBasis = PriceBasis.ProvenPflopHour }),
        "post-only at once" => (Given.Book, Good with { PostOnly = true, TimeInForce = TimeInForce.ImmediateOrCancel }),
        "post-only or killed" => (Given.Book, Good with { PostOnly = true, TimeInForce = TimeInForce.FillOrKill }),
        "kill in parts" => (Given.Book, Terms(2m, minimum: 1, timeInForce: TimeInForce.FillOrKill)),
        "minimum above" => (Given.Book, Terms(2m, gpus: 4, minimum: 5)),
        "minimum zero" => (Given.Book, Terms(2m, gpus: 4, minimum: 0)),
        "no date" => (Given.Book, Terms(2m, timeInForce: TimeInForce.GoodTillDate)),
        "date for nothing" => (Given.Book, Terms(2m, expiresAt: Hour(3).Start)),
        "date now" => (Given.Book, Terms(2m, timeInForce: TimeInForce.GoodTillDate, expiresAt: Monday + Duration.FromMinutes(10))),
        "pue" => (Given.Book, Terms(2m, requirements: BidRequirements.None with { MaxPue = 0.99m })),
        _ => (Given.Book, Terms(2m, requirements: BidRequirements.None with { Minimum = new Capacity(0, 0, -1, 0) })),
    };
}
