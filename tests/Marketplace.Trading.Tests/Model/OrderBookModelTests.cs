using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Marketplace.Runtime;
using Marketplace.Trading.Book;
using Marketplace.Trading.Tests.Book;
using NodaTime;
using static Marketplace.Trading.Book.SelfTradePrevention;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Model;

/// <summary>
/// Random lives of a book against its model. MARKETPLACE_STREAMS=100000 plays so many of them instead of the default; the other
/// properties take a tenth of that.
/// </summary>
public sealed class OrderBookModelTests
{
    private static readonly Gen<TimedStep[]> Streams = BookStreams.OfLength(60);
    private const StringComparison Text = StringComparison.Ordinal;
    private static readonly string[] OtherReasons = ["BookHalted", "DateReached", "OutsidePriceBand", "WouldTrade"];
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("MARKETPLACE_STREAMS") ?? "2000", CultureInfo.InvariantCulture);

    [Fact]
    public void Book_does_what_the_slow_market_does() => Sample(Count, steps => BookStory.Play(steps));

    [Fact]
    public void State_is_what_the_events_add_up_to_and_a_snapshot_keeps_it() => Sample(Count / 10, steps =>
    {
        var books = BookStory.Play(steps);
        var folded = new OrderBook(Given.Book);
        foreach (var batch in books.Batches.Where(b => b.Events.Count > 0)) folded.Apply(BothBooks.Stored(batch));
        var reloaded = OrderBook.Of(Given.Book, BothBooks.Stored(books.Engine.ToSnapshot()));
        Assert.Equal(Json(books.Engine.ToSnapshot()), Json(folded.ToSnapshot()));
        Assert.Equal(Json(books.Engine.ToSnapshot()), Json(reloaded.ToSnapshot()));
        Assert.Equal(Counters(reloaded), Counters(books.Engine));
    });

    [Fact]
    public void Book_that_is_reloaded_from_a_snapshot_goes_on_as_if_nothing_had_happened() => Sample(
        Count / 10, steps => Assert.Equal(TapeHash(BookStory.Play(steps).Batches), TapeHash(BookStory.Play(steps, books => books.Reload()).Batches)));

    [Fact]
    public void Book_that_forgets_what_is_over_goes_on_as_if_nothing_had_happened() => Sample(Count / 10, steps =>
    {
        var books = BookStory.Play(steps, books => books.Engine.Forget());
        Assert.Equal(TapeHash(BookStory.Play(steps).Batches), TapeHash(books.Batches));
        var before = Json(books.Engine.ToSnapshot());
        books.Engine.Forget();
        Assert.Equal(before, Json(books.Engine.ToSnapshot()));
    });

    [Fact]
    public void Replay_of_the_commands_gives_the_same_tape() => Sample(Count / 10, steps =>
    {
        var books = BookStory.Play(steps);
        var again = new OrderBook(Given.Book);
        Assert.Equal(TapeHash(books.Batches), TapeHash(books.Commands.Select(c => again.Apply(c.Command, c.At))));
    });

    [Fact]
    public void Quote_is_what_a_bid_that_passes_its_own_listings_over_then_buys() => Sample(Count / 10, steps =>
    {
        var books = new BothBooks();
        foreach (var _ in BookStory.Commands(steps, books.Model, Apply)) continue;

        List<string> Apply(BookCommand command, Instant at)
        {
            if (command is not EnterBid { Terms.SelfTradePrevention: ExpireMaker or PassOver } bid) return books.Apply(command, at);
            var quoted = books.Quote(bid, at);
            var told = books.Apply(command, at);
            if (!told.Contains(Telling.Enter(Telling.NumberOf(bid.BidId.Ulid))) || told.Exists(line => OtherReasons.Any(line.Contains))) return told;
            Assert.Equal(told.Where(line => line.StartsWith("trade", Text)), quoted);
            return told;
        }
    });

    [Fact]
    public void No_bid_waits_that_could_buy() => Sample(Count / 10, steps =>
    {
        var model = new SlowMarket();
        foreach (var _ in BookStory.Commands(steps, model, (command, now) => model.Do(command, now))) Assert.Empty(model.LeftOut());
    });

    private static void Sample(int count, Action<TimedStep[]> check) =>
        Streams.Sample(check, iter: count, print: steps => BookStory.Tell(BookStory.Shrink(steps, check)));

    // What only saves looking: a wrong one may cost nothing but time, and would not be seen otherwise.
    private static List<string> Counters(OrderBook book) =>
    [
        .. book.Memory.Markets.Select(m =>
                $"{m.Currency} {m.AveragingBids} averaging bids, {m.AsksByHour} asks by hour, free {string.Join(' ', m.Free.Of(book.Memory.Hour, 48).ToArray())}")
            .Where(line => !line.EndsWith(" 0 averaging bids, 0 asks by hour, free " + string.Join(' ', new long[48]), Text)).Order(),
    ];

    private static string TapeHash(IEnumerable<BookBatch> batches) =>
        Convert.ToHexString(SHA256.HashData(MarketplaceJson.Serialize(batches.SelectMany(b => b.Events).OfType<BidTraded>().ToList())));

    private static string Json<T>(T value) => Encoding.UTF8.GetString(MarketplaceJson.Serialize(value));
}
