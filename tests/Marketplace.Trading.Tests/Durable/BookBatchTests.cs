using CsCheck;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Store;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;
using Microsoft.Extensions.DependencyInjection;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Durable;

/// <summary>Batches of commands: what becomes of the book is what the commands one by one make of it, whatever happens on the way.</summary>
public sealed class BookBatchTests
{
    private static readonly PartitionId Partition = TradingPartitions.Book(Given.Book);

    [Fact]
    public async Task Batch_of_mixed_commands_is_one_commit_with_a_receipt_for_each()
    {
        var commits = new List<Commit>();
        await using var market = new TradingMarketplace(faults: call => Seen(call, commits));
        var commands = RandomCommands.Of(seed: 5, count: 64);
        await market.Simulated.Get<BookWriter>().ApplyAsync(Given.Book, commands, default);

        var commit = Assert.Single(commits, c => c.Partition == Partition);
        var rows = commit.Operations.Select(o => o.RowKey).Append(commit.ReceiptRowKey!).ToList();
        Assert.Equal(commands.Select(c => Commit.ReceiptKey(c.Id.ToString())).Order(), rows.Where(r => r.StartsWith('~')).Order());
        Assert.Single(rows, r => r.StartsWith("batch!", StringComparison.Ordinal));
        Assert.Single(rows, r => r.StartsWith("outbox!", StringComparison.Ordinal));
        Assert.Equal(OneByOne(commands), await StateAsync(market));
    }

    [Fact]
    public void Any_composition_any_redelivery_and_any_fault_give_the_book_that_the_commands_one_by_one_give() =>
        Gen.Int[1, 1_000_000].Sample(seed => RunAsync(seed).GetAwaiter().GetResult(), iter: 60);

    [Fact]
    public async Task Command_that_changed_nothing_changes_nothing_when_it_comes_again()
    {
        await using var market = new TradingMarketplace();
        var writer = market.Simulated.Get<BookWriter>();
        foreach (var (number, command) in new BookCommand[] { new HaltBook(), new HaltBook(), new ResumeBook() }.Index())
        {
            await writer.ApplyAsync(Given.Book, command, Delivery.Of(number), default);
        }

        await writer.ApplyAsync(Given.Book, new HaltBook(), Delivery.Of(1), default);
        Assert.False((await market.Simulated.Get<BookLoader>().LoadAsync(Given.Book, default)).Book.IsHalted);
    }

    [Fact]
    public async Task Two_writers_apply_every_command_once()
    {
        await using var market = new TradingMarketplace(eventsPerSnapshot: 20);
        BookWriter[] writers = [Writer(market), Writer(market)];
        var commands = RandomCommands.Of(seed: 8, count: 240);
        var random = new Random(8);
        for (var at = 0; at < commands.Count; at += 16)
        {
            var batch = commands[at..(at + 16)];
            await writers[random.Next(2)].ApplyAsync(Given.Book, batch, default);
            if (random.Next(2) == 0) await writers[random.Next(2)].ApplyAsync(Given.Book, batch[4..12], default);
        }

        Assert.Equal(OneByOne(commands), await StateAsync(market));
    }

    [Fact]
    public async Task Stale_writer_decides_nothing_not_even_that_there_is_nothing_to_do()
    {
        await using var market = new TradingMarketplace();
        var (first, second) = (Writer(market), Writer(market));
        await second.ApplyAsync(Given.Book, Enter(1, Terms(1m)), Delivery.Of(1), default);
        await first.ApplyAsync(Given.Book, Enter(2, Terms(1m)), Delivery.Of(2), default);
        await second.ApplyAsync(Given.Book, new WithdrawBid(Bid(2)), Delivery.Of(3), default);
        Assert.Equal(1, (await market.Simulated.Get<BookLoader>().LoadAsync(Given.Book, default)).Book.WaitingBids);
    }

