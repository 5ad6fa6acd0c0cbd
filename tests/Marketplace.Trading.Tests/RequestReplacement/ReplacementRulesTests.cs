using Marketplace.Trading.Book;
using Marketplace.Trading.RequestReplacement;
using Marketplace.Trading.Tests.Durable;
using Marketplace.Trading.UpdateBid;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.RequestReplacement;

public sealed class ReplacementRulesTests
{
    private static readonly Bid Resting = new(
        Given.Bid(1), Org(9), Given.Book, Terms(2m, minimum: 1), BidStatus.PartiallyFilled, null, 2, CancellationRequested: false, Monday, Monday, Sequence: 7);

    private static readonly RequestReplacementCommand Nothing = new(Given.Bid(1), null, null, null, null, null);

    public static TheoryData<string, RequestReplacementRefusal> Broken => new()
    {
        { "nobody's", RequestReplacementRefusal.UnknownBid },
        { "filled", RequestReplacementRefusal.BidIsOver },
        { "cancelled", RequestReplacementRefusal.BidIsOver },
        { "cancelling", RequestReplacementRefusal.CancellationRequested },
        { "at once", RequestReplacementRefusal.NeverWaits },
        { "pending", RequestReplacementRefusal.ReplacementPending },
        { "yuan", RequestReplacementRefusal.CurrencyChanged },
        { "performance", RequestReplacementRefusal.PriceBasisChanged },
        { "no gpus", RequestReplacementRefusal.GpuCountOutOfRange },
        { "too many gpus", RequestReplacementRefusal.GpuCountOutOfRange },
        { "less than bought", RequestReplacementRefusal.GpuCountBelowFilled },
        { "free", RequestReplacementRefusal.LimitZero },
        { "uncountable", RequestReplacementRefusal.TotalTooLarge },
        { "minimum above", RequestReplacementRefusal.MinimumOutOfRange },
        { "minimum zero", RequestReplacementRefusal.MinimumOutOfRange },
        { "minimum of a block", RequestReplacementRefusal.MinimumOutOfRange },
        { "date now", RequestReplacementRefusal.ExpiryInPast },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Broken_rule_is_refused(string what, RequestReplacementRefusal refusal)
    {
        var (bid, command) = Break(what);
        Assert.Equal(refusal, Decide(bid, command).Refusal);
    }

    [Fact]
    public void What_is_absent_stays() => Assert.Equal(Resting.Terms, Decide(Resting, Nothing).Value);

    [Fact]
    public void What_is_given_changes_and_nothing_else()
    {
        var date = Hour(1).Start;
        var after = Decide(Resting, new RequestReplacementCommand(Given.Bid(1), 2, Usd(3m), PriceBasis.GpuHour, 2, date)).Value;
        var wanted = Resting.Terms with
        {
            GpuCount = 2, Limit = Usd(3m), MinimumGpuCount = 2, TimeInForce = TimeInForce.GoodTillDate, ExpiresAt = date,
        };
        Assert.Equal(wanted, after);
    }

    [Fact]
    public void All_or_none_stays_all_or_none()
    {
        var after = Decide(Resting with { Terms = Terms(2m) }, Nothing with { GpuCount = 6 }).Value;
        Assert.Equal((6, 6), (after.GpuCount, after.MinimumGpuCount));
    }

    private static Result<BidTerms, RequestReplacementRefusal> Decide(Bid? bid, RequestReplacementCommand command) =>
        ReplacementRules.Decide(bid, command, new TradingMarketplace.OneBook(), Monday);

    private static (Bid? Bid, RequestReplacementCommand Command) Break(string what) => what switch
    {
        "nobody's" => (null, Nothing),
        "filled" => (Resting with { Status = BidStatus.Filled }, Nothing),
        "cancelled" => (Resting with { Status = BidStatus.Cancelled, CancellationRequested = true }, Nothing),
        "cancelling" => (Resting with { CancellationRequested = true }, Nothing),
        "at once" => (Resting with { Terms = Terms(2m, timeInForce: TimeInForce.ImmediateOrCancel) }, Nothing),
        "pending" => (Resting with { Replacement = new BidReplacement(Resting.Terms, ReplacementStatus.Pending, Monday) }, Nothing),
        "yuan" => (Resting, Nothing with { Limit = UnitPrice.OfMicros(1, Currency.Cny), PriceBasis = PriceBasis.GpuHour }),
        "performance" => (Resting, Nothing with { Limit = Usd(2m), PriceBasis = PriceBasis.ProvenPflopHour }),
        "no gpus" => (Resting, Nothing with { GpuCount = 0 }),
        "too many gpus" => (Resting, Nothing with { GpuCount = 1_000_001 }),
        "less than bought" => (Resting, Nothing with { GpuCount = 1 }),
        "free" => (Resting, Nothing with { Limit = Usd(0m), PriceBasis = PriceBasis.GpuHour }),
        "uncountable" => (
            Resting with { Terms = Terms(2m, from: 0, to: HourWindow.MaxHours, minimum: 1) },
            Nothing with { GpuCount = BidTerms.MaxGpuCount, Limit = Usd(1_050.02m), PriceBasis = PriceBasis.GpuHour }),
        "minimum above" => (Resting, Nothing with { MinimumGpuCount = 5 }),
        "minimum zero" => (Resting, Nothing with { MinimumGpuCount = 0 }),
        "minimum of a block" => (Resting with { Terms = Terms(2m) }, Nothing with { MinimumGpuCount = 2 }),
        _ => (Resting, Nothing with { ExpiresAt = Monday }),
    };
}
