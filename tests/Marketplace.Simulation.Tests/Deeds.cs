using System.Security.Cryptography;
using Marketplace.Billing.ReceiveWebhook;
using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.ResellHours;
using Marketplace.Metering;
using Marketplace.Registry.CreateListing;
using Marketplace.Registry.EnrolKey;
using Marketplace.Registry.IssueEnrolmentCode;
using Marketplace.Registry.RegisterMachine;
using Marketplace.Registry.RegisterOrganisation;
using Marketplace.Registry.SubmitListing;
using Marketplace.Runtime.Work;
using Marketplace.Simulation.Tests.Doubles;
using Marketplace.Trading.Book;
using Marketplace.Trading.PlaceBid;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Simulation.Tests;

/// <summary>A machine whose key is enrolled.</summary>
public sealed record SimulatedMachine(MachineId Id, OrganisationId Provider, EnrolmentId Enrolment, ECDsa Key);

/// <summary>What people and machines can do, each under a new idempotency key.</summary>
public sealed class Deeds(IMarketWorld world)
{
    private static readonly GpuModelId Model = GpuModelId.Parse("nvidia-h100-sxm");
    private static readonly Capacity Claim = new(1_000_000, 700_000, 80_000, 3_000_000);
    private readonly Dictionary<LeaseId, string> lastBatches = [];
    private int keys;

    public async Task<OrganisationId> RegisterAsync(string name, bool provides, bool buys) => Accept(await world.Get<RegisterOrganisationHandler>()
        .ExecuteAsync(new RegisterOrganisation(name, "finance@example.com", "CN", provides, buys), Key(), default)).Id;

    /// <summary>Registers a machine with eight GPUs and enrols its key.</summary>
    public async Task<SimulatedMachine> EnrolAsync(OrganisationId provider)
    {
        var machine = Accept(await world.Get<RegisterMachineHandler>().ExecuteAsync(
            new RegisterMachine(provider, "node", HubId.Parse("guizhou"), "Gui'an", Model, 8, 64, 512_000, 1.2m, 300), Key(), default));
        return await EnrolAsync(provider, machine.Id);
    }

    /// <summary>Enrols another key of a machine.</summary>
    public Task<SimulatedMachine> EnrolAgainAsync(SimulatedMachine machine) => EnrolAsync(machine.Provider, machine.Id);

    private async Task<SimulatedMachine> EnrolAsync(OrganisationId provider, MachineId machine)
    {
        var code = await world.Get<IssueEnrolmentCodeHandler>().ExecuteAsync(new IssueEnrolmentCode(provider, machine), Key(), default);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var enrolled = await world.Get<EnrolKeyHandler>().ExecuteAsync(new EnrolKey(code.Code!, key.ExportSubjectPublicKeyInfo()), default);
        return new SimulatedMachine(machine, provider, enrolled.Value.Enrolment.Id, key);
    }

    /// <summary>Offers hours of a machine; null if they are taken.</summary>
    public async Task<ListingId?> ListAsync(SimulatedMachine machine, int gpuCount, HourWindow window, PriceSchedule price)
    {
        var created = await world.Get<CreateListingHandler>().ExecuteAsync(
            new CreateListing(machine.Provider, machine.Id, gpuCount, window, price, 1, Claim), Key(), default);
        if (!created.Result.TryGet(out var listing, out _)) return null;
        Accept(await world.Get<SubmitListingHandler>().ExecuteAsync(new SubmitListing(machine.Provider, listing.Id), Key(), default));
        return listing.Id;
    }

    public async Task BidAsync(OrganisationId buyer, BidTerms terms) => await world.Get<PlaceBid>().ExecuteAsync(
        buyer, new PlaceBidCommand(new BookKey(Model, HubId.Parse("guizhou")), terms), Key(), default);

    public async Task<Result<Lease, ResellHoursRefusal>> ResellAsync(OrganisationId buyer, LeaseId lease, int gpuCount, HourWindow window, PriceSchedule price) =>
        (await world.Get<ResellHours>().ExecuteAsync(buyer, lease, new ResellHoursCommand(gpuCount, window, price), Key(), default)).Result;

    /// <summary>Signs readings and sends them, more than once where the answer seems lost. What is refused is left out.</summary>
    public async Task ReportAsync(SimulatedMachine machine, LeaseId lease, IReadOnlyList<SignedReading> readings, int times = 1)
    {
        var head = lastBatches.GetValueOrDefault(lease, ReadingBatchFormat.NoBatch);
        var bytes = ReadingBatchFormat.ToBytes(lease, machine.Enrolment, head, readings);
        var command = new SubmitReadingsCommand(lease, machine.Enrolment, head, readings, ReadingBatchFormat.Sign(bytes, machine.Key));
        for (var i = 0; i < times; i++)
        {
            var attempt = await world.Get<SubmitReadings>().SubmitAsync(machine.Id, command, Key(), default);
            if (attempt.Result.IsAccepted) lastBatches[lease] = ReadingBatchFormat.Hash(bytes);
        }
    }

    /// <summary>A reading of some whole seconds in which all leased GPUs served.</summary>
    public static SignedReading Reading(long sequence, Instant from, Instant to, int gpuCount) => new(
        sequence, InstantPattern.General.Format(from), InstantPattern.General.Format(to), (long)(to - from).TotalSeconds * gpuCount, "serving");

    /// <summary>Tells, once, that an invoice was paid.</summary>
    public async Task DeliverWebhookAsync(OrganisationId buyer, InvoiceId invoice) => Assert.True(
        (await world.Get<ReceiveWebhookHandler>().HandleAsync(SimulatedWebhooks.BodyOf(buyer, invoice), "signed", default)).IsAccepted);

    public async Task StartAsync(RunPurpose purpose) => Accept(await world.Get<StartRunHandler>().StartAsync(purpose, null, Key(), default));

    public IdempotencyKey Key() => IdempotencyKey.Of($"people-{++keys}");

    private static T Accept<T, TRefusal>(Attempt<T, TRefusal> attempt)
        where TRefusal : notnull => attempt.Result.Value;
}
