using System.Globalization;
using Marketplace.Runtime.Store;
using Marketplace.Simulation.Tests;
using Marketplace.Simulation.Tests.Audit;
using Marketplace.Testing.Azurite;
using Marketplace.Testing.Store;
using NodaTime;

namespace Marketplace.Azure.Tests.Story;

/// <summary>
/// The simulation's story in the cloud's composition: listings, bids, leases, usage, invoices, payouts and reconciliation, while sessions
/// are lost before their messages are handled or settled, holders wake up late, messages come twice, publishing fails and the store has
/// faults. MARKETPLACE_SEEDS=from-to plays other seeds, MARKETPLACE_AZURITE_HOURS another length over the emulator.
/// </summary>
public sealed class StoryTests
{
    private const double FaultRate = 0.02;

    public static TheoryData<int> Seeds()
    {
        var range = Environment.GetEnvironmentVariable("MARKETPLACE_SEEDS")?.Split('-');
        var from = range is null ? 1 : int.Parse(range[0], CultureInfo.InvariantCulture);
        var to = range is null ? 2 : int.Parse(range[^1], CultureInfo.InvariantCulture);
        return [.. Enumerable.Range(from, to - from + 1)];
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nothing_is_lost_doubled_or_oversold_over_the_bus(int seed)
    {
        var store = new InMemoryPartitionStore();
        await using var world = new AzureWorld(store, seed, FaultRate, sweepEvery: Duration.FromMinutes(1));
        await PlayAsync(world, seed, hours: 12, actsPerHour: 4);
        await world.IsQuietAsync(store);
        Assert.NotEqual(0, world.Pump.LateWakings);
        Assert.NotEqual(0, world.Bus.Moves);
    }

    [Fact]
    public async Task Nothing_is_lost_doubled_or_oversold_over_the_table_service()
    {
        var hours = Environment.GetEnvironmentVariable("MARKETPLACE_AZURITE_HOURS") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 8;
        IPartitionStore store = StandIns.OpenTables((await AzuriteServer.GetAsync()).ConnectionString);
        await using var world = new AzureWorld(store, seed: 1, FaultRate, sweepEvery: Duration.FromMinutes(20));
        await PlayAsync(world, seed: 1, hours, actsPerHour: 10);
        await world.IsQuietAsync(store);
        TestContext.Current.TestOutputHelper?.WriteLine($"{hours} hours: {world.Bus.Deliveries} deliveries, {world.Bus.Moves} moves, {world.Pump.LateWakings} late wakings, {world.Seen.Trades.Count} trades.");
    }

    private static async Task PlayAsync(AzureWorld world, int seed, int hours, int actsPerHour)
    {
        var people = new SimulatedPeople(world, seed);
        await people.SettleAsync();
        for (var hour = 0; hour < hours; hour++)
        {
            for (var i = 0; i < actsPerHour; i++) await people.ActAsync();
            await world.PassAsync(Duration.FromMinutes(30));
            await people.MeterAsync();
            await world.PassAsync(Duration.FromMinutes(30));
            Auditor.CapacityIsNeverSoldTwice(world.Seen);
        }

        // Long enough for the last leases to end.
        for (var hour = 0; hour < 20; hour++)
        {
            await people.MeterAsync();
            await world.PassAsync(Duration.FromHours(1));
        }

        await people.SettleAccountsAsync();
        await WholeAudit.CheckAsync(world);
    }
}
