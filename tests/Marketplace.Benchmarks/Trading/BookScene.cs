using Marketplace.Contracts;
using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Benchmarks.Trading;

/// <summary>The book that is measured, and orders in it by number.</summary>
internal static class BookScene
{
    private const long LowestMicros = 1_000_000;
    private const long MicrosPerTick = 10_000;

    public static BookKey Book { get; } = new(GpuModelId.Parse("nvidia-h200-sxm"), HubId.Parse("guizhou"));

    /// <summary>The book's time: nothing expires while it stands still.</summary>
    public static Instant Now { get; } = Instant.FromUtc(2026, 11, 2, 8, 0);

    public static HourSlot FirstHour { get; } = HourSlot.Containing(Now) + 24;

    public static OrganisationId Provider { get; } = OrganisationId.From(Number(1));

    public static OrganisationId Buyer { get; } = OrganisationId.From(Number(2));

    public static BidId Bid(int number) => BidId.From(Number(number));

    public static ListingId Listing(int number) => ListingId.From(Number(number));

    /// <summary>The number that an id was made of.</summary>
    public static int NumberOf(BidId id) => (int)(ulong)id.Ulid.Randomness;

    /// <inheritdoc cref="NumberOf(BidId)"/>
    public static int NumberOf(ListingId id) => (int)(ulong)id.Ulid.Randomness;

    public static UnitPrice PriceAt(int tick) => UnitPrice.OfMicros(LowestMicros + tick * MicrosPerTick, Currency.Usd);

    public static int TickOf(long micros) => (int)((micros - LowestMicros) / MicrosPerTick);

    public static HourWindow Window(int fromHour, int hours) => HourWindow.Starting(FirstHour + fromHour, hours);

    public static OpenAsk Offer(int number, int gpuCount, HourWindow window, UnitPrice price) => new(
        new AskTerms(Listing(number), Provider, MachineId.From(Number(number)), gpuCount, window, price, 1, new Capacity(0, 989_000, 141_000, 4_800_000), 1.2m, 400),
        Now);

    /// <summary>A bid for any machines, all or none unless a minimum is given.</summary>
    public static EnterBid Want(
        int number, int gpuCount, HourWindow window, UnitPrice limit, int? minimum = null, TimeInForce timeInForce = TimeInForce.GoodTillCancelled) => new(
            Bid(number),
            Buyer,
            new BidTerms(
                gpuCount,
                window,
                limit,
                timeInForce,
                ExpiresAt: null,
                minimum is null ? FillRule.AllOrNone : FillRule.Partial,
                minimum ?? gpuCount,
                Placement.Any,
                BidRequirements.None));

    private static Ulid Number(int number) => Ulid.Create(Now.ToUnixTimeMilliseconds(), (UInt128)number);
}
