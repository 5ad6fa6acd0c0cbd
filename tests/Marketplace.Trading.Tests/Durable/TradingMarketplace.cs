using Marketplace.Contracts;
using Marketplace.Runtime.Messages;
using Marketplace.Runtime.Work;
using Marketplace.Testing.Simulation;
using Marketplace.Testing.Store;
using Marketplace.Trading.Book;
using Marketplace.Trading.PlaceBid;
using Marketplace.Trading.ReadBids;
using Marketplace.Trading.UpdateBid;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Trading.Tests.Durable;

/// <summary>Trading on a simulated runtime, with somebody who takes its trades and keeps the leases.</summary>
internal sealed class TradingMarketplace : IAsyncDisposable
{
    public TradingMarketplace(
        int seed = 1, double disorderRate = 0, Func<StoreCall, StoreFault>? faults = null, int eventsPerSnapshot = 1000, Action<TradingOptions>? options = null)
    {
        Simulated = new SimulatedMarketplace(
            services => services.AddTrading()
                .Configure<TradingOptions>(o => o.EventsPerSnapshot = eventsPerSnapshot)
                .Configure(options ?? (_ => { }))
                .AddSingleton<ICatalogue, OneBook>()
                .AddSingleton(Trades)
                .AddSingleton(Closings)
                .AddMessageHandler<TradeExecuted, LeaseKeeper>(Queues.Leases, m => m.LeaseId.ToString())
                .AddMessageHandler<ResaleClosed, LeaseKeeper>(Queues.Leases, m => m.LeaseId.ToString()),
            seed,
            disorderRate,
            faults);
    }

    public SimulatedMarketplace Simulated { get; }

    public Dictionary<MessageId, TradeExecuted> Trades { get; } = [];

    public Dictionary<MessageId, ResaleClosed> Closings { get; } = [];

    public static ListingActivated Activated(AskTerms ask) => new(
        ask.ListingId, ask.Provider, ask.MachineId, "GZ-1", Given.Book, ask.GpuCount, ask.Window, ask.Price, ask.MinimumHours, ask.Proven,
        CertificateId.From(Ulid.Create(0, 1)), ask.Pue, ask.GridCarbonGramsPerKWh, Given.Monday);

    public async Task<Bid> PlaceAsync(BidTerms terms, string key, int buyer = 9)
    {
        var attempt = await Simulated.Get<PlaceBid.PlaceBid>()
            .ExecuteAsync(Given.Org(buyer), new PlaceBidCommand(Given.Book, terms), IdempotencyKey.Of(key), CancellationToken.None);
        return attempt.Result.Value;
    }

    public async Task<BidWithTrades> ReadAsync(Bid bid) =>
        (await Simulated.Get<BidQueries>().FindAsync(bid.Buyer, bid.BidId, CancellationToken.None))!;

    public ValueTask DisposeAsync() => Simulated.DisposeAsync();

    private sealed class LeaseKeeper(Dictionary<MessageId, TradeExecuted> trades, Dictionary<MessageId, ResaleClosed> closings)
        : IMessageHandler<TradeExecuted>, IMessageHandler<ResaleClosed>
    {
        public Task HandleAsync(ResaleClosed message, MessageContext context, CancellationToken cancellationToken)
        {
            closings[context.Id] = message;
            return Task.CompletedTask;
        }

        public Task HandleAsync(TradeExecuted message, MessageContext context, CancellationToken cancellationToken)
        {
            trades[context.Id] = message;
            return Task.CompletedTask;
        }
    }

    internal sealed class OneBook : ICatalogue
    {
        public static GpuModelId Cpu { get; } = GpuModelId.Parse("cpu-x86-64");

        public IReadOnlyList<GpuModel> Models { get; } =
        [
            new GpuModel(Given.Book.Model, "NVIDIA", "H200 SXM", "SXM", new Capacity(1_979_000, 1_100_000, 141_000, 4_800_000), 700, 0.85, ProvenOnCpu: false),
            new GpuModel(Cpu, "x86", "CPU", "CPU", new Capacity(0, 0, 0, 0), 0, 0.85, ProvenOnCpu: true),
        ];

        public IReadOnlyList<Hub> Hubs { get; } = [new Hub(Given.Book.Hub, "GZ", "贵州", "Guizhou", [])];

        public GpuModel? FindModel(GpuModelId id) => Models.SingleOrDefault(m => m.Id == id);

        public Hub? FindHub(HubId id) => Hubs.SingleOrDefault(h => h.Id == id);
    }
}
