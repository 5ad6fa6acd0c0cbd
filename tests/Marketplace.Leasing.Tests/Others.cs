using System.Text.Json;
using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.ReadLeases;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Testing.Simulation;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using static Marketplace.Leasing.Tests.Given;

namespace Marketplace.Leasing.Tests;

/// <summary>The modules around leasing: they write down what they are told.</summary>
internal sealed class Others : IAsyncDisposable
{
    public Others(double disorderRate = 0) => Simulated = new SimulatedMarketplace(
        services =>
        {
            services.AddLeasing().AddSingleton(Heard).AddSingleton<IPayoutAccounts>(new PayoutAccounts()).AddSingleton<IOpenRechecks>(Rechecks);
            Hears<RequestVerification>(services);
            Hears<LeaseReady>(services);
            Hears<LeaseStopped>(services);
            Hears<ReturnHours>(services);
            Hears<SuspendListing>(services);
            Hears<OfferResale>(services);
            Hears<CloseResale>(services);
            Hears<CreditShortfall>(services);
        },
        seed: 5,
        disorderRate);

    public SimulatedMarketplace Simulated { get; }

    public LeaseQueries Queries => Simulated.Get<LeaseQueries>();

    /// <summary>Machines that know of a re-check.</summary>
    public OpenRechecks Rechecks { get; } = [];

    public IEnumerable<object> Said => Heard.Values;

    private Dictionary<MessageId, object> Heard { get; } = [];

    public IEnumerable<T> Of<T>() => Heard.Values.OfType<T>();

    public T Only<T>() => Assert.Single(Of<T>());

    public async Task<Lease> LeaseAsync(LeaseId? id = null) => (await Queries.FindAsync(id ?? Trade.LeaseId, default))!;

    /// <summary>Sends a message as some module would, and waits until nothing follows of it.</summary>
    public async Task TellAsync<T>(T message)
        where T : IMessage
    {
        await Simulated.SendAsync(message);
        await Simulated.RunAsync();
    }

    public async Task AnswerAsync(RequestVerification request, bool passed, Instant at)
    {
        await Simulated.SendAsync(new VerificationCompleted(
            request.VerificationId, request.Purpose, request.Subject, request.Provider, request.MachineId, passed,
            passed ? null : VerificationFailure.BelowClaim, request.Claim, request.Claim, null, at));
        await Simulated.RunAsync();
    }

    public ValueTask DisposeAsync() => Simulated.DisposeAsync();

    /// <summary>The one who bought the lease can be paid, and nobody else.</summary>
    public sealed class PayoutAccounts : IPayoutAccounts
    {
        public Task<bool> HasOneAsync(OrganisationId organisation, CancellationToken cancellationToken) => Task.FromResult(organisation == Trade.Buyer);
    }

    public sealed class OpenRechecks : HashSet<MachineId>, IOpenRechecks
    {
        public Task<bool> IsOpenAsync(MachineId machine, CancellationToken cancellationToken) => Task.FromResult(Contains(machine));
    }

    private static void Hears<T>(IServiceCollection services)
        where T : class, IMessage => services.AddMessageHandler<T, Listener<T>>("test", m => JsonSerializer.Serialize(m, MarketplaceJson.Options)[..20]);

    private sealed class Listener<T>(Dictionary<MessageId, object> heard) : IMessageHandler<T>
        where T : IMessage
    {
        public Task HandleAsync(T message, MessageContext context, CancellationToken cancellationToken)
        {
            heard[context.Id] = message;
            return Task.CompletedTask;
        }
    }
}
