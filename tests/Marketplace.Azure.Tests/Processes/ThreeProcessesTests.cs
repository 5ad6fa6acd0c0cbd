using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Marketplace.Azure.Tests.Story;
using Marketplace.Contracts;
using Marketplace.Leasing.ReadLeases;
using Marketplace.Leasing.TerminateLease;
using Marketplace.Ledger;
using Marketplace.Runtime.Dispatch;
using Marketplace.ServiceBus.Bus;
using Marketplace.ServiceBus.Publish;
using Marketplace.ServiceBus.Receive;
using Marketplace.Simulation.Tests;
using Marketplace.Simulation.Tests.Audit;
using Marketplace.Testing.Azurite;
using Marketplace.Testing.Bus;
using Marketplace.Trading.Book;
using Marketplace.Trading.CancelBid;
using Marketplace.Trading.ReadBids;
using Marketplace.Trading.UpdateBid;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Marketplace.Azure.Tests.Processes;

/// <summary>
/// Three instances in three processes on one storage account. Commits are held up for longer than a session's lock lasts, so that
/// sessions move while somebody still believes to have them. What holds is the ETag, not the lock.
/// MARKETPLACE_PROCESSES_ACTS plays a longer one.
/// </summary>
public sealed class ThreeProcessesTests
{
    private const int LockMilliseconds = 1000;
    private static readonly UnitPrice Price = UnitPrice.OfMicros(2_000_000, Currency.Usd);

    [Fact]
    public async Task Nothing_is_lost_doubled_or_oversold_when_sessions_move_and_stale_holders_wake_up_late()
    {
        var acts = Environment.GetEnvironmentVariable("MARKETPLACE_PROCESSES_ACTS") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 24;
        using var azurite = await AzuriteServer.StartAsync();
        var tables = azurite.ConnectionString;
        var settings = new InstanceSettings(0, tables, "", StallRate: 0.03, StallMilliseconds: LockMilliseconds * 3 / 2);
        var bus = new SimulatedBus(TimeProvider.System) { LockDuration = Duration.FromMilliseconds(LockMilliseconds) };
        await using var broker = await Broker.StartAsync(bus);
        await using var here = new World(Instance.Compose(StandIns.OpenTables(tables), bus, new Witness()), bus);
        var instances = Enumerable.Range(1, 3).Select(number => Start(settings with { Number = number, Broker = broker.Address })).ToList();
        try
        {
            var placed = await PlayAsync(here, acts);
            await here.SettleAsync();
            broker.End();
            var reports = await Task.WhenAll(instances.Select(ReportAsync));
            var total = reports.Aggregate((a, b) => a + b);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{placed.Count} bids, {here.Seen.Trades.Count} trades, {total.Deliveries} deliveries, {bus.Moves} sessions taken from a holder, {total.Stalls} commits held up, {total.Fenced} of them fenced, {total.Unsettled} not settled.");

            Assert.All(reports, report => Assert.NotEqual(0, report.Deliveries));
            Assert.NotEqual(0, total.Fenced);
            Assert.NotEqual(0, bus.Moves);
            await CheckAsync(here, placed);
        }
        finally
        {
            foreach (var instance in instances)
            {
                if (!instance.HasExited) instance.Kill();
                instance.Dispose();
            }
        }
    }

    /// <summary>Few machines, many bids: more is wanted than there is.</summary>
    private static async Task<List<OrganisationId>> PlayAsync(World world, int acts)
    {
        var random = new Random(1);
        var deeds = new Deeds(world);
        var provider = await deeds.RegisterAsync("Provider", provides: true, buys: false);
        var machines = new[] { await deeds.EnrolAsync(provider), await deeds.EnrolAsync(provider) };
        var buyers = new List<OrganisationId>();
        for (var i = 0; i < 4; i++) buyers.Add(await deeds.RegisterAsync($"Buyer {i}", provides: false, buys: true));
        var first = HourSlot.Containing(world.Now) + 1;
        var placed = new List<OrganisationId>();
        for (var act = 0; act < acts; act++)
        {
            var from = first + random.Next(6);
            if (act % 6 == 0) await deeds.ListAsync(machines[random.Next(2)], 1 + random.Next(4), HourWindow.Starting(from, 1 + random.Next(3)), Price);
            var buyer = buyers[random.Next(buyers.Count)];
            await deeds.BidAsync(buyer, new BidTerms(
                1 + random.Next(3), HourWindow.Starting(from, 1 + random.Next(2)), Price, TimeInForce.GoodTillCancelled, null, FillRule.Partial, 1, Placement.Any, BidRequirements.None));
            placed.Add(buyer);
            await world.WatchAsync();
            if (random.Next(4) == 0 && Some(world, random) is { } ended) await world.Get<TerminateLease>().ExecuteAsync(ended.Buyer, ended.LeaseId, default);
            if (random.Next(6) == 0 && Some(world, random) is { } trade) await world.Get<CancelBid>().ExecuteAsync(trade.Buyer, trade.BidId, default);
        }

        return placed;
    }

