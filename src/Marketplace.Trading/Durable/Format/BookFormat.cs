using Marketplace.Trading.Book;

namespace Marketplace.Trading.Durable.Format;

/// <summary>
/// Batches and snapshots as bytes. JSON took ten times the room and half a minute of parsing per ten million orders, and a book is
/// read whole before its first command. The first byte is the version: what is stored is for ever, so that a change of the format
/// is another version, and the old one stays readable.
/// </summary>
internal static partial class BookFormat
{
    private const byte Version = 1;

    private static ByteReader Open(ReadOnlyMemory<byte> body)
    {
        var reader = new ByteReader(body.ToArray());
        var version = reader.Number();
        if (version != Version) throw new InvalidDataException($"A book is stored in format {version}; this program reads {Version}.");
        return reader;
    }

    private static T Close<T>(ByteReader reader, T value)
    {
        if (!reader.IsAtEnd) throw new InvalidDataException("A row of a book is longer than what it holds.");
        return value;
    }

    private static void Write(ByteWriter to, BidTerms terms)
    {
        to.Number(terms.GpuCount);
        to.Hours(terms.Window);
        to.Price(terms.Limit);
        to.Number((int)terms.TimeInForce);
        to.Maybe(terms.ExpiresAt, to.Time);
        to.Number((int)terms.FillRule);
        to.Number(terms.MinimumGpuCount);
        to.Number((int)terms.Placement);
        Write(to, terms.Requirements);
        to.Maybe(terms.FlexibleHours, hours => to.Number(hours));
        to.Number((int)terms.PriceBasis);
        to.Flag(terms.PostOnly);
        to.Number((int)terms.SelfTradePrevention);
    }

    private static BidTerms ReadBidTerms(ByteReader from) => new(
        GpuCount: from.Count(),
        Window: from.Hours(),
        Limit: from.Price(),
        TimeInForce: (TimeInForce)from.Number(),
        ExpiresAt: from.Flag() ? from.Time() : null,
        FillRule: (FillRule)from.Number(),
        MinimumGpuCount: from.Count(),
        Placement: (Placement)from.Number(),
        Requirements: ReadRequirements(from),
        FlexibleHours: from.Flag() ? from.Count() : null,
        PriceBasis: (PriceBasis)from.Number(),
        PostOnly: from.Flag(),
        SelfTradePrevention: (SelfTradePrevention)from.Number());

    private static void Write(ByteWriter to, BidRequirements requirements)
    {
        var hasAny = requirements != BidRequirements.None;
        to.Flag(hasAny);
        if (!hasAny) return;
        to.Figures(requirements.Minimum);
        to.Maybe(requirements.MaxPue, to.Number);
        to.Maybe(requirements.MaxGridCarbonGramsPerKWh, grams => to.Number(grams));
    }

    private static BidRequirements ReadRequirements(ByteReader from) => !from.Flag()
        ? BidRequirements.None
        : new BidRequirements(from.Figures(), from.Flag() ? from.Decimal() : null, from.Flag() ? from.Count() : null);

    private static void Write(ByteWriter to, AskTerms terms)
    {
        to.Id(terms.ListingId);
        to.Id(terms.Provider);
        to.Id(terms.MachineId);
        to.Number(terms.GpuCount);
        to.Hours(terms.Window);
        Write(to, terms.Price);
        to.Number(terms.MinimumHours);
        to.Figures(terms.Proven);
        to.Maybe(terms.Pue, to.Number);
        to.Maybe(terms.GridCarbonGramsPerKWh, grams => to.Number(grams));
        to.Maybe(terms.ResoldLease, to.Id);
    }

    private static AskTerms ReadAskTerms(ByteReader from) => new(
        ListingId: from.Id<ListingKind>(),
        Provider: from.Id<OrganisationKind>(),
        MachineId: from.Id<MachineKind>(),
        GpuCount: from.Count(),
        Window: from.Hours(),
        Price: ReadSchedule(from),
        MinimumHours: from.Count(),
        Proven: from.Figures(),
        Pue: from.Flag() ? from.Decimal() : null,
        GridCarbonGramsPerKWh: from.Flag() ? from.Count() : null,
        ResoldLease: from.Flag() ? from.Id<LeaseKind>() : null);

    private static void Write(ByteWriter to, PriceSchedule schedule)
    {
        to.Money(schedule.Currency);
        to.List(schedule.Prices, price => to.Number(price.MicrosPerGpuHour));
    }

    private static PriceSchedule ReadSchedule(ByteReader from)
    {
        var currency = from.Money();
        var prices = from.List(() => UnitPrice.OfMicros(from.Number(), currency));
        if (prices.Length == 1) return PriceSchedule.Flat(prices[0]);
        return PriceSchedule.TryCreate(prices, out var schedule) ? schedule : throw new InvalidDataException("A stored price schedule is none.");
    }
}