    [Fact]
    public async Task Poison_in_the_middle_of_a_batch_is_set_aside_alone()
    {
        await using var market = new TradingMarketplace();
        var simulated = market.Simulated;
        for (var i = 1; i <= 3; i++) await simulated.SendAsync(TradingMarketplace.Activated(Ask(i, 1m, gpus: 1)));
        await market.PlaceAsync(Terms(1m, gpus: 2), "k1");
        await simulated.SendAsync(new ReturnHours(Given.Book, TradeId.From(Ulid.Create(5, 5)), Listing(1), 1, Hours(1, 5), StopOffering: false));
        await market.PlaceAsync(Terms(1m, gpus: 1), "k2");
        await simulated.SendAsync(new ListingClosed(Listing(3), Given.Book, Monday));
        await simulated.RunAsync();

        Assert.Equal(ReturnHours.MessageType, Assert.Single(simulated.Messages.DeadLetters).Message.Type);
        var book = (await simulated.Get<BookLoader>().LoadAsync(Given.Book, default)).Book;
        Assert.Equal([1, 1, 1], book.ToSnapshot().Blocks.Select(b => b.GpuCount));
        Assert.Equal(2, book.OpenAsks);
    }

    [Fact]
    public async Task Commands_that_bring_more_than_a_commit_holds_take_several_commits()
    {
        var commits = new List<Commit>();
        await using var market = new TradingMarketplace(eventsPerSnapshot: 1_000_000, faults: call => Seen(call, commits));
        var writer = market.Simulated.Get<BookWriter>();
        var asks = Enumerable.Range(1, 9_000).Select(i => Delivery.Command(i, Open(Ask(i, 1m, gpus: 1))));
        foreach (var batch in asks.Chunk(64)) await writer.ApplyAsync(Given.Book, batch, default);
        commits.Clear();

        var sweeps = Enumerable.Range(10_000, 9).Select(i => Delivery.Command(i, Enter(i, Terms(1m, gpus: 1_000)))).ToList();
        await writer.ApplyAsync(Given.Book, sweeps, default);
        Assert.Equal([4, 4, 1], commits.Where(c => c.Partition == Partition).Select(c => c.Operations.Count(o => o.RowKey.StartsWith('~')) + 1));
        Assert.Equal(9_000, (await market.Simulated.Get<BookLoader>().LoadAsync(Given.Book, default)).Book.ToSnapshot().Blocks.Count);

        await writer.ApplyAsync(Given.Book, sweeps[3..6], default);
        Assert.Equal(9_000, (await market.Simulated.Get<BookLoader>().LoadAsync(Given.Book, default)).Book.ToSnapshot().Blocks.Count);
    }

    private static async Task RunAsync(int seed)
    {
        var random = new Random(seed);
        var faultRate = 0.15;
        await using var market = new TradingMarketplace(
            eventsPerSnapshot: random.Next(1, 60), faults: _ => random.NextDouble() < faultRate ? (StoreFault)random.Next(1, 5) : StoreFault.None);
        var writer = market.Simulated.Get<BookWriter>();
        var commands = RandomCommands.Of(seed, count: 150);
        for (var done = 0; done < commands.Count;)
        {
            // Some of what was done before comes again, with what is new.
            var from = Math.Max(0, done - random.Next(20));
            var to = Math.Min(commands.Count, done + 1 + random.Next(40));
            try
            {
                await writer.ApplyAsync(Given.Book, commands[from..to], default);
                done = to;
            }
            catch (InjectedStoreFaultException)
            {
            }
        }

        faultRate = 0;
        Assert.Equal(OneByOne(commands), await StateAsync(market));
    }

    /// <summary>The state that the engine alone comes to.</summary>
    private static string OneByOne(IEnumerable<SentCommand> commands)
    {
        var book = new OrderBook(Given.Book);
        foreach (var command in commands) book.Apply(command.Command, Monday);
        return Json(book.ToSnapshot());
    }

    private static StoreFault Seen(StoreCall call, List<Commit> commits)
    {
        if (call.Commit is { } commit) commits.Add(commit);
        return StoreFault.None;
    }

    private static BookWriter Writer(TradingMarketplace market) => ActivatorUtilities.CreateInstance<BookWriter>(market.Simulated.Services);

    private static async Task<string> StateAsync(TradingMarketplace market) =>
        Json((await market.Simulated.Get<BookLoader>().LoadAsync(Given.Book, default)).Book.ToSnapshot());

    private static string Json(BookSnapshot snapshot) => System.Text.Encoding.UTF8.GetString(MarketplaceJson.Serialize(snapshot));
}
