using Marketplace.Runtime.Store;
using Marketplace.Testing.Store;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;
using static Marketplace.Trading.Tests.Given;

namespace Marketplace.Trading.Tests.Durable;

/// <summary>A commit holds a hundred rows; a change of a book may be of many more things, and is one commit all the same.</summary>
public sealed class LargeChangeTests
{
    private const int Listings = 400;

    [Fact]
    public async Task Bid_that_buys_from_four_hundred_listings_is_one_commit_and_one_that_fails_leaves_nothing_of_it()
    {
        var commits = new List<Commit>();
        var fault = StoreFault.None;
        await using var market = new TradingMarketplace(faults: call =>
        {
            if (call.Commit is not { } commit || commit.Partition != TradingPartitions.Book(Given.Book)) return StoreFault.None;
            commits.Add(commit);
            return fault;
        });
        var writer = market.Simulated.Get<BookWriter>();
        for (var i = 0; i < Listings; i++) await writer.ApplyAsync(Given.Book, Open(Ask(i, 1m, gpus: 1)), Delivery.Of(i), default);
        var all = Enter(1, Terms(1m, gpus: Listings));

        fault = StoreFault.ThrowBefore;
        await Assert.ThrowsAsync<InjectedStoreFaultException>(() => writer.ApplyAsync(Given.Book, all, Delivery.Of(5_000), default));
        Assert.Empty((await BookAsync(market)).Blocks);

        fault = StoreFault.None;
        commits.Clear();
        await writer.ApplyAsync(Given.Book, all, Delivery.Of(5_000), default);
        var change = Assert.Single(commits);
        Assert.InRange(change.Operations.Count, 1, Commit.MaxOperations);
        Assert.Equal(Listings, (await BookAsync(market)).Blocks.Count);
    }

    private static async Task<BookSnapshot> BookAsync(TradingMarketplace market) =>
        (await market.Simulated.Get<BookLoader>().LoadAsync(Given.Book, default)).Book.ToSnapshot();
}
