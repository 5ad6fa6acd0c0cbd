using Marketplace.Billing;
using Marketplace.Billing.Payments;
using Marketplace.Contracts;
using Marketplace.Finance;
using Marketplace.Leasing;
using Marketplace.Ledger;
using Marketplace.Metering;
using Marketplace.Registry;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Simulation.Tests.Audit;
using Marketplace.Simulation.Tests.Doubles;
using Marketplace.Testing.Simulation;
using Marketplace.Testing.Store;
using Marketplace.Trading;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Simulation.Tests;

/// <summary>All modules on one thread, with an in-memory store, stand-ins for worker and payment service, faults and a seed.</summary>
public sealed class SimulatedWorld : IAsyncDisposable
{
    private readonly Random random;

    public SimulatedWorld(int seed, double faultRate)
    {
        random = new Random(seed);
        // One message posts many invoice lines: at the store's rate, eight tries would not always get through.
        var payments = faultRate / 5;
        Market = new SimulatedMarketplace(
            services => Compose(services, seed, payments), seed, disorderRate: faultRate, call => Draw(call, faultRate));
    }

    public SimulatedMarketplace Market { get; }

    public Witness Seen { get; } = new();

    /// <summary>Faults of store and payment service are drawn only while this is set: people's own requests then succeed.</summary>
    public bool FaultsAreOn { get; set; }

    public SimulatedPayments Payments => (SimulatedPayments)Market.Get<IPaymentGateway>();

    public Instant Now => Market.Time.Now;

    /// <summary>Lets time pass, with faults, duplicates and disorder.</summary>
    public async Task PassAsync(Duration duration)
    {
        FaultsAreOn = true;
        try
        {
            await Market.RunUntilAsync(Now + duration);
        }
        finally
        {
            FaultsAreOn = false;
        }
    }

    public ValueTask DisposeAsync() => Market.DisposeAsync();

    private void Compose(IServiceCollection services, int seed, double faultRate)
    {
        services.AddRegistry().AddTrading().AddLeasing().AddMetering().AddLedger().AddBilling().AddFinance();
        services.AddMessageHandler<RequestVerification, SimulatedProofs>(Queues.Verification, m => m.MachineId.ToString());
        services.AddSingleton<IPaymentWebhooks, SimulatedWebhooks>();
        services.AddSingleton<IPaymentGateway>(provider => new SimulatedPayments(
            provider.GetRequiredService<TimeProvider>(), seed, () => FaultsAreOn ? faultRate : 0));
        services.AddSingleton(Seen);
        services.AddMessageHandler<ListingActivated, Observer>(Observer.Queue, m => m.ListingId.ToString());
        services.AddMessageHandler<OfferResale, Observer>(Observer.Queue, m => m.ListingId.ToString());
        services.AddMessageHandler<TradeExecuted, Observer>(Observer.Queue, m => m.LeaseId.ToString());
        services.AddMessageHandler<ReturnHours, Observer>(Observer.Queue, m => m.TradeId.ToString());
        services.AddMessageHandler<LeaseReady, Observer>(Observer.Queue, m => m.LeaseId.ToString());
        services.AddMessageHandler<LeaseStopped, Observer>(Observer.Queue, m => m.LeaseId.ToString());
        services.AddMessageHandler<UsageMetered, Observer>(Observer.Queue, m => m.LeaseId.ToString());
        services.AddMessageHandler<RecordEntry, Observer>(Observer.Queue, m => m.EntryId.ToString());
    }

    private StoreFault Draw(StoreCall call, double rate)
    {
        if (!FaultsAreOn || random.NextDouble() >= rate) return StoreFault.None;
        if (call.ReadsPage) return StoreFault.EmptyPage;
        if (call.Commit is null) return StoreFault.ThrowBefore;
        return random.Next(3) switch { 0 => StoreFault.ThrowBefore, 1 => StoreFault.ThrowAfter, _ => StoreFault.Conflict };
    }
}
