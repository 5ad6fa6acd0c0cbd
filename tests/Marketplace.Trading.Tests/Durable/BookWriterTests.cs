using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Store;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;
using Marketplace.Trading.Durable.Format;
using Marketplace.Trading.OfferListing;
using Microsoft.Extensions.DependencyInjection;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Durable;

public sealed class BookWriterTests
{
    [Fact]
    public async Task Repeated_delivery_changes_nothing()
    {
        await using var market = new TradingMarketplace();
        var writer = market.Simulated.Get<BookWriter>();
        await writer.ApplyAsync(Given.Book, Open(Ask(1, 1m, gpus: 8)), Delivery.Of(1), default);
        await writer.ApplyAsync(Given.Book, Enter(1, Terms(1m)), Delivery.Of(2), default);
        var before = await StateAsync(market);
        await writer.ApplyAsync(Given.Book, Enter(1, Terms(1m)), Delivery.Of(2), default);
        Assert.Equal(before, await StateAsync(market));
        await writer.ApplyAsync(Given.Book, Enter(2, Terms(1m)), Delivery.Of(3), default);
        Assert.NotEqual(before, await StateAsync(market));
    }

    [Fact]
    public async Task Two_writers_never_sell_the_same_hours()
    {
        await using var market = new TradingMarketplace();
        var (first, second) = (Writer(market), Writer(market));
        await first.ApplyAsync(Given.Book, Open(Ask(1, 1m, gpus: 4)), Delivery.Of(1), default);
        await second.ApplyAsync(Given.Book, Enter(1, Terms(1m, gpus: 3)), Delivery.Of(2), default);
        await first.ApplyAsync(Given.Book, Enter(2, Terms(1m, gpus: 3)), Delivery.Of(3), default);
        await second.ApplyAsync(Given.Book, Enter(3, Terms(1m, gpus: 1)), Delivery.Of(4), default);
        var loaded = await market.Simulated.Get<BookLoader>().LoadAsync(Given.Book, default);
        Assert.Equal([3, 1], loaded.Book.ToSnapshot().Blocks.Select(b => b.GpuCount));
        Assert.Equal([Bid(2)], loaded.Book.ToSnapshot().Bids.Select(b => b.BidId));
    }

    [Fact]
    public async Task Book_loaded_from_its_snapshot_is_the_book_that_all_events_make()
    {
        await using var market = new TradingMarketplace(eventsPerSnapshot: 7);
        var writer = market.Simulated.Get<BookWriter>();
        for (var i = 0; i < 40; i++)
        {
            BookCommand command = i % 3 == 0 ? Open(Ask(i, 1m + i % 5, gpus: 3)) : Enter(i, Terms(1m + i % 6, gpus: 1 + i % 4, minimum: 1));
            await writer.ApplyAsync(Given.Book, command, Delivery.Of(i), default);
        }

        var partition = TradingPartitions.Book(Given.Book);
        var all = new OrderBook(Given.Book);
        var rows = market.Simulated.Store.ReadRangeAsync(partition, BookRows.BatchesAfter(0), default);
        await foreach (var batch in BookRows.ReadBatchesAsync(rows)) all.Apply(batch);
        Assert.Equal(Json(all.ToSnapshot()), await StateAsync(market));

        var head = await market.Simulated.Store.ReadAsync(partition, BookRows.Head, default);
        var header = MarketplaceJson.Deserialize<BookHeader>(head!.Body);
        Assert.InRange(header.Sequence - header.SnapshotSequence, 0, all.WaitingBids + all.OpenAsks + all.ToSnapshot().Blocks.Count);
        Assert.Empty((await market.Simulated.Store.ReadPageAsync(partition, BookRows.SnapshotsBefore(header.SnapshotSequence), 10, null, default)).Entities);
    }

    [Theory]
    [InlineData(StoreFault.ThrowBefore)]
    [InlineData(StoreFault.ThrowAfter)]
    [InlineData(StoreFault.Conflict)]
    public async Task Command_counts_once_whatever_happens_to_its_commit(StoreFault fault)
    {
        var armed = false;
        var commits = 0;
        await using var market = new TradingMarketplace(
            eventsPerSnapshot: 3, faults: call => armed && call.Commit is not null && ++commits % 7 is 1 or 3 ? fault : StoreFault.None);
        var writer = market.Simulated.Get<BookWriter>();
        await writer.ApplyAsync(Given.Book, Open(Ask(1, 1m, gpus: 8)), Delivery.Of(1), default);
        armed = true;
        for (var i = 2; i < 12; i++)
        {
            try
            {
                await writer.ApplyAsync(Given.Book, Enter(i, Terms(1m, gpus: 1)), Delivery.Of(i), default);
            }
            catch (InjectedStoreFaultException)
            {
                i--;
            }
        }

        armed = false;
        var loaded = await market.Simulated.Get<BookLoader>().LoadAsync(Given.Book, default);
        Assert.Equal(8, loaded.Book.ToSnapshot().Blocks.Count);
        Assert.Equal(2, loaded.Book.ToSnapshot().Bids.Count);
    }

