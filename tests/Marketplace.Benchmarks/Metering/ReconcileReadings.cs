using System.Text.Json.Nodes;
using Marketplace.Benchmarks.Measure;
using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Marketplace.Finance;
using Marketplace.Metering;
using Marketplace.Runtime.Work;
using Marketplace.Sqlite;
using Marketplace.Testing.Payments;
using Marketplace.Testing.Store;
using Marketplace.Testing.Time;
using NodaTime;

namespace Marketplace.Benchmarks.Metering;

/// <summary>
/// A month of 10,000 leases with a hundred readings each, on SQLite: from the stop of the leases until all is metered, rated and
/// booked; then, with all of it invoiced, its reconciliation, which works every usage record out again from the readings.
/// </summary>
internal sealed class ReconcileReadings : IMeasurement
{
    private const int Leases = 10_000;
    private const int ReadingsPerLease = 100;
    private const int Buyers = 100;
    private const int Providers = 20;

    public string Name => "reconcile";

    public string Question => $"how long does a month of {Leases * ReadingsPerLease:#,0} readings and {Leases:#,0} invoice lines take to rate and to reconcile?";

    public async Task<JsonObject> RunAsync(CancellationToken cancellationToken)
    {
        using var folder = new TemporaryFolder();
        await using var store = SqlitePartitionStore.Open(folder.File("month.db"));
        var time = new VirtualTime(SignedBatches.Now);
        var gateway = new FakePaymentGateway(time);
        var figures = new JsonObject();
        await using (var scene = await FinanceScene.StartAsync(store, time, gateway, parallelSessions: 32))
        {
            var leases = await MeterAsync(scene, cancellationToken);
            var began = Elapsed.Begin();
            await scene.SendAsync(leases.Select(l => new LeaseStopped(l.LeaseId, LeaseEnding.Completed, l.ReadyAt + Duration.FromHours(1), null)), cancellationToken);
            time.Advance(Duration.FromMinutes(10));
            await scene.WhenIdleAsync(cancellationToken);
            figures["ratingSeconds"] = Figures.Rounded(began.End().WallSeconds);
        }

        await using (var scene = await FinanceScene.StartAsync(store, time, gateway, parallelSessions: 1))
        {
            await scene.UseAsync<StartRunHandler, object>(async start =>
                await start.StartAsync(RunPurpose.Billing, null, IdempotencyKey.Of("run"), cancellationToken));
            await scene.WhenIdleAsync(cancellationToken);
            time.Advance(Duration.FromMinutes(10)); // what no webhook said is asked for
            await scene.WhenIdleAsync(cancellationToken);
            await ReconcileAsync(scene, figures, cancellationToken);
        }

        return figures;
    }

    /// <summary>Registers the parties, makes the leases ready and takes a batch of each.</summary>
    private static async Task<IReadOnlyList<LeaseReady>> MeterAsync(FinanceScene scene, CancellationToken cancellationToken)
    {
        var buyers = Enumerable.Range(100, Buyers).Select(n => OrganisationId.From(SignedBatches.Id(n))).ToArray();
        var providers = Enumerable.Range(300, Providers).Select(n => OrganisationId.From(SignedBatches.Id(n))).ToArray();
        await scene.SendAsync(
            buyers.Concat(providers).Select((id, i) => new OrganisationRegistered(id, $"Organisation {i}", "o@example.com", Provides: i >= Buyers, Buys: i < Buyers)),
            cancellationToken);
        var leases = Enumerable.Range(0, Leases).Select(n => SignedBatches.Lease(n, buyers[n % Buyers], providers[n % Providers])).ToList();
        await scene.SendAsync(leases, cancellationToken);
        await Parallel.ForEachAsync(
            leases,
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken },
            async (lease, token) => await scene.UseAsync<SubmitReadings, object>(async submit =>
                await submit.SubmitAsync(SignedBatches.Machine, SignedBatches.Chain(lease, 1, ReadingsPerLease)[0], IdempotencyKey.Of("batch"), token)));
        return leases;
    }

    private static async Task ReconcileAsync(FinanceScene scene, JsonObject figures, CancellationToken cancellationToken)
    {
        var month = BillingPeriod.Containing(SignedBatches.Now);
        using var memory = PeakMemory.Watch();
        var began = Elapsed.Begin();
        var made = await scene.UseAsync<RunReconciliation, Attempt<ReconciliationMade, RunReconciliationRefusal>>(run =>
            run.RunAsync(month, "benchmark", IdempotencyKey.Of("reconcile"), cancellationToken));
        var elapsed = began.End();
        memory.Dispose();
        var report = await scene.UseAsync<ReadReconciliations, ReconciliationReport?>(read => read.FindAsync(made.Result.Value.Id, cancellationToken));
        var lines = report!.Totals.Where(t => t.Figure == StageFigure.InvoiceLines).Sum(t => t.Count);
        var used = report.Totals.Where(t => t.Figure == StageFigure.Usage).Sum(t => t.GpuSeconds);
        if (used != (long)Leases * ReadingsPerLease * SignedBatches.SecondsPerReading * SignedBatches.GpuCount)
        {
            throw new InvalidOperationException($"{used} GPU-seconds are metered.");
        }

        if (lines != Leases) throw new InvalidOperationException($"{lines} of {Leases} lines are invoiced.");
        figures["readings"] = Leases * ReadingsPerLease;
        figures["invoiceLines"] = lines;
        figures["seconds"] = Figures.Rounded(elapsed.WallSeconds);
        figures["cpuSeconds"] = Figures.Rounded(elapsed.CpuSeconds);
        figures["peakMiB"] = Figures.Rounded(memory.MiB);
        figures["differences"] = report.DifferenceCount;
    }
}
