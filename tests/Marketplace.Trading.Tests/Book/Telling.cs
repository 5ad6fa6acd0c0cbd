using Marketplace.Trading.Book;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Book;

/// <summary>What a batch means, in words that a model can say too.</summary>
internal static class Telling
{
    private static readonly Dictionary<string, int> Numbers = Enumerable.Range(0, 500)
        .SelectMany(n => new[] { (Bid(n).ToString(), n), (Listing(n).ToString(), n) }).ToDictionary(p => p.Item1, p => p.n);

    public static int NumberOf(object id) => Numbers[id.ToString()!];

    public static List<string> Told(this BookBatch batch) => [.. batch.Events.Select(Tell).OfType<string>()];

    private static string? Tell(BookEvent @event) => @event switch
    {
        BidTraded e => Trade(NumberOf(e.BidId), NumberOf(e.ListingId), e.GpuCount, e.Price),
        BidEnded e => End(NumberOf(e.BidId), e.Ending, e.FilledGpuCount),
        HoursGivenBack e => Back(NumberOf(e.ListingId), e.GpuCount, e.Window),
        _ => null,
    };

    public static string Trade(int bid, int listing, int gpus, UnitPrice price) => $"trade bid {bid} of listing {listing}: {gpus} at {price.PerGpuHour}";

    public static string End(int bid, BidEnding ending, int filled) => $"end bid {bid}: {ending} after {filled}";

    public static string Back(int listing, int gpus, HourWindow window) => $"back {gpus} of listing {listing}: {window.From - Hour(0)}-{window.To - Hour(0)}";
}