    [Fact]
    public async Task Broken_invariant_leaves_the_book_as_it_was()
    {
        await using var market = new TradingMarketplace();
        var writer = market.Simulated.Get<BookWriter>();
        await writer.ApplyAsync(Given.Book, Open(Ask(1, 1m)), Delivery.Of(1), default);
        await writer.ApplyAsync(Given.Book, Enter(1, Terms(1m)), Delivery.Of(2), default);
        var before = await StateAsync(market);
        var tooMuch = new GiveBack(TradeId.From(Ulid.Create(5, 5)), Listing(1), 4, Hours(1, 5), StopOffering: true);
        await Assert.ThrowsAsync<InvariantException>(() => writer.ApplyAsync(Given.Book, tooMuch, Delivery.Of(3), default));
        Assert.Equal(before, await StateAsync(market));
        await writer.ApplyAsync(Given.Book, Enter(2, Terms(1m, from: 6, to: 7)), Delivery.Of(4), default);
        var loaded = await market.Simulated.Get<BookLoader>().LoadAsync(Given.Book, default);
        Assert.Equal(2, loaded.Book.ToSnapshot().Blocks.Count);
    }

    [Fact]
    public async Task Listing_that_meets_more_bids_than_a_commit_holds_serves_them_all()
    {
        await using var market = new TradingMarketplace();
        var writer = market.Simulated.Get<BookWriter>();
        for (var i = 0; i < 1_300; i++) await writer.ApplyAsync(Given.Book, Enter(i, Terms(1m, gpus: 1, from: i + 1, to: i + 2)), Delivery.Of(i), default);
        await writer.ApplyAsync(Given.Book, Open(Ask(1, 1m, gpus: 1, to: 1_301)), Delivery.Of(5_000), default);
        var loader = market.Simulated.Get<BookLoader>();
        Assert.Equal(301, (await loader.LoadAsync(Given.Book, default)).Book.ToSnapshot().Bids.Count);

        var rows = market.Simulated.Store.ReadRangeAsync(TradingPartitions.Book(Given.Book), OutboxRows.All, default);
        var sent = await rows.Select(row => MarketplaceJson.Deserialize<Runtime.Messages.Message>(row.Body)).Where(m => m.Type == ContinueListing.MessageType).ToListAsync();
        Assert.Single(sent);
        await writer.ApplyAsync(Given.Book, new TryBids(Listing(1)), Delivery.Of(5_001), default);
        Assert.Empty((await loader.LoadAsync(Given.Book, default)).Book.ToSnapshot().Bids);
    }

    [Fact]
    public void Large_batch_comes_back_from_its_chunks()
    {
        var batch = new BookBatch(1, Monday, [.. Enumerable.Range(0, 30_000).Select(i => new BidEntered(Bid(i), Org(1), Terms(1m)))]);
        var chunks = BookRows.Chunks(BookFormat.Write(batch)).ToList();
        Assert.True(chunks.Count > 1);
        Assert.All(chunks, chunk => Assert.True(chunk.Length <= Commit.MaxBodyBytes));
        var back = BookRows.ReadBatchesAsync(Rows(chunks)).ToBlockingEnumerable().Single();
        Assert.Equal(batch.Events, back.Events);

        static async IAsyncEnumerable<Entity> Rows(List<ReadOnlyMemory<byte>> chunks)
        {
            foreach (var (i, chunk) in chunks.Index()) yield return new Entity(BookRows.BatchChunk(1, i), "e", chunk);
            await Task.CompletedTask;
        }
    }

    private static BookWriter Writer(TradingMarketplace market) =>
        ActivatorUtilities.CreateInstance<BookWriter>(market.Simulated.Services);

    private static async Task<string> StateAsync(TradingMarketplace market) =>
        Json((await market.Simulated.Get<BookLoader>().LoadAsync(Given.Book, default)).Book.ToSnapshot());

    private static string Json(BookSnapshot snapshot) => System.Text.Encoding.UTF8.GetString(MarketplaceJson.Serialize(snapshot));
}
