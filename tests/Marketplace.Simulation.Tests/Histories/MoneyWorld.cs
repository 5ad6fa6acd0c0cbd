using System.Security.Cryptography;
using Marketplace.Billing;
using Marketplace.Billing.Payments;
using Marketplace.Contracts;
using Marketplace.Finance;
using Marketplace.Leasing.ReadLeases;
using Marketplace.Ledger;
using Marketplace.Metering;
using Marketplace.Registry.Data;
using Marketplace.Registry.Organisations;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Simulation.Tests.Audit;
using Marketplace.Simulation.Tests.Doubles;
using Marketplace.Testing.Payments;
using Marketplace.Testing.Simulation;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Simulation.Tests.Histories;

/// <summary>Metering, ledger, billing and finance, with a payment service in memory, faults and a seed. Leases come from the test.</summary>
internal sealed class MoneyWorld : IAsyncDisposable
{
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RandomFaults faults;
    private int keys;

    public MoneyWorld(int seed, double faultRate)
    {
        faults = new RandomFaults(seed, faultRate, faultRate / 5);
        Market = new SimulatedMarketplace(Compose, seed, disorderRate: faultRate, faults.OfStore);
        Payments = Market.Services.GetRequiredService<FakePaymentGateway>();
        Payments.Fault = _ => faults.OfPayments();
        Ids = Market.Services.GetRequiredService<IIdSource>();
    }

    public SimulatedMarketplace Market { get; }

    public FakePaymentGateway Payments { get; }

    public IIdSource Ids { get; }

    public Witness Seen { get; } = new();

    /// <summary>What finance is shown instead of the records as they are.</summary>
    public Tampering Tampering { get; } = new();

    public Instant Now => Market.Time.Now;

    public static MachineId Machine { get; } = MachineId.From(Ulid.Create(0, 1));

    public static EnrolmentId MachineKey { get; } = EnrolmentId.From(Ulid.Create(0, 2));

    /// <summary>Lets time pass up to an instant, with faults, duplicates and disorder.</summary>
    public async Task PassUntilAsync(Instant end)
    {
        faults.AreOn = true;
        await Market.RunUntilAsync(Instant.Max(end, Now));
        faults.AreOn = false;
    }

    public IdempotencyKey NextKey() => IdempotencyKey.Of($"people-{++keys}");

    public static string Sign(ReadOnlySpan<byte> batch) => ReadingBatchFormat.Sign(batch, Key);

    public ValueTask DisposeAsync() => Market.DisposeAsync();

    private void Compose(IServiceCollection services)
    {
        services.AddMetering().AddLedger().AddBilling().AddFinance();
        services.AddSingleton<IMachineKeys, OneKey>();
        services.AddSingleton<ICatalogue, Catalogue>();
        services.AddSingleton<ILeasedCapacities, LeaseQueries>();
        services.AddSingleton<IOrganisationNames, OrganisationReader>();
        services.AddSingleton<IPaymentWebhooks, SimulatedWebhooks>();
        services.AddSingleton<FakePaymentGateway>();
        services.AddSingleton<IPaymentGateway>(provider => provider.GetRequiredService<FakePaymentGateway>());
        services.AddSingleton(Seen);
        services.AddMessageHandler<LeaseReady, Observer>(Observer.Queue, m => m.LeaseId.ToString());
        services.AddMessageHandler<LeaseStopped, Observer>(Observer.Queue, m => m.LeaseId.ToString());
        services.AddMessageHandler<UsageMetered, Observer>(Observer.Queue, m => m.LeaseId.ToString());
        Tampering.Wrap(services);
    }

    /// <summary>One machine has the hours of all leases: metering does not ask whether it has so many GPUs.</summary>
    private sealed class OneKey : IMachineKeys
    {
        private static readonly MachineKey Enrolled =
            new(MachineKey, Machine, OrganisationId.From(Ulid.Create(0, 3)), Key.ExportSubjectPublicKeyInfo(), IsRevoked: false);

        public ValueTask<MachineKey?> FindAsync(EnrolmentId id, CancellationToken cancellationToken) =>
            ValueTask.FromResult(id == MachineKey ? Enrolled : null);
    }
}
