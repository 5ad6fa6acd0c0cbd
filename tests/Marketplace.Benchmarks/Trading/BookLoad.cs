using System.Text.Json.Nodes;
using Marketplace.Benchmarks.Measure;
using Marketplace.Sqlite;
using Marketplace.Testing.Store;
using Marketplace.Trading.Book;
using Marketplace.Trading.Durable;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Benchmarks.Trading;

/// <summary>A large book read back from SQLite: its snapshot and, at its longest, the log after it.</summary>
internal sealed class BookLoad : IMeasurement
{
    private const int Bids = 100_000;
    private const int Rounds = 5;

    public string Name => "load";

    public string Question => $"how long does a book with {Bids:N0} waiting bids take to load?";

    public async Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await using var store = SqlitePartitionStore.Open(folder.File("book.db"));
        await using (var services = DurableScene.Compose(store, new SqliteOutboxIndex(store)))
        {
            await DurableScene.ApplyAsync(services, DurableScene.Batches(Commands()), cancellationToken);
        }

        var loader = new BookLoader(store);
        var rounds = new List<Elapsed>();
        LoadedBook? loaded = null;
        for (var round = 0; round <= Rounds; round++)
        {
            loaded = null;
            var began = Elapsed.Begin();
            loaded = await loader.LoadAsync(BookScene.Book, cancellationToken);
            rounds.Add(began.End());
        }

        if (loaded!.Book.WaitingBids != Bids) throw new InvalidOperationException($"The book came back with {loaded.Book.WaitingBids} bids.");
        var figures = new JsonObject
        {
            ["bids"] = Bids,
            ["eventsAfterSnapshot"] = loaded.Header!.Sequence - loaded.Header.SnapshotSequence,
            ["firstMillis"] = Figures.Rounded(rounds[0].WallSeconds * 1000),
            ["firstCpuMillis"] = Figures.Rounded(rounds[0].CpuSeconds * 1000),
        };
        figures.Add("thenMillis", Spread.Of([.. rounds.Skip(1).Select(round => round.WallSeconds * 1000)]));
        return figures;
    }

    /// <summary>Bids that wait, then others that come and go until the log after the last snapshot is about as long as it gets.</summary>
    private static IEnumerable<BookCommand> Commands()
    {
        for (var i = 1; i <= Bids; i++) yield return Bid(i);
        for (var i = Bids + 1; i <= Bids * 19 / 10; i++)
        {
            yield return Bid(i);
            yield return new WithdrawBid(BookScene.Bid(i));
        }

        static EnterBid Bid(int number) =>
            BookScene.Want(number, 1 + number % 8, BookScene.Window(number % 600, 1 + number % 24), BookScene.PriceAt(number % 100));
    }
}
