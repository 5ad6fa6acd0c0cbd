using Marketplace.Contracts;
using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Trading.Tests;

/// <summary>Names and orders that tests are told with. Hours count from Monday 08:00.</summary>
internal static class Given
{
    public static BookKey Book { get; } = new(GpuModelId.Parse("nvidia-h200-sxm"), HubId.Parse("guizhou"));

    public static Instant Monday { get; } = Instant.FromUtc(2026, 11, 2, 8, 0);

    public static OrganisationId Org(int n) => OrganisationId.From(Number(n));

    public static ListingId Listing(int n) => ListingId.From(Number(n));

    public static BidId Bid(int n) => BidId.From(Number(n));

    public static LeaseId Lease(int n) => LeaseId.From(Number(n));

    /// <summary>The n-th trade of a book, where a book and its model are told of it; the book has ids of its own.</summary>
    public static TradeId Trade(int n) => TradeId.From(Number(n));

    public static HourSlot Hour(int n) => HourSlot.Containing(Monday) + n;

    public static HourWindow Hours(int from, int to) => new(Hour(from), Hour(to));

    public static UnitPrice Usd(decimal perGpuHour) => UnitPrice.OfMicros((long)(perGpuHour * 1_000_000), Currency.Usd);

    /// <summary>A price for every hour of the week: what the hour of the day costs, 0 to 23.</summary>
    public static PriceSchedule ByHourOfDay(Func<int, decimal> price)
    {
        var prices = Enumerable.Range(0, PriceSchedule.HoursPerWeek).Select(hour => Usd(price(hour % 24))).ToList();
        Assert.True(PriceSchedule.TryCreate(prices, out var schedule));
        return schedule;
    }

    public static AskTerms Ask(
        int listing, decimal price, int gpus = 4, int from = 0, int to = 24, int provider = 1, int minimumHours = 1, long int8 = 100,
        decimal pflops = 0.5m) =>
        new(
            Listing(listing), Org(provider), MachineId.From(Number(listing)), gpus, Hours(from, to), Usd(price), minimumHours,
            new Capacity(int8, (long)(pflops * 1_000_000), 1000, 10), 1.2m, 400);

    public static BidTerms Terms(
        decimal limit,
        int gpus = 4,
        int from = 1,
        int to = 5,
        TimeInForce timeInForce = TimeInForce.GoodTillCancelled,
        int? minimum = null,
        Placement placement = Placement.Any,
        Instant? expiresAt = null,
        BidRequirements? requirements = null,
        int? flexibleHours = null,
        PriceBasis basis = PriceBasis.GpuHour,
        bool postOnly = false,
        SelfTradePrevention selfTrade = SelfTradePrevention.ExpireTaker) =>
        new(
            gpus, Hours(from, to), Usd(limit), timeInForce, expiresAt, minimum is null ? FillRule.AllOrNone : FillRule.Partial, minimum ?? gpus, placement,
            requirements ?? BidRequirements.None, flexibleHours, basis, postOnly, selfTrade);

    public static EnterBid Enter(int bid, BidTerms terms, int buyer = 9) => new(Bid(bid), Org(buyer), terms);

    public static OpenAsk Open(AskTerms ask) => new(ask, Monday);

    private static Ulid Number(int n) => Ulid.Create(Monday.ToUnixTimeMilliseconds(), (UInt128)n);
}