    private static TradeExecuted? Some(World world, Random random) =>
        world.Seen.Trades.Count == 0 ? null : world.Seen.Trades.Values.ElementAt(random.Next(world.Seen.Trades.Count));

    private static async Task CheckAsync(World world, List<OrganisationId> placed)
    {
        Assert.Empty((await world.Get<DeadLetters>().ListAsync(10, null, default)).Items.Select(letter => letter.Reason));
        Assert.NotEmpty(world.Seen.Trades);
        Auditor.CapacityIsNeverSoldTwice(world.Seen);
        Auditor.TradesKeepTheirTerms(world.Seen);
        Assert.Equal(world.Seen.Trades.Count, world.Seen.Trades.Values.Select(trade => trade.LeaseId).Distinct().Count());
        foreach (var trade in world.Seen.Trades.Values) Assert.NotNull(await world.Get<LeaseQueries>().FindAsync(trade.LeaseId, default));

        // Every bid came to the book, and its buyer sees what it bought.
        var bids = new List<Bid>();
        foreach (var buyer in placed.Distinct())
        {
            BidId? after = null;
            do
            {
                var page = await world.Get<BidQueries>().ListAsync(buyer, new BidFilter([], [], []), after, 100, default);
                bids.AddRange(page.Items);
                after = page.Next;
            }
            while (after is not null);
        }

        Assert.Equal(placed.Count, bids.Count);
        Assert.DoesNotContain(bids, bid => bid.Status == BidStatus.Pending);
        var bought = world.Seen.Trades.Values.GroupBy(trade => trade.BidId).ToDictionary(group => group.Key, group => group.Sum(trade => trade.GpuCount));
        Assert.All(bids, bid => Assert.Equal(bought.GetValueOrDefault(bid.BidId), bid.FilledGpuCount));
        Assert.Empty((await world.Get<CheckJournal>().CheckAsync(Currency.Usd, default)).Findings);
    }

    private static Process Start(InstanceSettings settings)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") start.ArgumentList.Add(typeof(ThreeProcessesTests).Assembly.Location);
        start.ArgumentList.Add(Instance.Argument);
        start.ArgumentList.Add(settings.ToArgument());
        return Process.Start(start)!;
    }

    private static async Task<InstanceReport> ReportAsync(Process instance)
    {
        var line = await instance.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        await instance.WaitForExitAsync();
        return JsonSerializer.Deserialize<InstanceReport>(line ?? throw new InvalidOperationException("An instance ended without a report."))!;
    }

    /// <summary>This process's part: where people act, where the onlooker is told, and the timers.</summary>
    private sealed class World : IMarketWorld, IAsyncDisposable
    {
        private readonly WebApplication app;
        private readonly SimulatedBus bus;
        private readonly CancellationTokenSource over = new();
        private readonly Task sweeping;

        public World(WebApplication app, SimulatedBus bus)
        {
            (this.app, this.bus) = (app, bus);
            sweeping = Task.Run(SweepAsync);
        }

        public Witness Seen => app.Services.GetRequiredService<Witness>();

        public Testing.Payments.FakePaymentGateway Payments => app.Services.GetRequiredService<Testing.Payments.FakePaymentGateway>();

        public Instant Now => Instant.FromDateTimeOffset(app.Services.GetRequiredService<TimeProvider>().GetUtcNow());

        public T Get<T>()
            where T : notnull => app.Services.CreateScope().ServiceProvider.GetRequiredService<T>();

        public Task PassAsync(Duration duration) => Task.Delay(duration.ToTimeSpan());

        /// <summary>Waits until nothing was to be delivered for a while in which sweeps came by.</summary>
        public async Task SettleAsync()
        {
            var patience = Stopwatch.StartNew();
            for (var quiet = Stopwatch.StartNew(); quiet.Elapsed < TimeSpan.FromSeconds(2.5);)
            {
                Assert.True(patience.Elapsed < TimeSpan.FromMinutes(2), $"{bus.Waiting} messages still wait.");
                if (bus.Waiting > 0) quiet.Restart();
                await WatchAsync();
                await Task.Delay(50);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await over.CancelAsync();
            await sweeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            over.Dispose();
            await app.DisposeAsync();
        }

        /// <summary>Tells the onlooker what happened.</summary>
        public async Task WatchAsync()
        {
            var receiver = Get<SessionReceiver>();
            while (bus.Take(_ => 0, _ => 1, queue => queue == Observer.Queue) is { } taken) await receiver.ReceiveAsync(taken.Deliveries, over.Token);
        }

        private async Task SweepAsync()
        {
            while (!over.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), over.Token);
                await Get<OutboxRelay>().SweepAsync(over.Token);
            }
        }
    }
}
