using System.Diagnostics;
using Marketplace.Testing.Store;
using Marketplace.Trading.Durable;
using Marketplace.Trading.ReadMarket;
using Marketplace.Trading.ReadMarket.Depth;
using Marketplace.Trading.ReadMarket.Follow;
using Marketplace.Trading.Tests.Durable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.ReadMarket;

public sealed class BookFollowerTests
{
    [Fact]
    public async Task Follower_is_given_a_snapshot_and_then_every_change_and_trade_without_a_gap()
    {
        await using var market = new TradingMarketplace();
        await OfferAsync(market, 1);
        using var follower = Follow(market, after: null);
        var copy = new Copy();
        copy.Take(await NextAsync(follower));
        for (var i = 2; i < 30; i++)
        {
            await OfferAsync(market, i);
            await market.PlaceAsync(Terms(2m, gpus: 1 + (i % 3)), $"k{i}");
            await market.Simulated.RunAsync();
        }

        await copy.FollowAsync(follower, until: (await DepthAsync(market)).Sequence);
        Assert.Equal((await SnapshotAsync(market)).Runs, copy.Runs);
        Assert.Equal(1, copy.Snapshots);
        var tape = await market.Simulated.Get<MarketQueries>().TradesAsync(Given.Book, null, 200, default);
        Assert.Equal(tape.Reverse(), copy.Trades);
        Assert.NotEmpty(copy.Trades);
    }

    [Fact]
    public async Task Follower_that_comes_back_is_given_what_it_missed_and_nothing_else()
    {
        await using var market = new TradingMarketplace();
        using var steady = Follow(market, after: null);
        var copy = new Copy();
        for (var i = 1; i < 10; i++)
        {
            using (var visitor = Follow(market, copy.Sequence)) copy.Take(await NextAsync(visitor));
            await OfferAsync(market, i);
            await DepthAsync(market);
        }

        Assert.Equal(1, copy.Snapshots);
        using var last = Follow(market, copy.Sequence);
        await copy.FollowAsync(last, until: 9);
        Assert.Equal((await SnapshotAsync(market)).Runs, copy.Runs);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(99)]
    public async Task Follower_that_cannot_be_told_what_it_missed_begins_anew(long after)
    {
        await using var market = new TradingMarketplace();
        for (var i = 1; i < 10; i++) await OfferAsync(market, i);
        using var follower = Follow(market, after);
        Assert.IsType<ResyncNeeded>(await NextAsync(follower));
        Assert.Equal(9, Assert.IsType<BookSnapshotTaken>(await NextAsync(follower)).Sequence);
    }

    [Fact]
    public async Task Follower_that_is_too_slow_begins_anew()
    {
        await using var market = new TradingMarketplace(options: o => o.RecentMarketCells = 10);
        using var follower = Follow(market, after: null);
        var copy = new Copy();
        copy.Take(await NextAsync(follower));
        for (var i = 1; i < 30; i++)
        {
            await OfferAsync(market, i);
            await DepthAsync(market);
        }

        Assert.IsType<ResyncNeeded>(await NextAsync(follower));
        copy.Take(await NextAsync(follower));
        await OfferAsync(market, 30);
        await copy.FollowAsync(follower, until: 30);
        Assert.Equal(2, copy.Snapshots);
        Assert.Equal((await SnapshotAsync(market)).Runs, copy.Runs);
    }

    [Fact]
    public void Latest_changes_are_kept_up_to_a_size_and_the_last_one_always()
    {
        var recent = new RecentChanges(mostCells: 100);
        for (var i = 0; i < 10_000; i++) recent.Add(Change((2 * i) + 1, (2 * i) + 2, cells: 9));
        Assert.Equal(10, Enumerable.Range(0, 20_001).Count(sequence => recent.After(sequence).Changes is { } next && next.FromSequence == sequence + 1));
        Assert.True(recent.Cover(20_000 - 20));
        Assert.False(recent.Cover(20_000 - 21));
        recent.Add(Change(20_001, 20_002, cells: 1_000));
        Assert.Equal(20_002, recent.After(20_000).Changes?.ToSequence);
        Assert.Equal((null, null), recent.After(19_999));
    }

