using System.Security.Cryptography;
using Marketplace.Billing.ReceiveWebhook;
using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Marketplace.Finance;
using Marketplace.Leasing.FailLease;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.TerminateLease;
using Marketplace.Metering;
using Marketplace.Registry.CreateListing;
using Marketplace.Registry.EnrolKey;
using Marketplace.Registry.IssueEnrolmentCode;
using Marketplace.Registry.RegisterMachine;
using Marketplace.Registry.RegisterOrganisation;
using Marketplace.Registry.SubmitListing;
using Marketplace.Registry.WithdrawListing;
using Marketplace.Runtime.Work;
using Marketplace.Simulation.Tests.Doubles;
using Marketplace.Trading.Book;
using Marketplace.Trading.CancelBid;
using Marketplace.Trading.PlaceBid;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Simulation.Tests;

/// <summary>Providers, buyers, machines and finance, acting at random but by the rules, so that what they do is accepted.</summary>
public sealed class SimulatedPeople(SimulatedWorld world, int seed)
{
    private static readonly GpuModelId Model = GpuModelId.Parse("nvidia-h100-sxm");
    private static readonly Capacity Claim = new(1_000_000, 700_000, 80_000, 3_000_000);
    private readonly Random random = new(seed);
    private readonly List<Machine> machines = [];
    private readonly List<OrganisationId> buyers = [];
    private readonly List<ListingId> listings = [];
    private readonly Dictionary<LeaseId, Meter> meters = [];
    private int keys;

