using System.Text.Json.Nodes;
using Marketplace.Benchmarks.Measure;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Sqlite;
using Marketplace.Testing.Store;
using Marketplace.Trading.Durable;

namespace Marketplace.Benchmarks.Trading;

/// <summary>
/// The book's writer on SQLite, batch after batch, next to a bare loop that writes the rows that it wrote. The clock is the one on
/// the wall, because a sync is waited for; the two take turns.
/// </summary>
internal sealed class DurableBook : IMeasurement
{
    private const int Orders = 60_000;
    private const int Rounds = 7;

    public string Name => "durable";

    public string Question => $"how many messages a second does a book commit, in batches of {MessageRoute.MaxBatch}, every one synced?";

    public async Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        var batches = DurableScene.Batches(EngineCommands.Of(ReferenceWorkload.Create(PriceRule.X50, Orders))).ToArray();
        var recorded = await RecordAsync(batches, cancellationToken);
        var (writer, bare) = (new List<Elapsed>(), new List<Elapsed>());
        for (var round = -1; round < Rounds; round++)
        {
            var rounds = (await WriteAsync(batches, cancellationToken), BareSqlite.Write(recorded.Commits));
            if (round < 0) continue;
            writer.Add(rounds.Item1);
            bare.Add(rounds.Item2);
        }

        var messages = batches.Sum(batch => batch.Length);
        var figures = new JsonObject
        {
            ["messages"] = messages,
            ["commits"] = recorded.Commits.Count,
            ["bytesPerMessage"] = Figures.Rounded(recorded.BodyBytes / messages),
        };
        figures.Add("bookOpsPerSec", Wall(writer).Per(messages));
        figures.Add("bareOpsPerSec", Wall(bare).Per(messages));
        figures["bookToBare"] = Figures.Rounded(Wall(bare).Median / Wall(writer).Median);
        figures["bookCpuMicrosPerOp"] = Figures.Rounded(Cpu(writer).Median * 1e6 / messages);
        figures["bareCpuMicrosPerOp"] = Figures.Rounded(Cpu(bare).Median * 1e6 / messages);
        return figures;

        static Spread Wall(List<Elapsed> rounds) => Spread.Of([.. rounds.Select(round => round.WallSeconds)]);
        static Spread Cpu(List<Elapsed> rounds) => Spread.Of([.. rounds.Select(round => round.CpuSeconds)]);
    }

    /// <summary>What the writer commits: the bare loop's work.</summary>
    private static async Task<RecordedCommits> RecordAsync(SentCommand[][] batches, CancellationToken cancellationToken)
    {
        var recorded = new RecordedCommits();
        var store = new InMemoryPartitionStore();
        await using var services = DurableScene.Compose(recorded.Over(store), store);
        await DurableScene.ApplyAsync(services, batches, cancellationToken);
        return recorded;
    }

    private static async Task<Elapsed> WriteAsync(SentCommand[][] batches, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await using var store = SqlitePartitionStore.Open(folder.File("book.db"));
        await using var services = DurableScene.Compose(store, new SqliteOutboxIndex(store));
        var began = Elapsed.Begin();
        await DurableScene.ApplyAsync(services, batches, cancellationToken);
        return began.End();
    }
}
