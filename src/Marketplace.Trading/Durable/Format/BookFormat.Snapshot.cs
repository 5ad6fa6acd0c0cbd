using Marketplace.Trading.Book;

namespace Marketplace.Trading.Durable.Format;

/// <content>Snapshots.</content>
internal static partial class BookFormat
{
    /// <summary>The bytes of a snapshot.</summary>
    public static byte[] Write(BookSnapshot snapshot)
    {
        var to = new ByteWriter();
        to.Number(Version);
        to.Number(snapshot.Sequence);
        to.Time(snapshot.At);
        to.Flag(snapshot.IsHalted);
        to.Maybe(snapshot.BandRatio, to.Number);
        to.List(snapshot.Asks, ask => Write(to, ask));
        to.List(snapshot.Closings, closing =>
        {
            to.Id(closing.ListingId);
            to.Time(closing.At);
        });
        to.List(snapshot.Bids, bid => Write(to, bid));
        to.List(snapshot.Blocks, block => Write(to, block));
        to.List(snapshot.References, trades =>
        {
            to.Money(trades.Currency);
            to.Number(trades.Hour.Index);
            to.Number(trades.GpuHours);
            to.Number(trades.TurnoverMicros);
        });
        return to.ToArray();
    }

    /// <summary>The snapshot of some bytes.</summary>
    /// <exception cref="InvalidDataException">They are of another version, or no snapshot.</exception>
    public static BookSnapshot ReadSnapshot(ReadOnlyMemory<byte> body)
    {
        var from = Open(body);
        var (sequence, at) = (from.Number(), from.Time());
        var (isHalted, bandRatio) = (from.Flag(), from.Flag() ? from.Decimal() : (decimal?)null);
        return Close(from, new BookSnapshot(
            sequence,
            at,
            Asks: from.List(() => ReadAsk(from)),
            Closings: from.List(() => new Closing(from.Id<ListingKind>(), from.Time())),
            Bids: from.List(() => ReadBid(from)),
            Blocks: from.List(() => new BlockState(from.Id<TradeKind>(), from.Id<ListingKind>(), from.Count(), from.Hours(), from.List(from.Hours))),
            isHalted,
            bandRatio,
            References: from.List(() => new HourTrades(from.Money(), HourSlot.OfIndex(from.Count()), from.Number(), from.LongNumber()))));
    }

    private static void Write(ByteWriter to, AskState ask)
    {
        Write(to, ask.Terms);
        to.Time(ask.ActivatedAt);
        to.Number(ask.Priority);
        to.Flag(ask.IsOpen);
        to.List(ask.Sold, sold =>
        {
            to.Hours(sold.Window);
            to.Number(sold.GpuCount);
        });
        to.Number(ask.Trades);
    }

    private static AskState ReadAsk(ByteReader from) => new(
        ReadAskTerms(from),
        ActivatedAt: from.Time(),
        Priority: from.Number(),
        IsOpen: from.Flag(),
        Sold: from.List(() => new SoldHours(from.Hours(), from.Count())),
        Trades: from.Count());

    private static void Write(ByteWriter to, BidState bid)
    {
        to.Id(bid.BidId);
        to.Id(bid.Buyer);
        Write(to, bid.Terms);
        to.Number(bid.Priority);
        to.Number(bid.FilledGpuCount);
        to.Maybe(bid.Start, start => to.Number(start.Index));
        to.Maybe(bid.BoundTo, to.Id);
        to.Maybe(bid.BoundProvider, to.Id);
    }

    private static BidState ReadBid(ByteReader from) => new(
        from.Id<BidKind>(),
        from.Id<OrganisationKind>(),
        ReadBidTerms(from),
        Priority: from.Number(),
        FilledGpuCount: from.Count(),
        Start: from.Flag() ? HourSlot.OfIndex(from.Count()) : null,
        BoundTo: from.Flag() ? from.Id<ListingKind>() : null,
        BoundProvider: from.Flag() ? from.Id<OrganisationKind>() : null);

    private static void Write(ByteWriter to, BlockState block)
    {
        to.Id(block.TradeId);
        to.Id(block.ListingId);
        to.Number(block.GpuCount);
        to.Hours(block.Window);
        to.List(block.GivenBack, to.Hours);
    }
}
