using System.Security.Cryptography;
using Marketplace.Contracts;
using Marketplace.Registry.CreateListing;
using Marketplace.Registry.EnrolKey;
using Marketplace.Registry.IssueEnrolmentCode;
using Marketplace.Registry.Listings;
using Marketplace.Registry.Machines;
using Marketplace.Registry.Organisations;
using Marketplace.Registry.RegisterMachine;
using Marketplace.Registry.RegisterOrganisation;
using Marketplace.Registry.SubmitListing;
using Marketplace.Registry.WithdrawListing;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Simulation;
using Marketplace.Testing.Store;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Registry.Tests.Scenario;

/// <summary>The registry alone, with what it sends caught, and short ways to do what a test is not about.</summary>
internal sealed class RegistryScenario : IAsyncDisposable
{
    public static readonly Capacity Claim = new(250, 0, 0, 0);
    public static readonly UnitPrice Price = UnitPrice.OfMicros(2_100_000, Currency.Usd);
    private int keys;

    public RegistryScenario(int seed = 1, double disorderRate = 0, Func<StoreCall, StoreFault>? faults = null)
    {
        Market = new SimulatedMarketplace(
            services => services.AddRegistry().AddSingleton(Sent).AddSingleton<IPriceBands>(Prices)
                .AddMessageHandler<RequestVerification, Catcher<RequestVerification>>("caught", m => m.Provider.ToString())
                .AddMessageHandler<ListingActivated, Catcher<ListingActivated>>("caught", m => m.Provider.ToString())
                .AddMessageHandler<ListingClosed, Catcher<ListingClosed>>("caught", m => m.Book.ToString())
                .AddMessageHandler<OrganisationRegistered, Catcher<OrganisationRegistered>>("caught", m => m.OrganisationId.ToString()),
            seed, disorderRate, faults);
    }

    public SimulatedMarketplace Market { get; }

    public Sent Sent { get; } = new();

    public FixedPriceBand Prices { get; } = new();

    public HourSlot ThisHour => HourSlot.Containing(Market.Time.Now);

    public IdempotencyKey NewKey() => IdempotencyKey.Of($"key-{++keys}");

    public T Get<T>()
        where T : notnull => Market.Get<T>();

    public async Task<Organisation> OrganisationAsync(bool provides = true, bool buys = false) =>
        (await Get<RegisterOrganisationHandler>().ExecuteAsync(
            new RegisterOrganisation.RegisterOrganisation("Cloud Ridge", "billing@cloudridge.example", "CN", provides, buys), NewKey(), default)).Result.Value;

    public static RegisterMachine.RegisterMachine MachineOf(OrganisationId provider, string model = "cpu-x86-64", int gpuCount = 1) => new(
        provider, "rack 1", HubId.Parse("guizhou"), "Gui'an", GpuModelId.Parse(model), gpuCount, 8, 32_000, 1.21m, 480);

    public async Task<Machine> MachineAsync(OrganisationId provider, string model = "cpu-x86-64", int gpuCount = 1) =>
        (await Get<RegisterMachineHandler>().ExecuteAsync(MachineOf(provider, model, gpuCount), NewKey(), default)).Result.Value;

    public async Task<EnrolledKey> KeyAsync(Machine machine)
    {
        var issued = await Get<IssueEnrolmentCodeHandler>().ExecuteAsync(
            new IssueEnrolmentCode.IssueEnrolmentCode(machine.Provider, machine.Id), NewKey(), default);
        return (await Get<EnrolKeyHandler>().ExecuteAsync(new EnrolKey.EnrolKey(issued.Code!, NewPublicKey()), default)).Value;
    }

    public static byte[] NewPublicKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportSubjectPublicKeyInfo();
    }

    public CreateListing.CreateListing ListingOf(Machine machine, int fromHours = 1, int hours = 4, int gpuCount = 1, Capacity? claim = null) => new(
        machine.Provider, machine.Id, gpuCount, HourWindow.Starting(ThisHour + fromHours, hours), Price, 1, claim ?? Claim);

    public Task<Attempt<Listing, CreateListingRefusal>> CreateAsync(CreateListing.CreateListing command) =>
        Get<CreateListingHandler>().ExecuteAsync(command, NewKey(), default);

    public async Task<Listing> DraftAsync(Machine machine, int fromHours = 1, int hours = 4, int gpuCount = 1, Capacity? claim = null) =>
        (await CreateAsync(ListingOf(machine, fromHours, hours, gpuCount, claim))).Result.Value;

    public async Task<Result<Listing, SubmitListingRefusal>> SubmitAsync(Listing listing) =>
        (await Get<SubmitListingHandler>().ExecuteAsync(new SubmitListing.SubmitListing(listing.Provider, listing.Id), NewKey(), default)).Result;

    public async Task<Result<Listing, WithdrawListingRefusal>> WithdrawAsync(Listing listing) =>
        (await Get<WithdrawListingHandler>().ExecuteAsync(new WithdrawListing.WithdrawListing(listing.Provider, listing.Id), NewKey(), default)).Result;

    /// <summary>A verdict on the proof that a pending listing waits for.</summary>
    public async Task VerdictAsync(Listing pending, bool passed, Capacity? proven = null)
    {
        await Market.SendAsync(new VerificationCompleted(
            pending.VerificationId!.Value,
            VerificationPurpose.Listing,
            pending.Id.ToString(),
            pending.Provider,
            pending.MachineId,
            passed,
            passed ? null : VerificationFailure.BelowClaim,
            pending.Claim,
            proven ?? pending.Claim,
            passed ? Get<Runtime.Time.IIdSource>().Next<CertificateKind>() : null,
            Market.Time.Now));
        await Market.RunAsync();
    }

    public async Task<Listing> ActiveAsync(Machine machine, int fromHours = 1, int hours = 4, int gpuCount = 1, Capacity? claim = null)
    {
        var draft = await DraftAsync(machine, fromHours, hours, gpuCount, claim);
        var pending = (await SubmitAsync(draft)).Value;
        await VerdictAsync(pending, passed: true);
        return await ReadAsync(draft);
    }

    public async Task<Listing> ReadAsync(Listing listing) =>
        (await Get<ListingReader>().FindAsync(listing.Provider, listing.Id, default))!;

    public ValueTask DisposeAsync() => Market.DisposeAsync();
}

/// <summary>What the registry told other modules, in the order of delivery.</summary>
internal sealed class Sent
{
    private readonly HashSet<MessageId> seen = [];

    public List<object> Messages { get; } = [];

    public IEnumerable<T> Of<T>() => Messages.OfType<T>();

    public void Add(object message, MessageId id)
    {
        if (seen.Add(id)) Messages.Add(message);
    }
}

internal sealed class Catcher<TMessage>(Sent sent) : IMessageHandler<TMessage>
    where TMessage : IMessage
{
    public Task HandleAsync(TMessage message, MessageContext context, CancellationToken cancellationToken)
    {
        sent.Add(message, context.Id);
        return Task.CompletedTask;
    }
}
