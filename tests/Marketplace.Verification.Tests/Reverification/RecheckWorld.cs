using System.Text.Json;
using Marketplace.Contracts;
using Marketplace.Runtime;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Store;
using Marketplace.Testing.Simulation;
using Marketplace.Verification.Reverification;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Verification.Tests.Reverification;

/// <summary>Re-verification of one provider, with the sessions played by the test and an ear on what is told.</summary>
internal sealed class RecheckWorld : IAsyncDisposable
{
    public static readonly OrganisationId Provider = OrganisationId.From(Ulid.Create(1, 1));
    private static readonly BookKey Book = new(GpuModelId.Parse("nvidia-h200-sxm"), HubId.Parse("guizhou"));

    public RecheckWorld(int seed = 1, double disorderRate = 0, Action<RecheckOptions>? options = null) => Market = new SimulatedMarketplace(
        services =>
        {
            services.AddReverification().AddSingleton(this).AddSingleton<IMachineLeases>(Leases).AddSingleton<ICatalogue, OneClass>().Configure<RecheckOptions>(o => options?.Invoke(o));
            Hears<Contracts.RequestVerification>(services);
            Hears<MachineRechecked>(services);
            Hears<SuspendListing>(services);
            Hears<SettleRecheck>(services);
        },
        seed,
        disorderRate);

    public SimulatedMarketplace Market { get; }

    public FakeLeases Leases { get; } = new();

    public Instant Now => Market.Time.Now;

    private Dictionary<MessageId, object> Heard { get; } = [];

    public List<T> Of<T>() => [.. Heard.OrderBy(heard => heard.Key).Select(heard => heard.Value).OfType<T>()];

    public static MachineId Machine(int number) => MachineId.From(Ulid.Create(2, (UInt128)number));

    public static ListingId Listing(int number) => ListingId.From(Ulid.Create(3, (UInt128)number));

    /// <summary>Has a listing become active, proven now.</summary>
    public async Task ActivateAsync(int listing, int machine, int gpuCount = 1, Capacity? claim = null, int fromHour = 1, int hours = 4)
    {
        var window = HourWindow.Starting(HourSlot.Containing(Now) + fromHour, hours);
        var proven = claim ?? new Capacity(100, 0, 0, 0);
        await Market.SendAsync(new ListingActivated(
            Listing(listing), Provider, Machine(machine), "GZ", Book, gpuCount, window, PriceSchedule.Flat(UnitPrice.OfMicros(1, Currency.Usd)), 1, proven,
            CertificateId.From(Ulid.Create(Now.ToUnixTimeMilliseconds(), (UInt128)listing)), null, null, Now, proven, Now));
        await Market.RunAsync();
    }

    public async Task CloseAsync(int listing)
    {
        await Market.SendAsync(new ListingClosed(Listing(listing), Book, Now, Provider));
        await Market.RunAsync();
    }

    public async Task<RecheckWindow> OrderAsync()
    {
        var ordered = await Market.Get<OrderRecheck>().ExecuteAsync(Provider, Runtime.Work.IdempotencyKey.Of($"order-{Heard.Count}"), default);
        await Market.RunAsync();
        return ordered.Result.Value;
    }

    public async Task<IReadOnlyList<RecheckWindow>> WindowsAsync() => await Market.Get<RecheckReader>().ListAsync(Provider, null, 200, default);

    public async Task<RecheckWindow> LatestAsync() => (await WindowsAsync())[0];

    /// <summary>Tells how the sessions of the present window ended: rate over the claim, first and last second after the opening; null for no answer, and then until the window is closed.</summary>
    public async Task AnswerAsync(Func<int, (double Rate, double From, double To)?> answer, bool close = false)
    {
        var window = await LatestAsync();
        await Market.RunUntilAsync(window.OpensAt + Duration.FromSeconds(30));
        foreach (var (machine, index) in window.Machines.OrderBy(machine => machine.MachineId).Select((machine, index) => (machine, index)))
        {
            if (answer(index) is not { } told) continue;
            await Market.SendAsync(Answer(window, machine, told.Rate, told.From, told.To));
        }

        if (close) await Market.RunUntilAsync(window.ClosesAt + Duration.FromMinutes(1));
        await Market.RunAsync();
    }

    public RecheckAnswered Answer(RecheckWindow window, RecheckedMachine machine, double rate, double from, double to)
    {
        var proven = new Capacity((long)(machine.Claim.Int8Gops * rate), 0, machine.Claim.MemoryMB, 0);
        var passed = rate >= 0.85;
        var work = new ProvenWork(
            "int8", machine.Claim.Int8Gops * machine.GpuCount, proven.Int8Gops * machine.GpuCount, 0.85,
            window.OpensAt + Duration.FromSeconds(from), window.OpensAt + Duration.FromSeconds(to));
        return new RecheckAnswered(Provider, window.Id, machine.MachineId, machine.VerificationId, new RecheckAnswer(
            passed, passed ? null : VerificationFailure.BelowClaim, proven, passed ? CertificateId.From(Ulid.Create(9, (UInt128)Now.ToUnixTimeTicks())) : null, [work], Now));
    }

    public ValueTask DisposeAsync() => Market.DisposeAsync();

    private static void Hears<T>(IServiceCollection services)
        where T : class, IMessage => services.AddMessageHandler<T, Ear<T>>("test", m => JsonSerializer.Serialize(m, MarketplaceJson.Options)[..30]);

    internal sealed class FakeLeases : HashSet<MachineId>, IMachineLeases
    {
        public Task<bool> IsLeasedAsync(MachineId machine, CancellationToken cancellationToken) => Task.FromResult(Contains(machine));
    }

    private sealed class OneClass : ICatalogue
    {
        public IReadOnlyList<GpuModel> Models { get; } = [new GpuModel(Book.Model, "NVIDIA", "H200", "SXM", new Capacity(1_978_900, 989_400, 141_000, 4_800_000), 700, 0.85, ProvenOnCpu: false)];

        public IReadOnlyList<Hub> Hubs => [];

        public GpuModel? FindModel(GpuModelId id) => Models.SingleOrDefault(model => model.Id == id);

        public Hub? FindHub(HubId id) => null;
    }

    private sealed class Ear<T>(RecheckWorld world) : IMessageHandler<T>
        where T : IMessage
    {
        public Task HandleAsync(T message, MessageContext context, CancellationToken cancellationToken)
        {
            world.Heard[context.Id] = message;
            return Task.CompletedTask;
        }
    }
}
