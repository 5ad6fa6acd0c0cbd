using System.Runtime.InteropServices;
using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Marketplace.Leasing.FailLease;
using Marketplace.Leasing.ResellHours;
using Marketplace.Leasing.TerminateLease;
using Marketplace.Registry.WithdrawListing;
using Marketplace.Trading.Book;
using Marketplace.Trading.CancelBid;
using NodaTime;

namespace Marketplace.Simulation.Tests;

/// <summary>Providers, buyers, machines and finance, acting at random but by the rules, so that what they do is accepted.</summary>
public sealed class SimulatedPeople(IMarketWorld world, int seed)
{
    private readonly Random random = new(seed);
    private readonly Deeds deeds = new(world);
    private readonly List<SimulatedMachine> machines = [];
    private readonly List<OrganisationId> buyers = [];
    private readonly List<ListingId> listings = [];
    private readonly Dictionary<LeaseId, Meter> meters = [];
    private int reported;

    /// <summary>Two providers with two machines each and three buyers. One buyer is a provider too, and two can be paid for what they resell.</summary>
    public async Task SettleAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            var provider = await deeds.RegisterAsync($"Provider {i}", provides: true, buys: i == 0);
            if (i == 0) buyers.Add(provider);
            for (var j = 0; j < 2; j++) machines.Add(await deeds.EnrolAsync(provider));
        }

        for (var i = 0; i < 2; i++) buyers.Add(await deeds.RegisterAsync($"Buyer {i}", provides: i == 0, buys: true));
    }

    /// <summary>Somebody does something.</summary>
    public Task ActAsync() => random.Next(18) switch
    {
        0 or 1 or 2 => ListAsync(),
        3 or 4 or 5 or 6 or 7 => BidAsync(),
        8 => CancelAsync(),
        9 => TerminateAsync(),
        10 => FailAsync(),
        11 => WithdrawAsync(),
        12 or 13 => StopResaleAsync(),
        _ => ResellAsync(),
    };

    /// <summary>Every machine reports what its running leases used since the last time: mostly all, in odd order, some of it twice.</summary>
    public async Task MeterAsync()
    {
        foreach (var lease in world.Seen.Ready.Values)
        {
            if (!meters.TryGetValue(lease.LeaseId, out var meter)) meters.Add(lease.LeaseId, meter = new Meter(lease.ReadyAt));
            var until = Instant.Min(world.Now, lease.Window.End);
            var readings = new List<SignedReading>();
            while (meter.At + Duration.FromMinutes(10) <= until)
            {
                var (from, to) = (meter.At, meter.At + Duration.FromMinutes(10));
                meter.At = to;
                if (random.Next(10) > 0) readings.Add(Deeds.Reading(++meter.Sequence, from, to, lease.GpuCount));
            }

            if (readings.Count == 0) continue;
            random.Shuffle(CollectionsMarshal.AsSpan(readings));
            if (random.Next(3) == 0) readings.Add(readings[0]);
            var machine = machines.Single(m => m.Id == lease.MachineId);
            await deeds.ReportAsync(machine, lease.LeaseId, readings, times: 1 + random.Next(2));
        }
    }

    /// <summary>The payment service reports what was paid, now and then twice; some reports never come.</summary>
    public async Task DeliverWebhooksAsync()
    {
        for (; reported < world.Payments.Paid.Count; reported++)
        {
            if (random.Next(5) == 0) continue;
            var (buyer, invoice) = world.Payments.Paid[reported];
            for (var i = random.Next(2); i >= 0; i--) await deeds.DeliverWebhookAsync(buyer, invoice);
        }
    }

    /// <summary>Finance invoices and pays out what can be.</summary>
    public async Task SettleAccountsAsync()
    {
        await deeds.StartAsync(RunPurpose.Billing);
        await world.PassAsync(Duration.FromHours(3));
        await DeliverWebhooksAsync();
        await world.PassAsync(Duration.FromDays(4));
        await deeds.StartAsync(RunPurpose.Payout);
        await world.PassAsync(Duration.FromHours(3));
    }

    private async Task ListAsync()
    {
        var machine = machines[random.Next(machines.Count)];
        var window = HourWindow.Starting(HourSlot.Containing(world.Now) + 1 + random.Next(6), 2 + random.Next(10));
        var price = UnitPrice.OfMicros(1_500_000 + random.Next(20) * 50_000, Currency.Usd);
        if (await deeds.ListAsync(machine, 1 + random.Next(8), window, price) is { } listing) listings.Add(listing);
    }

    private Task BidAsync()
    {
        var count = 1 + random.Next(6);
        var partial = random.Next(2) == 0;
        var terms = new BidTerms(
            count,
            HourWindow.Starting(HourSlot.Containing(world.Now) + 1 + random.Next(8), 1 + random.Next(5)),
            UnitPrice.OfMicros(1_500_000 + random.Next(30) * 50_000, Currency.Usd),
            random.Next(4) == 0 ? TimeInForce.ImmediateOrCancel : TimeInForce.GoodTillCancelled,
            null,
            partial ? FillRule.Partial : FillRule.AllOrNone,
            partial ? 1 : count,
            random.Next(3) == 0 ? Placement.SameMachine : Placement.Any,
            BidRequirements.None);
        return deeds.BidAsync(buyers[random.Next(buyers.Count)], terms);
    }

    private async Task CancelAsync()
    {
        if (SomeTrade() is { } trade) await world.Get<CancelBid>().ExecuteAsync(trade.Buyer, trade.BidId, default);
    }

    private async Task TerminateAsync()
    {
        if (SomeTrade() is { } trade) await world.Get<TerminateLease>().ExecuteAsync(trade.Buyer, trade.LeaseId, default);
    }

    private async Task FailAsync()
    {
        if (random.Next(3) > 0 || SomeTrade() is not { } trade) return;
        // If hours are resold, it is their machine, and mostly the lease that they are of.
        if (Resold() is [_, ..] resold)
        {
            trade = resold[random.Next(resold.Count)];
            if (random.Next(3) > 0) trade = world.Seen.Trades.Values.Single(t => t.LeaseId == trade.ResoldLease);
        }

        OrganisationId? caller = trade.ResoldLease is null ? trade.Provider : null;
        await world.Get<FailLease>().ExecuteAsync(caller, trade.LeaseId, "The fan stopped.", default);
    }

    // Somebody offers hours that are left to him, by preference of a lease of which he resold some, and mostly somebody wants some of them.
    private async Task ResellAsync()
    {
        var next = HourSlot.Containing(world.Now) + 1;
        var left = world.Seen.Trades.Values.Where(t => t.Window.To > next).ToList();
        if (left.Count == 0) return;
        var again = left.Where(t => world.Seen.Resales.Values.Any(r => r.LeaseId == t.LeaseId)).ToList();
        if (again.Count > 0 && random.Next(2) == 0) left = again;
        var trade = left[random.Next(left.Count)];
        var from = next > trade.Window.From ? next : trade.Window.From;
        var offered = Part(new HourWindow(from, trade.Window.To));
        var price = UnitPrice.OfMicros(1_500_000 + random.Next(10) * 50_000, Currency.Usd);
        await deeds.ResellAsync(trade.Buyer, trade.LeaseId, 1 + random.Next(trade.GpuCount), offered, price);
        if (random.Next(4) == 0) return;
        var limit = UnitPrice.OfMicros(2_000_000 + random.Next(20) * 50_000, Currency.Usd);
        var bid = new BidTerms(
            1 + random.Next(trade.GpuCount), Part(offered), limit, TimeInForce.GoodTillCancelled, null, FillRule.Partial, 1, Placement.Any, BidRequirements.None);
        await deeds.BidAsync(buyers[random.Next(buyers.Count)], bid);
    }

    private HourWindow Part(HourWindow of)
    {
        var first = of.From + random.Next(of.Hours);
        return new HourWindow(first, first + 1 + random.Next(of.To - first));
    }

    private async Task StopResaleAsync()
    {
        var offered = world.Seen.Resales.Values.Where(r => r.Window.End > world.Now).ToList();
        if (offered.Count == 0) return;
        var resale = offered[random.Next(offered.Count)];
        Assert.True((await world.Get<StopResale>().ExecuteAsync(resale.Seller, resale.LeaseId, default)).IsAccepted);
    }

    private async Task WithdrawAsync()
    {
        if (listings.Count == 0) return;
        var listing = listings[random.Next(listings.Count)];
        foreach (var provider in machines.Select(m => m.Provider).Distinct())
        {
            await world.Get<WithdrawListingHandler>().ExecuteAsync(new WithdrawListing(provider, listing), deeds.Key(), default);
        }
    }

    private List<TradeExecuted> Resold() => [.. world.Seen.Trades.Values.Where(t => t.ResoldLease is not null && t.Window.End > world.Now)];

    private TradeExecuted? SomeTrade() =>
        world.Seen.Trades.Count == 0 ? null : world.Seen.Trades.Values.ElementAt(random.Next(world.Seen.Trades.Count));

    private sealed class Meter(Instant readyAt)
    {
        // Readings are of whole seconds.
        public Instant At { get; set; } = Instant.FromUnixTimeSeconds(readyAt.ToUnixTimeSeconds() + 1);

        public long Sequence { get; set; }
    }
}
