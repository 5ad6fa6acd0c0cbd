using System.Security.Cryptography;
using Marketplace.Api.Auth;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Client.Tokens;
using Marketplace.Contracts;
using Marketplace.Runtime.Time;
using Marketplace.Testing.Time;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Api.Tests.Metering;

/// <summary>A host with one ready lease of two GPUs for two hours, whose machine has a key.</summary>
internal sealed class MeteredLeaseScene : IMachineKeys, IAsyncDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public ApiHost Host { get; private set; } = null!;

    public LeaseReady Lease { get; private set; } = null!;

    public EnrolmentId KeyId { get; private set; }

    public string LastHash { get; private set; } = ReadingBatchFormat.NoBatch;

    public MarketplaceClient Machine => Host.Client(MachineToken.Create(key, KeyId, TimeProvider.System));

    public MarketplaceClient Buyer => Host.Client(Host.TokenOf(Lease.Buyer));

    public static async Task<MeteredLeaseScene> StartAsync()
    {
        var scene = new MeteredLeaseScene();
        scene.Host = await ApiHost.StartAsync(services => services.AddSingleton<IMachineKeys>(scene));
        var ids = scene.Host.Services.GetRequiredService<IIdSource>();
        scene.KeyId = ids.Next<EnrolmentKind>();
        scene.Lease = new LeaseReady(
            ids.Next<LeaseKind>(), scene.Host.NewOrganisation(), scene.Host.NewOrganisation(), ids.Next<MachineKind>(), 2,
            HourWindow.Starting(HourSlot.Containing(VirtualTime.Monday), 2), UnitPrice.OfMicros(2_100_000, Currency.Usd), VirtualTime.Monday);
        await scene.Host.SendAsync(new OrganisationRegistered(scene.Lease.Buyer, "Buyer", "b@example.com", Provides: false, Buys: true));
        await scene.Host.SendAsync(new OrganisationRegistered(scene.Lease.Provider, "Provider", "p@example.com", Provides: true, Buys: false));
        await scene.Host.SendAsync(scene.Lease);
        await scene.Host.AdvanceAsync(Duration.FromHours(2));
        return scene;
    }

    public static SignedReading Reading(long sequence, int from, int to, long? gpuSeconds = null) =>
        new(sequence, At(from), At(to), gpuSeconds ?? Math.Abs(to - from) * 2, "serving");

    /// <summary>Sends a batch that must be taken, chained to the one before.</summary>
    public async Task<ReadingBatchModel> SendAsync(params SignedReading[] readings)
    {
        var batch = await Machine.SubmitReadingsAsync(Lease.LeaseId, KeyId, key, LastHash, readings);
        LastHash = batch.BatchHash;
        await Host.WhenIdleAsync();
        return batch;
    }

    public async Task StopAndCloseAsync()
    {
        await Host.SendAsync(new LeaseStopped(Lease.LeaseId, LeaseEnding.Completed, VirtualTime.Monday + Duration.FromHours(2), null));
        await Host.WhenIdleAsync();
        await Host.AdvanceAsync(Duration.FromMinutes(10));
    }

    /// <summary>Invoices what was metered, and gives the invoice.</summary>
    public async Task<InvoiceModel> InvoiceAsync()
    {
        await Host.Client(Host.StaffToken(Scopes.FinanceWrite)).StartBillingRunAsync("run-1");
        await Host.WhenIdleAsync();
        var listed = Assert.Single((await Buyer.ListInvoicesAsync()).Items);
        return await Buyer.GetInvoiceAsync(listed.InvoiceId);
    }

    public ValueTask<MachineKey?> FindAsync(EnrolmentId id, CancellationToken cancellationToken) => ValueTask.FromResult(
        id == KeyId ? new MachineKey(id, Lease.MachineId, Lease.Provider, key.ExportSubjectPublicKeyInfo(), IsRevoked: false) : null);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        key.Dispose();
    }

    private static string At(int second) => InstantPattern.General.Format(VirtualTime.Monday + Duration.FromSeconds(second));
}
