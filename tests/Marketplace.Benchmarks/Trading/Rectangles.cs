using System.Globalization;
using System.Text.Json.Nodes;
using Marketplace.Benchmarks.Measure;
using Marketplace.Trading.Book;

namespace Marketplace.Benchmarks.Trading;

/// <summary>What the yardsticks cannot do: bids for rectangles of 24 hours, among listings of a week.</summary>
internal sealed class Rectangles : IMeasurement
{
    private const int Listings = 10_000;
    private const int Bids = 100_000;
    private const int BidsPerSize = 20_000;
    private const int GpusPerListing = 8;
    private const int Week = 7 * 24;
    private const int Day = 24;
    private static readonly int[] Sizes = [1_000, 10_000, 100_000];

    public string Name => "rectangles";

    public string Question => "what does a bid for 24 hours cost, how does that grow with the listings, and what where nothing fits?";

    public Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        var figures = new JsonObject { ["market"] = TimedBids.MedianOf(Market, MarketBids()).ToFigures() };
        foreach (var size in Sizes) figures[Named("bestAskOf", size)] = TimedBids.MedianOf(() => ManyAlike(size), BestAskBids()).ToFigures();
        foreach (var size in Sizes) figures[Named("nothingFitsIn", size)] = TimedBids.MedianOf(() => Perforated(size), HopelessBids()).ToFigures();
        return Task.FromResult(figures);
    }

    private static string Named(string name, int size) => name + size.ToString(CultureInfo.InvariantCulture);

    /// <summary>A market: listings of eight GPUs for a week at any tick.</summary>
    private static OrderBook Market()
    {
        var random = new SplitMix64(ReferenceWorkload.StandardSeed);
        return BookOf(Enumerable.Range(1, Listings).Select(number =>
            BookScene.Offer(number, GpusPerListing, BookScene.Window(0, Week), BookScene.PriceAt(random.Below(ReferenceWorkload.Ticks)))));
    }

    /// <summary>Bids of one to eight GPUs for any 24 hours of the week at any tick, half of them all or none; what is not filled waits.</summary>
    private static EnterBid[] MarketBids()
    {
        var random = new SplitMix64(ReferenceWorkload.StandardSeed + 1);
        return [.. Enumerable.Range(1, Bids).Select(number => BookScene.Want(
            number,
            random.Between(1, GpusPerListing),
            BookScene.Window(random.Below(Week - Day + 1), Day),
            BookScene.PriceAt(random.Below(ReferenceWorkload.Ticks)),
            minimum: random.Below(2) == 0 ? 1 : null))];
    }

    /// <summary>Listings with GPUs enough for all bids of a round in a few of the cheapest.</summary>
    private static OrderBook ManyAlike(int size)
    {
        var random = new SplitMix64(ReferenceWorkload.StandardSeed);
        return BookOf(Enumerable.Range(1, size).Select(number =>
            BookScene.Offer(number, 10_000, BookScene.Window(0, Week), BookScene.PriceAt(random.Below(ReferenceWorkload.Ticks)))));
    }

    private static EnterBid[] BestAskBids()
    {
        var random = new SplitMix64(ReferenceWorkload.StandardSeed + 1);
        return [.. Enumerable.Range(1, BidsPerSize).Select(number => BookScene.Want(
            number, random.Between(1, GpusPerListing), BookScene.Window(random.Below(Week - Day + 1), Day), BookScene.PriceAt(ReferenceWorkload.Ticks - 1)))];
    }

    /// <summary>
    /// Listings of a day that each have one hour sold out, any of the 24: in every hour nearly everything is free, and no GPU for the day.
    /// </summary>
    private static OrderBook Perforated(int size)
    {
        var random = new SplitMix64(ReferenceWorkload.StandardSeed);
        var book = new OrderBook(BookScene.Book);
        for (var number = 1; number <= size; number++)
        {
            // The newest is the cheapest, so that the bid for its hour is filled by it and by no other.
            var price = UnitPrice.OfMicros(BookScene.PriceAt(ReferenceWorkload.Ticks - 1).MicrosPerGpuHour - number, Currency.Usd);
            book.Apply(BookScene.Offer(number, GpusPerListing, BookScene.Window(0, Day), price), BookScene.Now);
            book.Apply(BookScene.Want(number, GpusPerListing, BookScene.Window(random.Below(Day), 1), price), BookScene.Now);
        }

        return book;
    }

    private static EnterBid[] HopelessBids() => [.. Enumerable.Range(1, BidsPerSize).Select(number => BookScene.Want(
        1_000_000 + number,
        1,
        BookScene.Window(0, Day),
        BookScene.PriceAt(ReferenceWorkload.Ticks - 1),
        timeInForce: TimeInForce.ImmediateOrCancel))];

    private static OrderBook BookOf(IEnumerable<OpenAsk> offers)
    {
        var book = new OrderBook(BookScene.Book);
        foreach (var offer in offers) book.Apply(offer, BookScene.Now);
        return book;
    }
}
