using Marketplace.Billing;
using Marketplace.Billing.Payments;
using Marketplace.Contracts;
using Marketplace.Finance;
using Marketplace.Leasing;
using Marketplace.Ledger;
using Marketplace.Metering;
using Marketplace.Registry;
using Marketplace.Runtime.Messages;
using Marketplace.Simulation.Tests.Audit;
using Marketplace.Simulation.Tests.Doubles;
using Marketplace.Testing.Payments;
using Marketplace.Testing.Simulation;
using Marketplace.Trading;
using Marketplace.Verification;
using Marketplace.Verification.Reverification;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Simulation.Tests;

/// <summary>All modules on one thread, with an in-memory store, stand-ins for worker and payment service, faults and a seed.</summary>
public sealed class SimulatedWorld : IMarketWorld, IAsyncDisposable
{
    private readonly RandomFaults faults;
    private readonly Duration meanWait;

    /// <summary>Composes the world.</summary>
    /// <param name="seed">Fixes everything that is drawn.</param>
    /// <param name="faultRate">How often a call of the store fails, or a message is lost or doubled.</param>
    /// <param name="rechecks">Whether machines are verified again, many times a day and often without luck; else never within the days of a run.</param>
    public SimulatedWorld(int seed, double faultRate, bool rechecks = true)
    {
        meanWait = rechecks ? Duration.FromHours(5) : Duration.FromDays(700);
        faults = new RandomFaults(seed, faultRate, faultRate / 5);
        Market = new SimulatedMarketplace(Compose, seed, disorderRate: faultRate, faults.OfStore);
        Payments = Market.Services.GetRequiredService<FakePaymentGateway>();
        Payments.Fault = _ => faults.OfPayments();
    }

    public SimulatedMarketplace Market { get; }

    public Witness Seen { get; } = new();

    public FakePaymentGateway Payments { get; }

    public Instant Now => Market.Time.Now;

    public T Get<T>()
        where T : notnull => Market.Get<T>();

    public async Task PassAsync(Duration duration)
    {
        faults.AreOn = true;
        try
        {
            await Market.RunUntilAsync(Now + duration);
        }
        finally
        {
            faults.AreOn = false;
        }
    }

    public ValueTask DisposeAsync() => Market.DisposeAsync();

    private void Compose(IServiceCollection services)
    {
        services.AddRegistry().AddTrading().AddLeasing().AddMetering().AddLedger().AddBilling().AddFinance();
        services.AddReverification().Configure<RecheckOptions>(o => (o.MeanWait, o.CloseMeanWait) = (meanWait, meanWait));
        services.AddMessageHandler<RequestVerification, SimulatedProofs>(Queues.Verification, m => m.MachineId.ToString());
        services.AddSingleton<IPaymentWebhooks, SimulatedWebhooks>();
        services.AddSingleton<FakePaymentGateway>();
        services.AddSingleton<IPaymentGateway>(provider => provider.GetRequiredService<FakePaymentGateway>());
        services.AddObserver(Seen);
    }
}