    [Fact]
    public void Who_knows_a_part_of_a_change_is_given_all_of_it()
    {
        var recent = new RecentChanges(mostCells: 100);
        recent.BeginAt(10);
        recent.Add(Change(11, 15, cells: 1));
        recent.Add(Change(16, 20, cells: 1));
        Assert.Equal([15, 15, 15, 20, 20], new long[] { 10, 12, 14, 15, 18 }.Select(sequence => recent.After(sequence).Changes?.ToSequence));
        Assert.Equal((null, null), recent.After(9));
        Assert.Equal((null, null), recent.After(21));
        var (nothing, more) = recent.After(20);
        Assert.Null(nothing);
        Assert.False(more!.IsCompleted);
        recent.Add(Change(21, 21, cells: 0));
        Assert.True(more.IsCompleted);
    }

    [Fact]
    public async Task Commit_of_this_process_is_told_at_once_and_one_of_another_process_with_the_next_poll()
    {
        await using var market = new TradingMarketplace();
        using var elsewhere = FeedOfAnotherProcess(market);
        using var here = Follow(market, after: null);
        using var there = elsewhere.TryFollow(Given.Book, after: null)!;
        await NextAsync(here);
        await NextAsync(there);
        var fastest = TimeSpan.MaxValue;
        for (var i = 1; i <= 5; i++)
        {
            var (hereNext, thereNext) = (NextAsync(here), NextAsync(there));
            await OfferAsync(market, i);
            var committed = Stopwatch.GetTimestamp();
            Assert.Equal(i, Assert.IsType<BookChanged>(await hereNext).ToSequence);
            if (Stopwatch.GetElapsedTime(committed) is var took && took < fastest) fastest = took;
            Assert.Equal(i, Assert.IsType<BookChanged>(await thereNext).ToSequence);
        }

        Assert.True(fastest < TimeSpan.FromMilliseconds(300), $"A commit of this process was told after {fastest}.");
    }

    [Fact]
    public async Task Reads_that_fail_or_are_given_up_cost_no_follower_its_place()
    {
        var failing = false;
        await using var market = new TradingMarketplace(faults: call => failing && call.Commit is null ? StoreFault.ThrowBefore : StoreFault.None);
        using var follower = Follow(market, after: null);
        var copy = new Copy();
        copy.Take(await NextAsync(follower));
        using var impatient = new CancellationTokenSource();
        await impatient.CancelAsync();
        for (var i = 1; i < 10; i++)
        {
            await OfferAsync(market, i);
            failing = true;
            await Assert.ThrowsAsync<InjectedStoreFaultException>(() => DepthAsync(market));
            failing = false;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => market.Simulated.Get<MarketQueries>().DepthAsync(Given.Book, Hours(0, 1), impatient.Token));
        }

