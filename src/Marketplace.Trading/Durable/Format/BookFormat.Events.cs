using Marketplace.Trading.Book;

namespace Marketplace.Trading.Durable.Format;

/// <content>Batches of events.</content>
internal static partial class BookFormat
{
    /// <summary>What is stored before every event. A number is never used again for another.</summary>
    private enum EventTag
    {
        AskOpened = 1,
        AskClosed = 2,
        BidEntered = 3,
        BidReplaced = 4,
        BidTraded = 5,
        BidEnded = 6,
        HoursGivenBack = 7,
        BookHalted = 8,
        BookResumed = 9,
        PriceBandSet = 10,
    }

    /// <summary>The bytes of a batch.</summary>
    public static byte[] Write(BookBatch batch)
    {
        var to = new ByteWriter();
        to.Number(Version);
        to.Number(batch.FirstSequence);
        to.Time(batch.At);
        to.Number(batch.Events.Count);
        foreach (var @event in batch.Events) Write(to, @event);
        return to.ToArray();
    }

    /// <summary>The batch of some bytes.</summary>
    /// <exception cref="InvalidDataException">They are of another version, or no batch.</exception>
    public static BookBatch ReadBatch(ReadOnlyMemory<byte> body)
    {
        var from = Open(body);
        return Close(from, new BookBatch(from.Number(), from.Time(), from.List(() => ReadEvent(from))));
    }

    private static void Write(ByteWriter to, BookEvent @event)
    {
        switch (@event)
        {
            case BidEntered e:
                Tag(to, EventTag.BidEntered);
                to.Id(e.BidId);
                to.Id(e.Buyer);
                Write(to, e.Terms);
                break;
            case BidTraded e:
                Tag(to, EventTag.BidTraded);
                Write(to, e);
                break;
            case BidEnded e:
                Tag(to, EventTag.BidEnded);
                to.Id(e.BidId);
                to.Id(e.Buyer);
                to.Number((int)e.Ending);
                to.Number(e.FilledGpuCount);
                break;
            case BidReplaced e:
                Tag(to, EventTag.BidReplaced);
                to.Id(e.BidId);
                to.Id(e.Buyer);
                Write(to, e.Terms);
                to.Flag(e.KeepsPriority);
                to.Number(e.FilledGpuCount);
                break;
            case AskOpened e:
                Tag(to, EventTag.AskOpened);
                Write(to, e.Ask);
                to.Time(e.ActivatedAt);
                break;
            case AskClosed e:
                Tag(to, EventTag.AskClosed);
                to.Id(e.ListingId);
                to.Time(e.ClosedAt);
                to.Maybe(e.ResoldLease, to.Id);
                to.Number(e.Trades);
                break;
            case HoursGivenBack e:
                Tag(to, EventTag.HoursGivenBack);
                to.Id(e.TradeId);
                to.Id(e.ListingId);
                to.Number(e.GpuCount);
                to.Hours(e.Window);
                break;
            case BookHalted:
                Tag(to, EventTag.BookHalted);
                break;
            case BookResumed:
                Tag(to, EventTag.BookResumed);
                break;
            case PriceBandSet e:
                Tag(to, EventTag.PriceBandSet);
                to.Maybe(e.Ratio, to.Number);
                break;
            default:
                throw new InvariantException($"No way to store {@event.GetType().Name}.");
        }
    }

    private static BookEvent ReadEvent(ByteReader from) => (EventTag)from.Number() switch
    {
        EventTag.BidEntered => new BidEntered(from.Id<BidKind>(), from.Id<OrganisationKind>(), ReadBidTerms(from)),
        EventTag.BidTraded => ReadTrade(from),
        EventTag.BidEnded => new BidEnded(from.Id<BidKind>(), from.Id<OrganisationKind>(), (BidEnding)from.Number(), from.Count()),
        EventTag.BidReplaced => new BidReplaced(
            from.Id<BidKind>(), from.Id<OrganisationKind>(), ReadBidTerms(from), KeepsPriority: from.Flag(), FilledGpuCount: from.Count()),
        EventTag.AskOpened => new AskOpened(ReadAskTerms(from), from.Time()),
        EventTag.AskClosed => new AskClosed(
            from.Id<ListingKind>(), from.Time(), from.Flag() ? from.Id<LeaseKind>() : null, Trades: from.Count()),
        EventTag.HoursGivenBack => new HoursGivenBack(from.Id<TradeKind>(), from.Id<ListingKind>(), from.Count(), from.Hours()),
        EventTag.BookHalted => new BookHalted(),
        EventTag.BookResumed => new BookResumed(),
        EventTag.PriceBandSet => new PriceBandSet(from.Flag() ? from.Decimal() : null),
        var tag => throw new InvalidDataException($"There is no event {tag}."),
    };

    private static void Write(ByteWriter to, BidTraded e)
    {
        to.Id(e.TradeId);
        to.Id(e.BidId);
        to.Id(e.Buyer);
        to.Id(e.ListingId);
        to.Id(e.Provider);
        to.Id(e.MachineId);
        to.Number(e.GpuCount);
        to.Hours(e.Window);
        to.Price(e.Price);
        to.Figures(e.Proven);
        to.Number(e.FilledGpuCount);
        to.Number(e.OpenGpuCount);
        to.Maybe(e.ResoldLease, to.Id);
    }

    private static BidTraded ReadTrade(ByteReader from) => new(
        TradeId: from.Id<TradeKind>(),
        BidId: from.Id<BidKind>(),
        Buyer: from.Id<OrganisationKind>(),
        ListingId: from.Id<ListingKind>(),
        Provider: from.Id<OrganisationKind>(),
        MachineId: from.Id<MachineKind>(),
        GpuCount: from.Count(),
        Window: from.Hours(),
        Price: from.Price(),
        Proven: from.Figures(),
        FilledGpuCount: from.Count(),
        OpenGpuCount: from.Count(),
        ResoldLease: from.Flag() ? from.Id<LeaseKind>() : null);

    private static void Tag(ByteWriter to, EventTag tag) => to.Number((int)tag);
}
