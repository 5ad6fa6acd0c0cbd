using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Store;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Durable;

public sealed class SnapshotTests
{
    private static readonly PartitionId Partition = TradingPartitions.Book(Given.Book);

    [Fact]
    public async Task Snapshots_come_with_every_so_many_events_as_the_book_is_large()
    {
        var (snapshots, events) = (0L, 0L);
        await using var market = new TradingMarketplace(eventsPerSnapshot: 10, faults: call =>
        {
            foreach (var operation in call.Commit?.Operations ?? [])
            {
                if (operation.RowKey.StartsWith("snap!", StringComparison.Ordinal)) snapshots += operation.Body.Length;
                if (operation.RowKey.StartsWith("batch!", StringComparison.Ordinal)) events += operation.Body.Length;
            }

            return StoreFault.None;
        });
        await FillAsync(market, 1_000);
        await ChurnAsync(market, 10_000);
        var header = await HeaderAsync(market);
        Assert.InRange(header.Sequence - header.SnapshotSequence, 0, 1_000);
        Assert.InRange(snapshots, events / 2, events * 2);
    }

    [Fact]
    public async Task A_large_book_is_loaded_in_a_handful_of_reads()
    {
        var reads = 0;
        await using var market = new TradingMarketplace(faults: call =>
        {
            if (call.Commit is null) reads++;
            return StoreFault.None;
        });
        await FillAsync(market, 30_000);
        await ChurnAsync(market, 30_100);
        var header = await HeaderAsync(market);
        Assert.InRange(header.SnapshotChunks, 2, 10);
        reads = 0;
        var loaded = await market.Simulated.Get<BookLoader>().LoadAsync(Given.Book, default);
        Assert.Equal(30_000, loaded.Book.WaitingBids);
        Assert.InRange(reads, 3, 4);
    }

    [Fact]
    public async Task A_writer_that_fails_at_its_snapshot_has_committed_and_goes_on()
    {
        var fails = true;
        await using var market = new TradingMarketplace(
            eventsPerSnapshot: 10,
            faults: call => fails && call.Commit is { OperationId: null } commit && commit.Partition == Partition ? StoreFault.Conflict : StoreFault.None);
        await FillAsync(market, 100);
        Assert.Equal((100, 0), ((await HeaderAsync(market)).Sequence, (await HeaderAsync(market)).SnapshotSequence));
        fails = false;
        var writer = market.Simulated.Get<BookWriter>();
        await writer.ApplyAsync(Given.Book, Enter(101, Terms(1m)), Delivery.Of(101), default);
        Assert.Equal((101, 101), ((await HeaderAsync(market)).Sequence, (await HeaderAsync(market)).SnapshotSequence));
    }

    private static Task FillAsync(TradingMarketplace market, int bids) =>
        ApplyAsync(market, Enumerable.Range(1, bids).Select(i => Delivery.Command(i, Enter(i, Terms(1m + i % 50)))));

    /// <summary>Bids that come and go: as many events, and the book stays as it was.</summary>
    private static Task ChurnAsync(TradingMarketplace market, int events) => ApplyAsync(market, Enumerable.Range(1_000_000, events).Select(
        i => Delivery.Command(i, i % 2 == 0 ? Enter(i, Terms(1m)) : new WithdrawBid(Bid(i - 1)))));

    private static async Task ApplyAsync(TradingMarketplace market, IEnumerable<SentCommand> commands)
    {
        var writer = market.Simulated.Get<BookWriter>();
        foreach (var batch in commands.Chunk(64)) await writer.ApplyAsync(Given.Book, batch, default);
    }

    private static async Task<BookHeader> HeaderAsync(TradingMarketplace market) =>
        MarketplaceJson.Deserialize<BookHeader>((await market.Simulated.Store.ReadAsync(Partition, BookRows.Head, default))!.Body);
}
