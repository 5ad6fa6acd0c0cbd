using System.Text.Json.Nodes;
using Marketplace.Benchmarks.Measure;
using Marketplace.Runtime;
using Marketplace.Trading.Book;

namespace Marketplace.Benchmarks.Trading;

/// <summary>What a bid that rests costs in memory: all that the book keeps alive, its terms included.</summary>
internal sealed class MemoryPerBid : IMeasurement
{
    private const int Bids = 200_000;
    private const int Week = 7 * 24;

    public string Name => "memory";

    public string Question => "how many bytes does a bid take that waits in the book?";

    public Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var book = Fill();
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(book);
        return Task.FromResult(new JsonObject { ["restingBids"] = Bids, ["bytesPerRestingBid"] = (after - before) / Bids });
    }

    private static OrderBook Fill()
    {
        var random = new SplitMix64(ReferenceWorkload.StandardSeed);
        var book = new OrderBook(BookScene.Book);
        for (var number = 1; number <= Bids; number++)
        {
            var window = BookScene.Window(random.Below(Week), random.Between(1, 24));
            var bid = BookScene.Want(number, random.Between(1, 8), window, BookScene.PriceAt(random.Below(ReferenceWorkload.Ticks)));
            // Read from JSON, as a bid comes to the book that was placed over HTTP: nothing in it is shared with another bid.
            book.Apply(MarketplaceJson.Deserialize<EnterBid>(MarketplaceJson.Serialize(bid)), BookScene.Now);
        }

        return book;
    }
}
