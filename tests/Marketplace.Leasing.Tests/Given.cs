using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using NodaTime;

namespace Marketplace.Leasing.Tests;

/// <summary>A trade of Monday 10:00 to 14:00, made at 08:00.</summary>
internal static class Given
{
    public static Instant Monday { get; } = Instant.FromUtc(2026, 11, 2, 8, 0);

    public static TradeExecuted Trade { get; } = new(
        TradeId.From(Number(1)),
        LeaseId.From(Number(1)),
        new BookKey(GpuModelId.Parse("nvidia-h200-sxm"), HubId.Parse("guizhou")),
        BidId.From(Number(2)),
        OrganisationId.From(Number(3)),
        ListingId.From(Number(4)),
        OrganisationId.From(Number(5)),
        MachineId.From(Number(6)),
        4,
        new HourWindow(HourSlot.Containing(At(10)), HourSlot.Containing(At(14))),
        UnitPrice.OfMicros(2_100_000, Currency.Usd),
        new Capacity(1000, 0, 141_000, 1),
        Monday);

    public static OrganisationId SecondBuyer { get; } = OrganisationId.From(Number(20));

    /// <summary>What the buyer of <see cref="Trade"/> offers.</summary>
    public static ListingId Offer { get; } = ListingId.From(Number(21));

    public static Lease Fresh { get; } = Lease.Of(Trade);

    public static VerificationId Proof { get; } = VerificationId.From(Number(7));

    public static Instant At(int hour, int minute = 0) => Instant.FromUtc(2026, 11, 2, hour, minute);

    public static HourWindow Hours(int from, int to) => new(HourSlot.Containing(At(from)), HourSlot.Containing(At(to)));

    /// <summary>Hours of <see cref="Trade"/>'s lease, sold on by its buyer.</summary>
    public static TradeExecuted Resold(int number, int gpuCount, HourWindow window, ListingId? offer = null) => Trade with
    {
        TradeId = TradeId.From(Number(100 + number)),
        LeaseId = LeaseId.From(Number(100 + number)),
        Buyer = SecondBuyer,
        ListingId = offer ?? Offer,
        Provider = Trade.Buyer,
        GpuCount = gpuCount,
        Window = window,
        Price = UnitPrice.OfMicros(2_500_000, Currency.Usd),
        ResoldLease = Trade.LeaseId,
    };

    public static Ulid Number(int n) => Ulid.Create(Monday.ToUnixTimeMilliseconds(), (UInt128)n);
}
