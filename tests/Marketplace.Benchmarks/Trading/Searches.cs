using System.Globalization;
using System.Text.Json.Nodes;
using Marketplace.Benchmarks.Measure;
using Marketplace.Contracts;
using Marketplace.Trading.Book;
using Marketplace.Trading.ExplainBid;
using Marketplace.Trading.QuoteJob;

namespace Marketplace.Benchmarks.Trading;

/// <summary>Questions to order books that change nothing: where a job could run, and why a bid has not matched.</summary>
internal sealed class Searches : IMeasurement
{
    private const int GpusPerListing = 8;
    private const int Week = 7 * 24;
    private const int Day = 24;
    private const int ListingsOfABook = 1_000;
    private static readonly int[] Sizes = [100, 1_000, 10_000];
    private static readonly int[] Books = [1, 10, 100];
    private static readonly TimeSpan MostPerQuestion = TimeSpan.FromSeconds(2);

    public string Name => "searches";

    public string Question => "what do a quote and an explanation cost, and how does that grow with listings, books and hours to choose from?";

    public Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        var figures = new JsonObject();
        foreach (var size in Sizes)
        {
            var book = BookOf(size);
            foreach (var ranking in Enum.GetValues<QuoteRanking>()) figures[Named($"weekBy{ranking}Of", size)] = MillisOf(() => Quote(book, Job(Week, ranking)));
            figures[Named("monthByCostOf", size)] = MillisOf(() => Quote(book, Job(BidTerms.MaxFlexibleWindowHours, QuoteRanking.Cost)));
            figures[Named("explainDayOf", size)] = MillisOf(() => Explain(book, flexible: false));
            figures[Named("explainFlexibleWeekOf", size)] = MillisOf(() => Explain(book, flexible: true));
        }

        foreach (var count in Books)
        {
            var books = Enumerable.Range(0, count).Select(_ => BookOf(ListingsOfABook)).ToArray();
            figures[Named("weekByCostOverBooks", count)] = MillisOf(() => JobQuotes.Rank(books.Select(book => Quote(book, Job(Week, QuoteRanking.Cost))).OfType<JobPlacement>(), QuoteRanking.Cost).ToList());
        }

        return Task.FromResult(figures);
    }

    private static string Named(string name, int size) => name + size.ToString(CultureInfo.InvariantCulture);

    /// <summary>Processor time of one question, in milliseconds: the mean of as many as there is time for, after one that is not counted.</summary>
    private static double MillisOf(Func<object?> ask)
    {
        ask();
        var asked = 0;
        var began = Environment.CpuUsage.TotalTime;
        while (asked < 1_000 && Environment.CpuUsage.TotalTime - began < MostPerQuestion)
        {
            ask();
            asked++;
        }

        return Figures.Rounded((Environment.CpuUsage.TotalTime - began).TotalMilliseconds / asked);
    }

    /// <summary>Listings of a month at any tick, half of whose hours are sold in pieces.</summary>
    private static OrderBook BookOf(int listings)
    {
        var random = new SplitMix64(ReferenceWorkload.StandardSeed);
        var book = new OrderBook(BookScene.Book);
        for (var number = 1; number <= listings; number++)
        {
            var window = BookScene.Window(0, BidTerms.MaxFlexibleWindowHours);
            book.Apply(BookScene.Offer(number, GpusPerListing, window, BookScene.PriceAt(random.Below(ReferenceWorkload.Ticks))), BookScene.Now);
        }

        for (var number = 1; number <= listings * 15; number++)
        {
            var window = BookScene.Window(random.Below(BidTerms.MaxFlexibleWindowHours - Day), Day);
            var bid = BookScene.Want(
                number, random.Between(1, GpusPerListing), window, BookScene.PriceAt(ReferenceWorkload.Ticks - 1), minimum: 1, TimeInForce.ImmediateOrCancel);
            book.Apply(bid, BookScene.Now);
        }

        return book;
    }

    private static JobNeeds Job(int windowHours, QuoteRanking ranking) => new(
        [], [], 64, Day, BookScene.Window(0, windowHours), Currency.Usd, BidRequirements.None, Placement.Any, Budget: null, ranking, MaxPlacements: 10);

    private static JobPlacement? Quote(OrderBook book, JobNeeds job) => JobQuotes.BestIn(book, job, buyer: null, boardPowerW: 700, BookScene.Now);

    private static BidExplanation Explain(OrderBook book, bool flexible)
    {
        var bid = BookScene.Want(0, 64, BookScene.Window(0, flexible ? Week : Day), UnitPrice.OfMicros(1, Currency.Usd)).Terms;
        bid = bid with { FlexibleHours = flexible ? Day : null, Requirements = new BidRequirements(new Capacity(0, 1, 0, 0), 1.5m, 500) };
        return Explanations.Of(book, SoughtBlock.Of(bid, BookScene.Buyer), BookScene.Now);
    }
}
