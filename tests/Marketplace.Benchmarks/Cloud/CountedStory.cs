using System.Security.Cryptography;
using Marketplace.Billing;
using Marketplace.Billing.Payments;
using Marketplace.Billing.ReceiveWebhook;
using Marketplace.Billing.StartRun;
using Marketplace.Client;
using Marketplace.Contracts;
using Marketplace.Finance;
using Marketplace.Leasing;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.ReadLeases;
using Marketplace.Ledger;
using Marketplace.Metering;
using Marketplace.Registry;
using Marketplace.Registry.CreateListing;
using Marketplace.Registry.EnrolKey;
using Marketplace.Registry.IssueEnrolmentCode;
using Marketplace.Registry.RegisterMachine;
using Marketplace.Registry.RegisterOrganisation;
using Marketplace.Registry.SubmitListing;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Payments;
using Marketplace.Testing.Simulation;
using Marketplace.Trading;
using Marketplace.Trading.Book;
using Marketplace.Trading.PlaceBid;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Benchmarks.Cloud;

/// <summary>
/// The marketplace's story for some bids, played by the real modules on a store that counts: every bid buys one GPU for four hours, its
/// machine reports every five minutes, as the worker does, and all of it is charged, invoiced, paid and paid out. Deliveries are one message at a time or small
/// batches, as where little is going on; the same seed gives the same counts.
/// </summary>
internal sealed class CountedStory : IAsyncDisposable
{
    /// <summary>Bids, each of which becomes a lease.</summary>
    public const int Bids = 16;

    /// <summary>How long each lease is.</summary>
    public const int LeaseHours = 4;

    private const int Readings = LeaseHours * 12;
    private const int BuyerCount = 4;
    private static readonly GpuModelId Model = GpuModelId.Parse("nvidia-h100-sxm");
    private static readonly HubId Hub = HubId.Parse("guizhou");
    private static readonly Capacity Claim = new(1_000_000, 700_000, 80_000, 3_000_000);
    private static readonly UnitPrice Price = UnitPrice.OfMicros(2_100_000, Currency.Usd);
    private readonly StoreCounts counts = new();
    private readonly Dictionary<MachineId, (EnrolmentId Enrolment, ECDsa Key)> machines = [];
    private readonly SimulatedMarketplace market;
    private readonly Dictionary<LeaseId, string> lastBatches = [];
    private int keys;

    private CountedStory() => market = new SimulatedMarketplace(Compose, faults: counts.Count);

    /// <summary>What one bid takes, by parts of the story in their order.</summary>
    public static async Task<IReadOnlyList<StoryPart>> PlayAsync()
    {
        await using var story = new CountedStory();
        return await story.PlayPartsAsync();
    }

    public ValueTask DisposeAsync()
    {
        foreach (var (_, key) in machines.Values) key.Dispose();
        return market.DisposeAsync();
    }

    private async Task<IReadOnlyList<StoryPart>> PlayPartsAsync()
    {
        var window = HourWindow.Starting(HourSlot.Containing(market.Time.Now) + 1, LeaseHours);
        var provider = await RegisterAsync("provider", provides: true);
        var buyers = new List<OrganisationId>();
        for (var i = 0; i < BuyerCount; i++) buyers.Add(await RegisterAsync($"buyer {i}", provides: false));
        for (var i = 0; i < Bids / 8; i++) await ListAsync(provider, window);
        await market.RunUntilAsync(market.Time.Now + Duration.FromMinutes(1));
        counts.Clear();

        var parts = new List<StoryPart>();
        for (var i = 0; i < Bids; i++) await BidAsync(buyers[i % BuyerCount], window);
        await market.RunAsync();
        parts.Add(Part("bid, trade and lease", requests: 2));

        await market.RunUntilAsync(window.Start + Duration.FromMinutes(1));
        parts.Add(Part("proof of readiness and start", requests: 4));

        var leases = await market.Get<LeaseQueries>().ListAsync(provider, null, Bids, default);
        counts.Clear();
        var from = market.Time.Now;
        for (var sequence = 1; sequence <= Readings; sequence++)
        {
            var until = window.Start + (ReadingGrid.Length * sequence);
            await market.RunUntilAsync(until);
            foreach (var lease in leases) await ReportAsync(lease, sequence, from, until);
            from = until;
        }

        parts.Add(Part("readings", requests: Readings));

        await market.RunUntilAsync(market.Time.Now + Duration.FromHours(1));
        parts.Add(Part("usage, charge and ledger", requests: 0));

        await StartAsync(RunPurpose.Billing);
        await market.RunUntilAsync(market.Time.Now + Duration.FromMinutes(10));
        await TellOfPaymentsAsync();
        await StartAsync(RunPurpose.Payout);
        await market.RunUntilAsync(market.Time.Now + Duration.FromMinutes(10));
        parts.Add(Part("invoice, payment and payout", requests: 1));
        if (market.Messages.DeadLetters.Count > 0) throw new InvalidOperationException($"The story failed: {market.Messages.DeadLetters[0].Reason}");
        return parts;
    }

