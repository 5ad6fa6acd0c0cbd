using System.Globalization;
using Marketplace.Billing.Lists;
using Marketplace.Contracts;
using Marketplace.Finance;
using Marketplace.Ledger;
using Marketplace.Runtime.Work;
using Marketplace.Simulation.Tests.Audit;
using NodaTime;

namespace Marketplace.Simulation.Tests;

/// <summary>
/// Two days of the whole market per seed, with store faults, lost answers, crashes between commit and dispatch, repeated and disordered
/// messages, payment faults and lost webhooks. MARKETPLACE_SEEDS=from-to plays other seeds than the default ones.
/// </summary>
public sealed class WholeMarketTests
{
    private const double FaultRate = 0.02;

    public static TheoryData<int> Seeds()
    {
        var range = Environment.GetEnvironmentVariable("MARKETPLACE_SEEDS")?.Split('-');
        var from = range is null ? 1 : int.Parse(range[0], CultureInfo.InvariantCulture);
        var to = range is null ? 16 : int.Parse(range[^1], CultureInfo.InvariantCulture);
        return [.. Enumerable.Range(from, to - from + 1)];
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Nothing_is_lost_doubled_or_oversold(int seed)
    {
        await using var world = new SimulatedWorld(seed, FaultRate);
        var people = new SimulatedPeople(world, seed);
        await people.SettleAsync();
        for (var hour = 0; hour < 36; hour++)
        {
            for (var i = 0; i < 4; i++) await people.ActAsync();
            await world.PassAsync(Duration.FromMinutes(30));
            await people.MeterAsync();
            await world.PassAsync(Duration.FromMinutes(30));
            Auditor.CapacityIsNeverSoldTwice(world.Seen);
        }

        for (var hour = 0; hour < 24; hour++)
        {
            await people.MeterAsync();
            await world.PassAsync(Duration.FromHours(1));
        }

        await people.SettleAccountsAsync();
        await CheckAsync(world);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_run()
    {
        Assert.Equal(await PlayAsync(), await PlayAsync());

        static async Task<string> PlayAsync()
        {
            await using var world = new SimulatedWorld(7, FaultRate);
            var people = new SimulatedPeople(world, 7);
            await people.SettleAsync();
            for (var hour = 0; hour < 8; hour++)
            {
                for (var i = 0; i < 4; i++) await people.ActAsync();
                await world.PassAsync(Duration.FromHours(1));
            }

            return string.Join('\n', world.Seen.Trades.Values.Select(t => t.ToString()));
        }
    }

    /// <summary>Nothing is amiss in what was seen, the journal is whole, and finance finds no difference.</summary>
    internal static async Task CheckAsync(SimulatedWorld world)
    {
        Assert.Empty(world.Market.Messages.DeadLetters);
        Assert.NotEmpty(world.Seen.Trades);
        Assert.NotEmpty(world.Seen.Usage);
        Auditor.CapacityIsNeverSoldTwice(world.Seen);
        Auditor.TradesKeepTheirTerms(world.Seen);
        Auditor.ResoldHoursAreTheLeases(world.Seen);
        Auditor.UsageStaysWithinTheLease(world.Seen);
        Auditor.EntriesAreWhatUsageSays(world.Seen);
        Auditor.AccountsAreSettled(world.Seen);
        RecheckAuditor.FailedMachinesServeAndSellNoMore(world.Seen);
        RecheckAuditor.ShortfallsAreWhatVerdictsSay(world.Seen);
        RecheckAuditor.CreditsAreWhatShortfallsSay(world.Seen, (await world.Market.Get<BillingReads>().ListInvoicesAsync(null, 10_000, null, default)).Items);
        await ReconcilesAsync(world);
    }

    private static async Task ReconcilesAsync(SimulatedWorld world)
    {
        var journal = await world.Market.Get<CheckJournal>().CheckAsync(Currency.Usd, default);
        Assert.Empty(journal.Findings);
        Assert.True(journal.Sum.IsZero);
        Assert.Equal(world.Seen.Entries.Count, journal.Entries);

        var made = await world.Market.Get<RunReconciliation>().RunAsync(
            BillingPeriod.Containing(world.Now), "simulation", IdempotencyKey.Of("reconcile"), default);
        var differences = await world.Market.Get<ReadReconciliations>().ListDifferencesAsync(made.Result.Value.Id, default);
        Assert.Empty(differences);
    }
}
