using System.Security.Cryptography;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Simulation;
using Marketplace.Testing.Store;
using Marketplace.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Metering.Tests;

/// <summary>Metering alone, with one machine that has a key and one lease of two GPUs from 08:00 to 10:00.</summary>
internal sealed class MeteredMarket : IAsyncDisposable
{
    public static readonly Instant Start = VirtualTime.Monday;
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<UsageMetered> metered = [];
    private int keys;

    public MeteredMarket(int seed = 1, double disorderRate = 0, Func<StoreCall, StoreFault>? faults = null)
    {
        Market = new SimulatedMarketplace(services =>
        {
            services.AddMetering();
            services.AddSingleton<IMachineKeys>(new OneKey(this));
            services.AddSingleton(this);
            services.AddMessageHandler<UsageMetered, Listener>("test", m => m.LeaseId.ToString());
        }, seed, disorderRate, faults);
        Market.Time.JumpTo(Start);
        var ids = Market.Services.GetRequiredService<IIdSource>();
        (Machine, KeyId, Provider) = (ids.Next<MachineKind>(), ids.Next<EnrolmentKind>(), ids.Next<OrganisationKind>());
        Ready = new LeaseReady(
            ids.Next<LeaseKind>(), ids.Next<OrganisationKind>(), Provider, Machine, 2,
            HourWindow.Starting(HourSlot.Containing(Start), 2), UnitPrice.OfMicros(2_100_000, Currency.Usd), Start);
    }

    public SimulatedMarketplace Market { get; }

    public LeaseReady Ready { get; }

    public MachineId Machine { get; }

    public EnrolmentId KeyId { get; }

    public OrganisationId Provider { get; }

    public bool IsKeyRevoked { get; set; }

    public string LastHash { get; set; } = ReadingBatchFormat.NoBatch;

    /// <summary>What was sent to be rated: each record once, however often it was delivered.</summary>
    public IReadOnlyList<UsageMetered> Metered => [.. metered.DistinctBy(m => m.UsageId)];

    public static SignedReading Reading(long sequence, int fromSecond, int toSecond, long? gpuSeconds = null, string state = "serving") =>
        new(sequence, At(fromSecond), At(toSecond), gpuSeconds ?? (toSecond - fromSecond) * 2, state);

    public static string At(int second) => InstantPattern.General.Format(Start + Duration.FromSeconds(second));

    public async Task BecomeReadyAsync()
    {
        await Market.SendAsync(Ready);
        await Market.RunAsync();
    }

    public async Task StopAsync(int atSecond, int? creditedFromSecond = null)
    {
        Market.Time.JumpTo(Start + Duration.FromSeconds(atSecond));
        var credited = creditedFromSecond is { } second ? Start + Duration.FromSeconds(second) : (Instant?)null;
        await Market.SendAsync(new LeaseStopped(
            Ready.LeaseId, credited is null ? LeaseEnding.Completed : LeaseEnding.Failed, Start + Duration.FromSeconds(atSecond), credited));
        await Market.RunAsync();
    }

    /// <summary>Lets the grace for late readings pass.</summary>
    public Task CloseAsync() => Market.RunUntilAsync(Market.Time.Now + Duration.FromMinutes(10));

    public SubmitReadingsCommand Sign(params SignedReading[] readings)
    {
        var bytes = ReadingBatchFormat.ToBytes(Ready.LeaseId, KeyId, LastHash, readings);
        return new SubmitReadingsCommand(Ready.LeaseId, KeyId, LastHash, readings, ReadingBatchFormat.Sign(bytes, key));
    }

    public async Task<Attempt<AcceptedBatch, SubmitReadingsRefusal>> SubmitAsync(SubmitReadingsCommand command, string? idempotencyKey = null) =>
        await Market.Get<SubmitReadings>().SubmitAsync(
            Machine, command, IdempotencyKey.Of(idempotencyKey ?? $"batch-{++keys}"), CancellationToken.None);

    /// <summary>Sends a batch that must be taken, and chains the next one to it.</summary>
    public async Task<ReadingOutcome[]> SendAsync(params SignedReading[] readings)
    {
        var attempt = await SubmitAsync(Sign(readings));
        var batch = await Market.Get<SubmitReadings>().ReadBatchAsync(Ready.LeaseId, attempt.Result.Value, CancellationToken.None);
        LastHash = batch.Hash;
        await Market.RunAsync();
        return [.. batch.Readings.Select(r => r.Outcome)];
    }

    public async Task<UsageReport> ReportAsync() => (await Market.Get<ReadUsage>().ReadAsync(Ready.LeaseId, CancellationToken.None))!;

    public async Task<List<UsageMetered>> ListAsync()
    {
        var listed = new List<UsageMetered>();
        await foreach (var usage in Market.Get<IUsageRecords>().ListAsync(BillingPeriod.Containing(Start), CancellationToken.None)) listed.Add(usage);
        return listed;
    }

    public ValueTask DisposeAsync()
    {
        key.Dispose();
        return Market.DisposeAsync();
    }

    private sealed class OneKey(MeteredMarket market) : IMachineKeys
    {
        public ValueTask<MachineKey?> FindAsync(EnrolmentId id, CancellationToken cancellationToken) => ValueTask.FromResult(
            id == market.KeyId
                ? new MachineKey(id, market.Machine, market.Provider, market.key.ExportSubjectPublicKeyInfo(), market.IsKeyRevoked)
                : null);
    }

    private sealed class Listener(MeteredMarket market) : IMessageHandler<UsageMetered>
    {
        public Task HandleAsync(UsageMetered message, MessageContext context, CancellationToken cancellationToken)
        {
            market.metered.Add(message);
            return Task.CompletedTask;
        }
    }
}