    private StoryPart Part(string name, int requests)
    {
        var part = StoryPart.Of(name, requests, counts, Bids);
        counts.Clear();
        return part;
    }

    private void Compose(IServiceCollection services)
    {
        services.AddRegistry().AddTrading().AddLeasing().AddMetering().AddLedger().AddBilling().AddFinance();
        services.AddMessageHandler<RequestVerification, ProofsAtOnce>(Queues.Verification, m => m.MachineId.ToString());
        services.AddSingleton<IOpenRechecks, NoRechecks>();
        services.AddSingleton<IPaymentWebhooks, PlainWebhooks>();
        services.AddSingleton<FakePaymentGateway>();
        services.AddSingleton<IPaymentGateway>(provider => provider.GetRequiredService<FakePaymentGateway>());
    }

    private async Task<OrganisationId> RegisterAsync(string name, bool provides) => Accept(await market.Get<RegisterOrganisationHandler>()
        .ExecuteAsync(new RegisterOrganisation(name, "finance@example.com", "CN", provides, !provides), Key(), default)).Id;

    private async Task ListAsync(OrganisationId provider, HourWindow window)
    {
        var machine = Accept(await market.Get<RegisterMachineHandler>().ExecuteAsync(
            new RegisterMachine(provider, "node", Hub, "Gui'an", Model, 8, 64, 512_000, 1.2m, 300), Key(), default));
        var code = await market.Get<IssueEnrolmentCodeHandler>().ExecuteAsync(new IssueEnrolmentCode(provider, machine.Id), Key(), default);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var enrolled = await market.Get<EnrolKeyHandler>().ExecuteAsync(new EnrolKey(code.Code!, key.ExportSubjectPublicKeyInfo()), default);
        machines.Add(machine.Id, (enrolled.Value.Enrolment.Id, key));
        var listing = Accept(await market.Get<CreateListingHandler>().ExecuteAsync(
            new CreateListing(provider, machine.Id, 8, window, Price, 1, Claim), Key(), default));
        Accept(await market.Get<SubmitListingHandler>().ExecuteAsync(new SubmitListing(provider, listing.Id), Key(), default));
    }

    private async Task BidAsync(OrganisationId buyer, HourWindow window)
    {
        var terms = new BidTerms(1, window, Price, TimeInForce.GoodTillCancelled, null, FillRule.AllOrNone, 1, Placement.Any, BidRequirements.None);
        Accept(await market.Get<PlaceBid>().ExecuteAsync(buyer, new PlaceBidCommand(new BookKey(Model, Hub), terms), Key(), default));
        await market.RunAsync();
    }

    private async Task ReportAsync(Lease lease, int sequence, Instant from, Instant until)
    {
        var (enrolment, key) = machines[lease.MachineId];
        var readings = new[] { new SignedReading(sequence, At(from), At(until), (long)(until - from).TotalSeconds * lease.GpuCount, "serving") };
        var head = lastBatches.GetValueOrDefault(lease.LeaseId, ReadingBatchFormat.NoBatch);
        var bytes = ReadingBatchFormat.ToBytes(lease.LeaseId, enrolment, head, readings);
        lastBatches[lease.LeaseId] = ReadingBatchFormat.Hash(bytes);
        Accept(await market.Get<SubmitReadings>().SubmitAsync(
            lease.MachineId, new SubmitReadingsCommand(lease.LeaseId, enrolment, head, readings, ReadingBatchFormat.Sign(bytes, key)), Key(), default));
    }

    private async Task StartAsync(RunPurpose purpose) => Accept(await market.Get<StartRunHandler>().StartAsync(purpose, null, Key(), default));

    private async Task TellOfPaymentsAsync()
    {
        foreach (var (buyer, invoice) in market.Services.GetRequiredService<FakePaymentGateway>().Paid.ToList())
        {
            await market.Get<ReceiveWebhookHandler>().HandleAsync($"{buyer} {invoice}", "signed", default);
        }

        await market.RunAsync();
    }

    private IdempotencyKey Key() => IdempotencyKey.Of($"story-{++keys}");

    private static string At(Instant instant) => InstantPattern.General.Format(instant);

    private static T Accept<T, TRefusal>(Attempt<T, TRefusal> attempt)
        where TRefusal : notnull => attempt.Result.Value;
}
