using Marketplace.Contracts;
using Marketplace.Leasing.FailLease;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.ReadLeases;
using Marketplace.Leasing.ResellHours;
using Marketplace.Leasing.TerminateLease;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Simulation;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using static Marketplace.Leasing.Tests.Given;

namespace Marketplace.Leasing.Tests.ResellHours;

/// <summary>
/// The buyer offers, stops and gives up, others buy, give up and fail, all at random, with messages that come late, twice and in
/// disorder. Whatever happens, nobody holds hours of a lease that was given up, and all share the fate of the machine.
/// </summary>
public sealed class ResaleRaceTests
{
    private static readonly UnitPrice Price = UnitPrice.OfMicros(2_500_000, Currency.Usd);

    [Fact]
    public async Task Nobody_holds_hours_of_a_lease_that_is_over()
    {
        var endings = new Dictionary<(LeaseState, bool WasResold), int>();
        for (var seed = 1; seed <= 60; seed++)
        {
            var (lease, subleases) = await PlayAsync(seed);
            var key = (lease.State, subleases.Count > 0);
            endings[key] = endings.GetValueOrDefault(key) + 1;
        }

        // The seeds reach what they are about.
        Assert.True(endings.GetValueOrDefault((LeaseState.Terminated, true)) > 0, string.Join(", ", endings));
        Assert.True(endings.GetValueOrDefault((LeaseState.Failed, true)) > 0, string.Join(", ", endings));
        Assert.True(endings.GetValueOrDefault((LeaseState.Completed, true)) > 0, string.Join(", ", endings));
    }

    private static async Task<(Lease Lease, IReadOnlyList<Lease> Subleases)> PlayAsync(int seed)
    {
        var random = new Random(seed);
        await using var market = new SimulatedMarketplace(
            services =>
            {
                services.AddLeasing().AddSingleton<IPayoutAccounts>(new Others.PayoutAccounts()).AddSingleton<IOpenRechecks>(new Others.OpenRechecks());
                services.AddMessageHandler<OfferResale, BookDouble>(Queues.Market, m => m.Book.ToString());
                services.AddMessageHandler<CloseResale, BookDouble>(Queues.Market, m => m.Book.ToString());
                services.AddMessageHandler<Buy, BookDouble>(Queues.Market, m => Trade.Book.ToString());
                services.AddMessageHandler<RequestVerification, ProofDouble>(Queues.Verification, m => m.Subject);
            },
            seed,
            disorderRate: 0.3);
        await market.SendAsync(Trade);
        await market.RunAsync();
        for (var step = 0; step < 40; step++)
        {
            await ActAsync(market, random);
            for (var i = random.Next(12); i > 0 && await market.Messages.DeliverNextAsync(market.Time.Now); i--)
            {
                // Between any two messages somebody may try to give up what is being resold.
                if (random.Next(8) == 0 && await WasOfferedAsync(market)) await TerminateAsync(market);
            }

            if (random.Next(3) == 0) await market.RunUntilAsync(market.Time.Now + Duration.FromMinutes(random.Next(25)));
        }

        await market.RunUntilAsync(At(15));
        Assert.Empty(market.Messages.DeadLetters);
        return await CheckAsync(market, seed);
    }

    private static async Task ActAsync(SimulatedMarketplace market, Random random)
    {
        var now = market.Time.Now;
        var subleases = (await market.Get<LeaseQueries>().ListAsync(SecondBuyer, null, 200, default)).ToList();
        switch (random.Next(10))
        {
            case 0 or 1:
                var from = 10 + random.Next(4);
                var command = new ResellHoursCommand(1 + random.Next(4), Hours(from, from + 1 + random.Next(14 - from)), Price);
                await market.Get<Leasing.ResellHours.ResellHours>().ExecuteAsync(Trade.Buyer, Trade.LeaseId, command, IdempotencyKey.Of($"{now}-{random.Next()}"), default);
                break;
            case 2 or 3:
                await market.Get<StopResale>().ExecuteAsync(Trade.Buyer, Trade.LeaseId, default);
                break;
            case 4 when random.Next(4) == 0:
                await TerminateAsync(market);
                break;
            case 6 when subleases.Count > 0:
                await market.Get<TerminateLease.TerminateLease>().ExecuteAsync(SecondBuyer, subleases[random.Next(subleases.Count)].LeaseId, default);
                break;
            case 7 when random.Next(8) == 0:
                await market.Get<FailLease.FailLease>().ExecuteAsync(null, Trade.LeaseId, "fire", default);
                break;
            case 8 when subleases.Count > 0 && random.Next(12) == 0:
                await market.Get<FailLease.FailLease>().ExecuteAsync(null, subleases[random.Next(subleases.Count)].LeaseId, "fire", default);
                break;
            default:
                await market.SendAsync(new Buy(1 + random.Next(2)));
                break;
        }
    }

    private static Task<Result<Lease, TerminateLeaseRefusal>> TerminateAsync(SimulatedMarketplace market) =>
        market.Get<TerminateLease.TerminateLease>().ExecuteAsync(Trade.Buyer, Trade.LeaseId, default);