    /// <summary>Two providers with two machines each, three buyers, one of them a provider too.</summary>
    public async Task SettleAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            var provider = await RegisterAsync($"Provider {i}", provides: true, buys: i == 0);
            if (i == 0) buyers.Add(provider);
            for (var j = 0; j < 2; j++) machines.Add(await EnrolAsync(provider));
        }

        for (var i = 0; i < 2; i++) buyers.Add(await RegisterAsync($"Buyer {i}", provides: false, buys: true));
    }

    /// <summary>Somebody does something.</summary>
    public Task ActAsync() => random.Next(12) switch
    {
        0 or 1 or 2 => ListAsync(),
        3 or 4 or 5 or 6 or 7 => BidAsync(),
        8 => CancelAsync(),
        9 => TerminateAsync(),
        10 => FailAsync(),
        _ => WithdrawAsync(),
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
                if (random.Next(10) > 0) readings.Add(new SignedReading(++meter.Sequence, Text(from), Text(to), 600L * lease.GpuCount, "serving"));
            }

            if (readings.Count == 0) continue;
            random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(readings));
            if (random.Next(3) == 0) readings.Add(readings[0]);
            await SendAsync(machines.Single(m => m.Id == lease.MachineId), lease.LeaseId, meter, readings);
        }
    }

    /// <summary>The payment service reports what was paid, now and then twice; some reports never come.</summary>
    public async Task DeliverWebhooksAsync()
    {
        var receive = world.Market.Get<ReceiveWebhookHandler>();
        while (world.Payments.Webhooks.TryDequeue(out var paid))
        {
            if (random.Next(5) == 0) continue;
            for (var i = random.Next(2); i >= 0; i--)
            {
                Assert.True((await receive.HandleAsync(SimulatedWebhooks.BodyOf(paid.Buyer, paid.InvoiceId), "signed", default)).IsAccepted);
            }
        }
    }

    /// <summary>Finance invoices and pays out what can be.</summary>
    public async Task SettleAccountsAsync()
    {
        var run = world.Market.Get<StartRunHandler>();
        Accept(await run.StartAsync(RunPurpose.Billing, Key(), default));
        await world.PassAsync(Duration.FromHours(3));
        await DeliverWebhooksAsync();
        await world.PassAsync(Duration.FromDays(4));
        Accept(await run.StartAsync(RunPurpose.Payout, Key(), default));
        await world.PassAsync(Duration.FromHours(3));
    }

    private async Task<OrganisationId> RegisterAsync(string name, bool provides, bool buys) => Accept(await world.Market.Get<RegisterOrganisationHandler>()
        .ExecuteAsync(new RegisterOrganisation(name, "finance@example.com", "CN", provides, buys), Key(), default)).Id;

    private async Task<Machine> EnrolAsync(OrganisationId provider)
    {
        var machine = Accept(await world.Market.Get<RegisterMachineHandler>().ExecuteAsync(
            new RegisterMachine(provider, "node", HubId.Parse("guizhou"), "Gui'an", Model, 8, 64, 512_000, 1.2m, 300), Key(), default));
        var code = await world.Market.Get<IssueEnrolmentCodeHandler>().ExecuteAsync(new IssueEnrolmentCode(provider, machine.Id), Key(), default);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var enrolled = await world.Market.Get<EnrolKeyHandler>().ExecuteAsync(new EnrolKey(code.Code!, key.ExportSubjectPublicKeyInfo()), default);
        return new Machine(machine.Id, provider, enrolled.Value.Enrolment.Id, key);
    }

    private async Task ListAsync()
    {
        var machine = machines[random.Next(machines.Count)];
        var window = HourWindow.Starting(HourSlot.Containing(world.Now) + 1 + random.Next(6), 2 + random.Next(10));
        var price = UnitPrice.OfMicros(1_500_000 + random.Next(20) * 50_000, Currency.Usd);
        var created = await world.Market.Get<CreateListingHandler>().ExecuteAsync(
            new CreateListing(machine.Provider, machine.Id, 1 + random.Next(8), window, price, 1, Claim), Key(), default);
        if (!created.Result.TryGet(out var listing, out _)) return;
        listings.Add(listing.Id);
        Accept(await world.Market.Get<SubmitListingHandler>().ExecuteAsync(new SubmitListing(machine.Provider, listing.Id), Key(), default));
    }

    private async Task BidAsync()
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
        await world.Market.Get<PlaceBid>().ExecuteAsync(
            buyers[random.Next(buyers.Count)], new PlaceBidCommand(new BookKey(Model, HubId.Parse("guizhou")), terms), Key(), default);
    }

    private async Task CancelAsync()
    {
        if (world.Seen.Trades.Count == 0) return;
        var trade = world.Seen.Trades.Values.ElementAt(random.Next(world.Seen.Trades.Count));
        await world.Market.Get<CancelBid>().ExecuteAsync(trade.Buyer, trade.BidId, default);
    }

    private async Task TerminateAsync()
    {
        if (world.Seen.Trades.Count == 0) return;
        var trade = world.Seen.Trades.Values.ElementAt(random.Next(world.Seen.Trades.Count));
        await world.Market.Get<TerminateLease>().ExecuteAsync(trade.Buyer, trade.LeaseId, default);
    }

    private async Task FailAsync()
    {
        if (world.Seen.Trades.Count == 0 || random.Next(3) > 0) return;
        var trade = world.Seen.Trades.Values.ElementAt(random.Next(world.Seen.Trades.Count));
        await world.Market.Get<FailLease>().ExecuteAsync(trade.Provider, trade.LeaseId, "The fan stopped.", default);
    }

    private async Task WithdrawAsync()
    {
        if (listings.Count == 0) return;
        var listing = listings[random.Next(listings.Count)];
        foreach (var provider in machines.Select(m => m.Provider).Distinct())
        {
            await world.Market.Get<WithdrawListingHandler>().ExecuteAsync(new WithdrawListing(provider, listing), Key(), default);
        }
    }

    private async Task SendAsync(Machine machine, LeaseId lease, Meter meter, List<SignedReading> readings)
    {
        var bytes = ReadingBatchFormat.ToBytes(lease, machine.Enrolment, meter.Head, readings);
        var command = new SubmitReadingsCommand(lease, machine.Enrolment, meter.Head, readings, ReadingBatchFormat.Sign(bytes, machine.Key));
        for (var i = random.Next(2); i >= 0; i--)
        {
            var attempt = await world.Market.Get<SubmitReadings>().SubmitAsync(machine.Id, command, Key(), default);
            if (!attempt.Result.IsAccepted) return;
        }

        meter.Head = ReadingBatchFormat.Hash(bytes);
    }

    private IdempotencyKey Key() => IdempotencyKey.Of($"people-{++keys}");

    private static string Text(Instant instant) => InstantPattern.General.Format(instant);

    private static T Accept<T, TRefusal>(Attempt<T, TRefusal> attempt)
        where TRefusal : notnull => attempt.Result.Value;

    private sealed record Machine(MachineId Id, OrganisationId Provider, EnrolmentId Enrolment, ECDsa Key);

    private sealed class Meter(Instant readyAt)
    {
        // Readings are of whole seconds.
        public Instant At { get; set; } = Instant.FromUnixTimeSeconds(readyAt.ToUnixTimeSeconds() + 1);

        public long Sequence { get; set; }

        public string Head { get; set; } = ReadingBatchFormat.NoBatch;
    }
}
