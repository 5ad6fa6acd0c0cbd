using CsCheck;
using Marketplace.Runtime;
using Marketplace.Trading.Book;
using Marketplace.Trading.ReadMarket.Depth;
using NodaTime;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.ReadMarket;

public sealed class BookDepthTests
{
    private static readonly Gen<MarketStep[]> Lives = MarketStep.Lives(longest: 60);

    [Fact]
    public void Copy_that_follows_the_changes_is_the_depth_counted_anew_after_every_batch() => Lives.Sample(
        steps =>
        {
            var life = new MarketLife();
            var depth = new BookDepth();
            var copy = new SortedDictionary<Cell, long>();
            foreach (var batch in life.Live(steps))
            {
                depth.Fold(batch);
                Follow(copy, HourSlot.Containing(depth.At), depth.TakeChanges());
                var expected = SlowDepth.CellsOf(life.Book.ToSnapshot());
                Assert.Equal(expected, copy);
                Assert.Equal(expected, CellsOf(depth.Runs));
            }
        },
        iter: 800);

    [Fact]
    public void Copy_that_follows_several_batches_at_a_time_comes_to_the_same() => Lives.Sample(
        steps =>
        {
            var life = new MarketLife();
            var depth = new BookDepth();
            var copy = new SortedDictionary<Cell, long>();
            foreach (var few in life.Live([.. steps.Select(step => step with { Minutes = step.Minutes * 2 })]).Chunk(4))
            {
                foreach (var batch in few) depth.Fold(batch);
                Follow(copy, HourSlot.Containing(depth.At), depth.TakeChanges());
                Assert.Equal(CellsOf(depth.Runs), copy);
            }
        },
        iter: 500);

    [Fact]
    public void Use_and_demand_are_what_the_book_holds() => Lives.Sample(
        steps =>
        {
            var life = new MarketLife();
            var depth = new BookDepth();
            foreach (var batch in life.Live(steps)) depth.Fold(batch);
            var book = life.Book.ToSnapshot();
            var hours = HourWindow.Starting(HourSlot.Containing(depth.At), 30);
            Assert.Equal(hours.Slots().Select(hour => SlowDepth.UseIn(book, hour)), depth.UseIn(hours));
            Assert.Equal(SlowDepth.DemandOf(book), depth.Demand);
            Assert.Equal(life.Book.IsHalted, depth.IsHalted);
            Assert.Equal(book.Asks.Count(ask => ask.IsOpen && ask.Terms.Window.To > hours.From), depth.OpenListings);
        },
        iter: 500);

    [Fact]
    public void Depth_of_a_snapshot_goes_on_like_the_depth_of_all_events() => Gen.Select(Lives, Lives).Sample(
        (before, after) =>
        {
            var life = new MarketLife();
            var all = new BookDepth();
            foreach (var batch in life.Live(before)) all.Fold(batch);
            all.TakeChanges();
            var loaded = BookDepth.Of(Stored(life.Book.ToSnapshot()));
            foreach (var batch in life.Live(after))
            {
                all.Fold(batch);
                loaded.Fold(batch);
                Assert.Equal(all.TakeChanges(), loaded.TakeChanges());
            }

            Assert.Equal(all.Runs, loaded.Runs);
            Assert.Equal((all.Sequence, all.Demand, all.IsHalted), (loaded.Sequence, loaded.Demand, loaded.IsHalted));
        },
        iter: 250);

    [Fact]
    public void Bid_that_comes_and_goes_within_a_batch_is_no_change()
    {
        var book = new OrderBook(Given.Book);
        var depth = new BookDepth();
        depth.Fold(book.Apply(Enter(1, Terms(2m, timeInForce: TimeInForce.ImmediateOrCancel)), Monday));
        Assert.Empty(depth.TakeChanges());
        Assert.Equal(2, depth.Sequence);
    }

    [Fact]
    public void Year_at_one_price_is_one_run()
    {
        var book = new OrderBook(Given.Book);
        var depth = new BookDepth();
        depth.Fold(book.Apply(Open(Ask(1, 2m, from: 0, to: HourWindow.MaxHours)), Monday));
        depth.Fold(book.Apply(Open(Ask(2, 2m, from: HourWindow.MaxHours, to: 2 * HourWindow.MaxHours)), Monday));
        Assert.Equal(new DepthRun(new DepthPrice(DepthSide.Ask, Usd(2m)), Hour(0), Hour(2 * HourWindow.MaxHours), 4), Assert.Single(depth.TakeChanges()));
    }

    [Fact]
    public void What_is_over_takes_no_room()
    {
        var life = new OrderBook(Given.Book);
        var depth = new BookDepth();
        for (var day = 0; day < 50; day++)
        {
            var at = Monday + Duration.FromDays(day);
            depth.Fold(life.Apply(Open(Ask(day, 2m, from: day * 24, to: (day * 24) + 24)), at));
            depth.Fold(life.Apply(Enter(day, Terms(2m, gpus: 3, from: (day * 24) + 2, to: (day * 24) + 9)), at));
            depth.TakeChanges();
        }

        Assert.Equal(1, depth.OpenListings);
        Assert.Equal(0, depth.RestingBids);
        Assert.Equal(3, depth.Runs.Count());
    }

    [Fact]
    public void Events_that_do_not_follow_are_refused()
    {
        var depth = new BookDepth();
        Assert.Throws<InvariantException>(() => depth.Fold(new BookBatch(2, Monday, [new BookHalted()])));
    }

    private static void Follow(SortedDictionary<Cell, long> copy, HourSlot now, IEnumerable<DepthRun> changes)
    {
        foreach (var over in copy.Keys.Where(cell => cell.Hour < now).ToList()) copy.Remove(over);
        foreach (var (cell, gpus) in CellsOf(changes))
        {
            Assert.NotEqual(gpus, copy.GetValueOrDefault(cell));
            if (gpus == 0) copy.Remove(cell);
            else copy[cell] = gpus;
        }
    }

    private static SortedDictionary<Cell, long> CellsOf(IEnumerable<DepthRun> runs)
    {
        var cells = new SortedDictionary<Cell, long>();
        foreach (var run in runs)
        {
            for (var hour = run.From; hour < run.To; hour += 1) cells.Add(new Cell(hour, run.At.Side, run.At.Price), run.GpuCount);
        }

        return cells;
    }

    private static T Stored<T>(T value) => MarketplaceJson.Deserialize<T>(MarketplaceJson.Serialize(value));
}