    private static async Task<bool> WasOfferedAsync(SimulatedMarketplace market) =>
        (await market.Get<LeaseQueries>().FindAsync(Trade.LeaseId, default))!.Resale is not null;

    private static async Task<(Lease Lease, IReadOnlyList<Lease> Subleases)> CheckAsync(SimulatedMarketplace market, int seed)
    {
        var queries = market.Get<LeaseQueries>();
        var lease = (await queries.FindAsync(Trade.LeaseId, default))!;
        var subleases = await queries.ListAsync(SecondBuyer, null, 200, default);
        Assert.True(lease.IsOver && lease.Resale is null or { State: ResaleState.Closed }, $"Seed {seed}: {lease}");
        foreach (var sublease in subleases)
        {
            Assert.True(sublease.IsOver, $"Seed {seed}: {sublease}");
            Assert.True(sublease.EndedAt <= lease.EndedAt || sublease.Window.End <= lease.EndedAt, $"Seed {seed}: {sublease} outlives {lease}");
            if (MachineFailure.Of(sublease) is not null) Assert.True(MachineFailure.Of(lease) is not null, $"Seed {seed}: {sublease} failed and {lease} did not");
        }

        foreach (var hour in Trade.Window.Slots())
        {
            // Hours that were given back before they began may be sold again.
            var sold = subleases.Where(s => s.Window.Contains(hour) && s.EndedAt > hour.Start).Sum(s => s.GpuCount);
            Assert.True(sold <= Trade.GpuCount, $"Seed {seed}: {sold} GPUs were resold in {hour}");
        }

        return (lease, subleases);
    }

    /// <summary>Somebody buys of the offer that is open, if one is.</summary>
    private sealed record Buy(int GpuCount) : IMessage
    {
        public static string MessageType => "test.buy.v1";
    }

    private sealed record Offering(OfferResale? Offer, Instant? ClosedAt, IReadOnlyList<TradeExecuted> Trades);

    /// <summary>The book's part of a resale: what counts is when things were wanted, not when they arrive.</summary>
    private sealed class BookDouble(Workspace workspace, TimeProvider time) : IMessageHandler<OfferResale>, IMessageHandler<CloseResale>, IMessageHandler<Buy>
    {
        private static readonly PartitionId Partition = new("test", "book");

        public Task HandleAsync(OfferResale message, MessageContext context, CancellationToken cancellationToken) =>
            workspace.HandleAsync(
                Partition,
                context,
                async work =>
                {
                    var known = await work.ReadAsync<Offering>(Row(message.ListingId), cancellationToken);
                    if (known?.ClosedAt > message.OfferedAt) return;
                    work.Put(Row(message.ListingId), new Offering(message, null, []));
                },
                cancellationToken);

        public Task HandleAsync(CloseResale message, MessageContext context, CancellationToken cancellationToken) =>
            workspace.HandleAsync(
                Partition,
                context,
                async work =>
                {
                    var known = await work.ReadAsync<Offering>(Row(message.ListingId), cancellationToken) ?? new Offering(null, null, []);
                    work.Put(Row(message.ListingId), known with { ClosedAt = message.ClosedAt });
                    work.Send(new ResaleClosed(message.LeaseId, message.ListingId, known.Trades.Count, message.ClosedAt));
                },
                cancellationToken);

        public Task HandleAsync(Buy message, MessageContext context, CancellationToken cancellationToken) =>
            workspace.HandleAsync(
                Partition,
                context,
                async work =>
                {
                    var (count, open) = (0, default(Offering));
                    await foreach (var (_, offering) in work.ReadRangeAsync<Offering>(RowRange.StartingWith("offer!"), cancellationToken))
                    {
                        count += offering.Trades.Count;
                        if (offering is { Offer: not null, ClosedAt: null }) open = offering;
                    }

                    if (open?.Offer is not { } offer || offer.Window.End <= time.Now()) return;
                    var sold = open.Trades.Sum(t => t.GpuCount);
                    if (sold + message.GpuCount > offer.GpuCount) return;
                    var trade = Resold(count, message.GpuCount, offer.Window, offer.ListingId);
                    work.Put(Row(offer.ListingId), open with { Trades = [.. open.Trades, trade] });
                    work.Send(trade);
                },
                cancellationToken);

        private static string Row(ListingId listing) => $"offer!{listing}";
    }

    /// <summary>Every machine is ready.</summary>
    private sealed class ProofDouble(Workspace workspace, TimeProvider time) : IMessageHandler<RequestVerification>
    {
        public Task HandleAsync(RequestVerification request, MessageContext context, CancellationToken cancellationToken) =>
            workspace.HandleAsync(
                new PartitionId("test", "proofs"),
                context,
                work =>
                {
                    work.Send(new VerificationCompleted(
                        request.VerificationId, request.Purpose, request.Subject, request.Provider, request.MachineId, true, null, request.Claim, request.Claim, null, time.Now()));
                    return Task.CompletedTask;
                },
                cancellationToken);
    }
}
