using Marketplace.Trading.Book;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

/// <summary>What happened in a book, in words that its model can say too.</summary>
internal static class Telling
{
    private static readonly Dictionary<Ulid, int> Numbers = Enumerable.Range(0, 5_000).ToDictionary(n => Bid(n).Ulid);

    public static int NumberOf(Ulid number) => Numbers[number];

    public static List<string> Told(this BookBatch batch) => [.. batch.Events.Select(Tell)];

    private static string Tell(BookEvent @event) => @event switch
    {
        AskOpened e => Open(e.Ask),
        AskClosed e => Close(NumberOf(e.ListingId.Ulid), e.ResoldLease, e.Trades),
        BidEntered e => Enter(NumberOf(e.BidId.Ulid)),
        BidReplaced e => Replace(NumberOf(e.BidId.Ulid), e.Terms, e.KeepsPriority),
        BidTraded e => Trade(NumberOf(e.BidId.Ulid), NumberOf(e.ListingId.Ulid), e.GpuCount, e.Window, e.Price),
        BidEnded e => End(NumberOf(e.BidId.Ulid), e.Ending, e.FilledGpuCount),
        HoursGivenBack e => Back(NumberOf(e.ListingId.Ulid), e.GpuCount, e.Window),
        BookHalted => Halt,
        BookResumed => Resume,
        PriceBandSet e => Band(e.Ratio),
        _ => throw new InvalidOperationException($"There are no words for {@event.GetType().Name}."),
    };

    public const string Halt = "halt";

    public const string Resume = "resume";

    public static string Open(AskTerms ask) =>
        $"open listing {NumberOf(ask.ListingId.Ulid)}: {ask.GpuCount} in {Words(ask.Window)}"
        + (ask.ResoldLease is { } lease ? $" of lease {NumberOf(lease.Ulid)}" : "");

    public static string Close(int listing, LeaseId? resoldLease, int trades) =>
        $"close listing {listing}" + (resoldLease is { } lease ? $" of lease {NumberOf(lease.Ulid)} after {trades} trades" : "");

    public static string Enter(int bid) => $"enter bid {bid}";

    public static string Replace(int bid, BidTerms by, bool keepsItsPlace) =>
        $"replace bid {bid}, which {(keepsItsPlace ? "keeps" : "loses")} its place: "
        + (by.FillRule == FillRule.Partial ? $"{by.MinimumGpuCount} to " : "") + $"{by.GpuCount} at {by.Limit.PerGpuHour}"
        + (by.ExpiresAt is { } date ? $" until {date - Monday:-H:mm}" : "");

    public static string Trade(int bid, int listing, int gpus, HourWindow hours, UnitPrice price) =>
        $"trade bid {bid} of listing {listing}: {gpus} in {Words(hours)} at {price.PerGpuHour}";

    public static string End(int bid, BidEnding ending, int filled) => $"end bid {bid}: {ending} after {filled}";

    public static string Back(int listing, int gpus, HourWindow hours) => $"back {gpus} of listing {listing}: {Words(hours)}";

    public static string Band(decimal? ratio) => $"band {(ratio is { } r ? $"ratio {r}" : "none")}";

    private static string Words(HourWindow hours) => $"{hours.From - Hour(0)}-{hours.To - Hour(0)}";
}