        await copy.FollowAsync(follower, until: 9);
        Assert.Equal(1, copy.Snapshots);
        Assert.Equal((await SnapshotAsync(market)).Runs, copy.Runs);
    }

    [Fact]
    public async Task Read_that_fails_halfway_tells_what_it_had_read()
    {
        var pages = 0;
        await using var market = new TradingMarketplace(
            faults: call => call.ReadsPage && ++pages == 2 ? StoreFault.ThrowBefore : StoreFault.None, eventsPerSnapshot: 5_000);
        await DepthAsync(market);
        for (var i = 1; i <= 1_100; i++) await OfferAsync(market, i);
        pages = 0;
        await Assert.ThrowsAsync<InjectedStoreFaultException>(() => DepthAsync(market));
        var copy = new Copy();
        using var newcomer = Follow(market, null);
        copy.Take(await NextAsync(newcomer));
        using var follower = Follow(market, after: 0);
        var known = new Copy();
        known.Begin(0);
        await known.FollowAsync(follower, until: 1_100);
        Assert.Equal((1_100, 0), (copy.Sequence, known.Snapshots));
        Assert.Equal(copy.Runs, known.Runs);
    }

    [Fact]
    public async Task Only_so_many_follow_at_a_time()
    {
        await using var market = new TradingMarketplace(options: o => o.MaxMarketFollowers = 2);
        var feed = market.Simulated.Get<MarketFeed>();
        var first = feed.TryFollow(Given.Book, null)!;
        using var second = feed.TryFollow(Given.Book, null);
        Assert.Null(feed.TryFollow(Given.Book, null));
        first.Dispose();
        first.Dispose();
        using var third = feed.TryFollow(Given.Book, null);
        Assert.NotNull(third);
        Assert.Null(feed.TryFollow(Given.Book, null));
    }

    [Fact]
    public async Task Who_comes_soon_after_another_shares_its_snapshot()
    {
        await using var market = new TradingMarketplace();
        using var first = Follow(market, null);
        var snapshot = await NextAsync(first);
        await OfferAsync(market, 1);
        using var second = Follow(market, null);
        Assert.Same(snapshot, await NextAsync(second));
        Assert.Same(await NextAsync(first), await NextAsync(second));
    }

    private static BookFollower Follow(TradingMarketplace market, long? after) => market.Simulated.Get<MarketFeed>().TryFollow(Given.Book, after)!;

    private static async Task<MarketEvent> NextAsync(BookFollower follower)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await follower.NextAsync(limit.Token);
    }

    private static MarketFeed FeedOfAnotherProcess(TradingMarketplace market) => new(
        market.Simulated.Get<BookLoader>(), market.Simulated.Store, Options.Create(new TradingOptions()), market.Simulated.Time, NullLogger<MarketFeed>.Instance);

    private static async Task OfferAsync(TradingMarketplace market, int listing)
    {
        await market.Simulated.SendAsync(TradingMarketplace.Activated(Ask(listing, 1m + (listing % 4), gpus: 2, to: 4 + listing)));
        await market.Simulated.RunAsync();
    }

    private static Task<MarketDepth> DepthAsync(TradingMarketplace market) => market.Simulated.Get<MarketQueries>().DepthAsync(Given.Book, Hours(0, 1), default);

    private static async Task<BookSnapshotTaken> SnapshotAsync(TradingMarketplace market)
    {
        using var feed = FeedOfAnotherProcess(market);
        using var follower = feed.TryFollow(Given.Book, null)!;
        return Assert.IsType<BookSnapshotTaken>(await NextAsync(follower));
    }

    private static BookChanged Change(long from, long to, int cells) =>
        new(from, to, Monday, IsHalted: false, [.. Enumerable.Repeat(default(DepthRun), cells)], []);

    /// <summary>What a follower knows, kept as simply as can be, and checked for gaps.</summary>
    private sealed class Copy
    {
        private readonly Dictionary<DepthPrice, HourCurve> levels = [];

        public long? Sequence { get; private set; }

        public int Snapshots { get; private set; }

        public List<TapeTrade> Trades { get; } = [];

        public IEnumerable<DepthRun> Runs => levels.OrderBy(level => level.Key)
            .SelectMany(level => level.Value.Runs.Select(run => new DepthRun(level.Key, run.From, run.To, run.Value)));

        public void Begin(long sequence) => Sequence = sequence;

        public async Task FollowAsync(BookFollower follower, long until)
        {
            while (Sequence != until) Take(await NextAsync(follower));
        }

        public void Take(MarketEvent @event)
        {
            switch (@event)
            {
                case BookSnapshotTaken e:
                    (Sequence, Snapshots) = (e.Sequence, Snapshots + 1);
                    levels.Clear();
                    Set(e.Runs);
                    break;
                case BookChanged e:
                    Assert.Equal(Sequence + 1, e.FromSequence);
                    Sequence = e.ToSequence;
                    Trades.AddRange(e.Trades);
                    Set(e.Runs);
                    break;
            }
        }

        private void Set(IReadOnlyList<DepthRun> runs)
        {
            foreach (var run in runs)
            {
                if (!levels.TryGetValue(run.At, out var curve)) levels.Add(run.At, curve = new HourCurve());
                curve.Set(run.From, run.To, run.GpuCount);
            }
        }
    }
}
