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
        { "free", PlaceBidRefusal.LimitZero },
        { "kill in parts", PlaceBidRefusal.FillOrKillInParts },
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
    public void Largest_bid_is_still_money_that_can_be_counted() =>
        Assert.True(UnitPrice.OfMicros(UnitPrice.MaxMicrosPerGpuHour, Currency.Usd)
            .Cost(GpuTime.OfGpuHours(BidTerms.MaxGpuCount, HourWindow.MaxHours)).MinorUnits > 0);

    private static (BookKey Book, BidTerms Terms) Break(string what) => what switch
    {
        "nobody's model" => (Given.Book with { Model = GpuModelId.Parse("abacus") }, Good),
        "nowhere" => (Given.Book with { Hub = HubId.Parse("atlantis") }, Good),
        "no gpus" => (Given.Book, Good with { GpuCount = 0 }),
        "too many gpus" => (Given.Book, Good with { GpuCount = 1_000_001 }),
        "past" => (Given.Book, Terms(2m, from: -1)),
        "far" => (Given.Book, Terms(2m, from: 2 * 366 * 24, to: 2 * 366 * 24 + 1)),
        "free" => (Given.Book, Terms(0m)),
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
