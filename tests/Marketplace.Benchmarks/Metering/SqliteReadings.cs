using System.Text.Json.Nodes;
using Marketplace.Benchmarks.Measure;
using Marketplace.Contracts;
using Marketplace.Metering;
using Marketplace.Runtime.Store;
using Marketplace.Sqlite;
using Marketplace.Testing.Store;

namespace Marketplace.Benchmarks.Metering;

/// <summary>
/// Signed batches through <see cref="SubmitReadings"/> on SQLite, next to a bare loop that writes the rows that it wrote. One machine
/// sends one batch after the other, each when the one before is durable; then eight machines at a time. The clock is the one on the
/// wall, because a sync is waited for; they take turns.
/// </summary>
internal sealed class SqliteReadings : IMeasurement
{
    private const int Batches = 400;
    private const int Machines = 8;
    private const int WarmUps = 8;
    private const int Rounds = 7;

    public string Name => "sqlite";

    public string Question => $"how many readings a second are durable, in signed batches of {ReadingBatchFormat.MaxReadings}, every one synced?";

    public async Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        LeaseReady[] one = [SignedBatches.Lease(0)];
        var many = Enumerable.Range(1, Machines).Select(SignedBatches.Lease).ToArray();
        var chain = SignedBatches.Chain(one[0], Batches, ReadingBatchFormat.MaxReadings);
        var chains = many.Select(lease => SignedBatches.Chain(lease, Batches / Machines, ReadingBatchFormat.MaxReadings)).ToArray();
        var recorded = await RecordAsync(one, chain, cancellationToken);
        var (metering, bare, parallel) = (new List<Elapsed>(), new List<Elapsed>(), new List<Elapsed>());
        for (var round = -WarmUps; round < Rounds; round++)
        {
            var rounds = (
                await WriteAsync(one, [chain], cancellationToken), BareSqlite.Write(recorded.Commits), await WriteAsync(many, chains, cancellationToken));
            if (round < 0) continue;
            metering.Add(rounds.Item1);
            bare.Add(rounds.Item2);
            parallel.Add(rounds.Item3);
        }

        const double readings = Batches * ReadingBatchFormat.MaxReadings;
        var figures = new JsonObject { ["readings"] = readings, ["bytesPerReading"] = Figures.Rounded(recorded.BodyBytes / readings) };
        figures.Add("readingsPerSec", Wall(metering).Per(readings));
        figures.Add("barePerSec", Wall(bare).Per(readings));
        figures["readingsToBare"] = Figures.Rounded(Wall(bare).Median / Wall(metering).Median);
        figures.Add("eightMachinesPerSec", Wall(parallel).Per(readings));
        figures["cpuMicrosPerReading"] = Figures.Rounded(Cpu(metering).Median * 1e6 / readings);
        figures["bareCpuMicrosPerReading"] = Figures.Rounded(Cpu(bare).Median * 1e6 / readings);
        return figures;

        static Spread Wall(List<Elapsed> rounds) => Spread.Of([.. rounds.Select(round => round.WallSeconds)]);
        static Spread Cpu(List<Elapsed> rounds) => Spread.Of([.. rounds.Select(round => round.CpuSeconds)]);
    }

    /// <summary>What one machine's batches commit: the bare loop's work, after the lease's own rows.</summary>
    internal static async Task<RecordedCommits> RecordAsync(
        IReadOnlyList<LeaseReady> leases, IReadOnlyList<SubmitReadingsCommand> chain, CancellationToken cancellationToken)
    {
        var recorded = new RecordedCommits();
        var store = new InMemoryPartitionStore();
        await using var scene = await MeteringScene.StartAsync(recorded.Over(store), store, leases);
        await scene.SubmitAsync(chain, cancellationToken);
        return recorded;
    }

    private static async Task<Elapsed> WriteAsync(
        IReadOnlyList<LeaseReady> leases, IReadOnlyList<IReadOnlyList<SubmitReadingsCommand>> chains, CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await using var store = SqlitePartitionStore.Open(folder.File("readings.db"));
        await using var scene = await MeteringScene.StartAsync(store, new SqliteOutboxIndex(store), leases);
        var began = Elapsed.Begin();
        await Task.WhenAll(chains.Select(chain => Task.Run(() => scene.SubmitAsync(chain, cancellationToken), cancellationToken)));
        return began.End();
    }
}
