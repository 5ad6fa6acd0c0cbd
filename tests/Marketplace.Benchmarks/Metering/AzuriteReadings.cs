using System.Text.Json.Nodes;
using Azure;
using Azure.Data.Tables;
using Marketplace.AzureTables;
using Marketplace.Benchmarks.Measure;
using Marketplace.Contracts;
using Marketplace.Metering;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Azurite;
using Marketplace.Testing.Store;

namespace Marketplace.Benchmarks.Metering;

/// <summary>
/// The same batches on the emulator of Azure Table Storage, next to a bare loop that sends the rows that they wrote in the same
/// transactions, one after the other. What is measured is mostly the emulator.
/// </summary>
internal sealed class AzuriteReadings : IMeasurement
{
    private const int Batches = 40;
    private const int Rounds = 3;
    private const int MaxPropertyBytes = 64 * 1024;

    public string Name => "azurite";

    public string Question => $"how many readings a second does the emulator of the cloud's store take, in signed batches of {ReadingBatchFormat.MaxReadings}?";

    public async Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        var service = new TableServiceClient((await AzuriteServer.GetAsync()).ConnectionString);
        var (metering, bare) = (new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            // Rows of one round must not meet those of another: each has a lease of its own.
            LeaseReady[] lease = [SignedBatches.Lease(round + 1)];
            var chain = SignedBatches.Chain(lease[0], Batches, ReadingBatchFormat.MaxReadings);
            var recorded = await SqliteReadings.RecordAsync(lease, chain, cancellationToken);
            var rounds = (await WriteAsync(service, lease, chain, cancellationToken), await WriteBareAsync(service, recorded.Commits, round, cancellationToken));
            if (round < 0) continue;
            metering.Add(rounds.Item1.WallSeconds);
            bare.Add(rounds.Item2.WallSeconds);
        }

        const double readings = Batches * ReadingBatchFormat.MaxReadings;
        var figures = new JsonObject { ["readings"] = readings };
        figures.Add("readingsPerSec", Spread.Of(metering).Per(readings));
        figures.Add("barePerSec", Spread.Of(bare).Per(readings));
        figures["readingsToBare"] = Figures.Rounded(Spread.Of(bare).Median / Spread.Of(metering).Median);
        return figures;
    }

    private static async Task<Elapsed> WriteAsync(
        TableServiceClient service, IReadOnlyList<LeaseReady> lease, IReadOnlyList<SubmitReadingsCommand> chain, CancellationToken cancellationToken)
    {
        var store = new AzureTablesPartitionStore(service);
        await using var scene = await MeteringScene.StartAsync(store, new InMemoryPartitionStore(), lease);
        var began = Elapsed.Begin();
        await scene.SubmitAsync(chain, cancellationToken);
        return began.End();
    }

    private static async Task<Elapsed> WriteBareAsync(
        TableServiceClient service, IReadOnlyList<Commit> commits, int round, CancellationToken cancellationToken)
    {
        var table = service.GetTableClient($"bare{round + 1}");
        await table.CreateIfNotExistsAsync(cancellationToken);
        var began = Elapsed.Begin();
        foreach (var commit in commits)
        {
            var actions = commit.Operations.Select(o => Action(commit.Partition, o)).ToList();
            if (commit.ReceiptRowKey is { } receipt) actions.Add(new(TableTransactionActionType.Add, Row(commit.Partition, receipt, commit.Receipt)));
            await table.SubmitTransactionAsync(actions, cancellationToken);
        }

        return began.End();
    }

    private static TableTransactionAction Action(PartitionId partition, EntityOperation operation) => operation switch
    {
        EntityOperation.Insert => new(TableTransactionActionType.Add, Row(partition, operation.RowKey, operation.Body)),
        EntityOperation.Delete => new(TableTransactionActionType.Delete, new TableEntity(partition.Partition, operation.RowKey), ETag.All),
        _ => new(TableTransactionActionType.UpdateReplace, Row(partition, operation.RowKey, operation.Body), ETag.All),
    };

    private static TableEntity Row(PartitionId partition, string rowKey, ReadOnlyMemory<byte> body)
    {
        var row = new TableEntity(partition.Partition, rowKey);
        for (var at = 0; at < body.Length; at += MaxPropertyBytes)
        {
            row[$"B{at / MaxPropertyBytes:D2}"] = body.Slice(at, Math.Min(MaxPropertyBytes, body.Length - at)).ToArray();
        }

        return row;
    }
}
