using System.Security.Cryptography;
using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Testing.Simulation;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using Marketplace.Verification.StartVerification;
using Marketplace.Verification.SubmitOpenings;
using Marketplace.Verification.SubmitRoots;
using Marketplace.Verification.Tests.Protocol;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Verification.Tests.Sessions;

/// <summary>The module on a simulated marketplace, a machine with an honest prover, and a listener that keeps what was reported.</summary>
internal sealed class VerificationScene : IAsyncDisposable
{
    public static readonly ReportedFacts Facts = new("test", 2, 1000, "linux", "portable", "1");
    public static readonly OrganisationId Provider = Id<OrganisationKind>.From(Ulid.Create(1, 1));
    public static readonly OrganisationId Other = Id<OrganisationKind>.From(Ulid.Create(1, 2));
    public static readonly MachineId Machine = Id<MachineKind>.From(Ulid.Create(1, 3));
    public static readonly MachineId OtherMachine = Id<MachineKind>.From(Ulid.Create(1, 4));
    public static readonly VerificationId Id = Id<VerificationKind>.From(Ulid.Create(1, 5));
    public static readonly GpuModelId Cpu = GpuModelId.Parse("cpu-x86-64");
    public static readonly GpuModelId Gpu = GpuModelId.Parse("nvidia-h200-sxm");

    private readonly HashSet<MessageId> heard = [];

    public VerificationScene(int seed = 1, double disorderRate = 0, Func<Testing.Store.StoreCall, Testing.Store.StoreFault>? faults = null) =>
        Market = new SimulatedMarketplace(
            services =>
            {
                services.AddVerification();
                services.AddSingleton<ICertificateSigner>(Signer);
                services.AddSingleton<ICatalogue, Catalogue>();
                services.AddSingleton<IMachineLeases, NoLeases>();
                services.AddSingleton(this);
                services.AddMessageHandler<VerificationCompleted, Listener>(Queues.Registry, m => m.Provider.ToString());
            },
            seed,
            disorderRate,
            faults);

    public TestSigner Signer { get; } = new();

    public SimulatedMarketplace Market { get; }

    public List<VerificationCompleted> Reported { get; } = [];

    public VerificationReader Reader => Market.Get<VerificationReader>();

    /// <summary>A claim of 1 Gop/s: 60 rounds of 256 are far less than the planned 2 s here; time is virtual anyway.</summary>
    public async Task RequestAsync(
        long int8Gops = 1, VerificationPurpose purpose = VerificationPurpose.Readiness, GpuModelId? model = null, int count = 1, Capacity? claim = null)
    {
        await Market.SendAsync(new Contracts.RequestVerification(
            Id, purpose, "lst_x", Provider, Machine, model ?? Cpu, count, claim ?? new Capacity(int8Gops, 0, 0, 0), Market.Time.Now + Duration.FromHours(24)));
        await Market.RunAsync();
    }

    public Task<Result<StartedVerification, StartVerificationRefusal>> StartAsync(int attempt = 1, MachineId? machine = null, int part = 0) =>
        Market.Get<StartVerificationHandler>().HandleAsync(new StartVerification.StartVerification(machine ?? Machine, Id, part, attempt), default);

    public Task<Result<ChallengedVerification, SubmitRootsRefusal>> SubmitRootsAsync(byte[] roots, int attempt = 1, MachineId? machine = null, int part = 0) =>
        Market.Get<SubmitRootsHandler>().HandleAsync(new SubmitRoots.SubmitRoots(machine ?? Machine, Id, part, attempt, roots, Facts), default);

    public Task<Result<VerificationSession, SubmitOpeningsRefusal>> SubmitOpeningsAsync(byte[] openings, MachineId? machine = null, int part = 0) =>
        Market.Get<SubmitOpeningsHandler>().HandleAsync(new SubmitOpenings.SubmitOpenings(machine ?? Machine, Id, part, openings), default);

    /// <summary>Does a part by an honest prover, taking a given time between seeds and roots.</summary>
    public async Task<VerificationSession> ProveAsync(double seconds, int part = 0, int attempt = 1)
    {
        var started = (await StartAsync(attempt, part: part)).Value;
        var prover = new HonestProver(started.Parameters, started.Seeds);
        Market.Time.Advance(Duration.FromSeconds(seconds));
        var units = (await SubmitRootsAsync(prover.Roots, attempt, part: part)).Value.Units;
        var session = (await SubmitOpeningsAsync(prover.Open(units), part: part)).Value;
        await Market.RunAsync();
        return session;
    }

    public Task<VerificationSession?> SessionAsync() => Reader.FindAsync(Machine, Id, default);

    public ValueTask DisposeAsync()
    {
        Signer.Dispose();
        return Market.DisposeAsync();
    }

    internal sealed class TestSigner : ICertificateSigner, IDisposable
    {
        public ECDsa Key { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        public string KeyId => "test-key";

        public ReadOnlyMemory<byte> PublicKey => Key.ExportSubjectPublicKeyInfo();

        public byte[] Sign(ReadOnlySpan<byte> data) => Key.SignData(data, HashAlgorithmName.SHA256);

        public void Dispose() => Key.Dispose();
    }

    private sealed class Listener(VerificationScene scene) : IMessageHandler<VerificationCompleted>
    {
        public Task HandleAsync(VerificationCompleted message, MessageContext context, CancellationToken cancellationToken)
        {
            // A repeated delivery is no second report; a second message would be.
            if (scene.heard.Add(context.Id)) scene.Reported.Add(message);
            return Task.CompletedTask;
        }
    }

    private sealed class NoLeases : IMachineLeases
    {
        public Task<bool> IsLeasedAsync(MachineId machine, CancellationToken cancellationToken) => Task.FromResult(false);
    }

    private sealed class Catalogue : ICatalogue
    {
        public IReadOnlyList<GpuModel> Models { get; } =
        [
            new GpuModel(Cpu, "any", "CPU", "CPU", new Capacity(0, 0, 0, 0), 0, 0.85, ProvenOnCpu: true),
            new GpuModel(Gpu, "NVIDIA", "H200", "SXM", new Capacity(1_978_900, 989_400, 141_000, 4_800_000), 700, 0.85, ProvenOnCpu: false),
        ];

        public IReadOnlyList<Hub> Hubs => [];

        public GpuModel? FindModel(GpuModelId id) => Models.SingleOrDefault(model => model.Id == id);

        public Hub? FindHub(HubId id) => null;
    }
}
