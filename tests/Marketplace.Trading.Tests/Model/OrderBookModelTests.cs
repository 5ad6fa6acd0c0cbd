using System.Security.Cryptography;
using CsCheck;
using Marketplace.Runtime;
using Marketplace.Trading.Book;
using Marketplace.Trading.Tests.Book;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Model;

public sealed class OrderBookModelTests
{
    private static readonly Gen<BookStep[]> Streams = BookStep.Streams(longest: 60);

    [Fact]
    public void Book_does_what_the_slow_market_does() => Streams.Sample(steps => { Run(steps); }, iter: 2_000);

    [Fact]
    public void State_is_what_the_events_add_up_to_and_a_snapshot_keeps_it() => Streams.Sample(
        steps =>
        {
            var (book, batches, _) = Run(steps);
            var folded = new OrderBook(Given.Book);
            foreach (var batch in batches.Where(b => b.Events.Count > 0)) folded.Apply(Stored(batch));
            var reloaded = OrderBook.Of(Given.Book, Stored(book.ToSnapshot()));
            return Json(folded.ToSnapshot()) == Json(book.ToSnapshot()) && Json(reloaded.ToSnapshot()) == Json(book.ToSnapshot());
        },
        iter: 250);

    [Fact]
    public void Book_that_is_reloaded_from_a_snapshot_goes_on_as_if_nothing_had_happened() => Streams.Sample(
        steps => TapeHash(Run(steps).Batches) == TapeHash(Run(steps, reloadEvery: 3).Batches), iter: 250);

    [Fact]
    public void Replay_of_the_commands_gives_the_same_tape() => Streams.Sample(
        steps =>
        {
            var (_, batches, commands) = Run(steps);
            var again = new OrderBook(Given.Book);
            return TapeHash(batches) == TapeHash(commands.Select(c => again.Apply(c.Command, c.At)));
        },
        iter: 250);

    private static (OrderBook Book, List<BookBatch> Batches, List<(BookCommand Command, Instant At)> Commands) Run(BookStep[] steps, int? reloadEvery = null)
    {
        var book = new OrderBook(Given.Book);
        var model = new SlowMarket();
        var batches = new List<BookBatch>();
        var commands = new List<(BookCommand, Instant)>();
        var now = Monday;
        foreach (var (number, step) in steps.Index())
        {
            now += Duration.FromMinutes(step.Minutes);
            if (step.ToCommand(number, now, model.Sales) is not { } command) continue;
            var known = model.Sales.Count;
            var expected = model.Do(command, now);
            var batch = book.Apply(command, now);
            Assert.Equal(expected, batch.Told());

            foreach (var (sale, trade) in model.Sales.Skip(known).Zip(batch.Events.OfType<BidTraded>())) sale.TradeId = trade.TradeId;
            batches.Add(batch);
            commands.Add((command, now));
            if (number % reloadEvery == 0) book = OrderBook.Of(Given.Book, Stored(book.ToSnapshot()));
        }

        CheckSales(model, batches);
        return (book, batches, commands);
    }

    // Holds whatever the matching rules are.
    private static void CheckSales(SlowMarket model, List<BookBatch> batches)
    {
        var most = batches.SelectMany(b => b.Events).OfType<AskOpened>().GroupBy(e => Telling.NumberOf(e.Ask.ListingId))
            .ToDictionary(g => g.Key, g => g.Max(e => e.Ask.GpuCount));
        foreach (var (listing, gpus) in most)
        {
            for (var hour = 0; hour < 20; hour++) Assert.True(model.SoldIn(listing, Hour(hour)) <= gpus);
        }

        Assert.DoesNotContain(model.Sales, s => s.Buyer == s.Provider);
        foreach (var entered in batches.SelectMany(b => b.Events).OfType<BidEntered>())
        {
            var bought = model.Sales.Where(s => s.Bid == Telling.NumberOf(entered.BidId)).ToList();
            var gpus = bought.Sum(s => s.Gpus);
            Assert.True(bought.Sum(s => s.Gpus * s.Price) <= gpus * (decimal)entered.Terms.Limit.MicrosPerGpuHour);
            if (entered.Terms.FillRule == FillRule.AllOrNone) Assert.True(gpus == 0 || gpus == entered.Terms.GpuCount);
            if (entered.Terms.Placement == Placement.SameMachine) Assert.True(bought.Select(s => s.Listing).Distinct().Count() <= 1);
        }
    }

    private static string TapeHash(IEnumerable<BookBatch> batches) =>
        Convert.ToHexString(SHA256.HashData(MarketplaceJson.Serialize(batches.SelectMany(b => b.Events).OfType<BidTraded>().ToList())));

    private static T Stored<T>(T value) => MarketplaceJson.Deserialize<T>(MarketplaceJson.Serialize(value));

    private static string Json<T>(T value) => System.Text.Encoding.UTF8.GetString(MarketplaceJson.Serialize(value));
}
