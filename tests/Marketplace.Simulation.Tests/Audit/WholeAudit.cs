using Marketplace.Billing.Lists;
using Marketplace.Contracts;
using Marketplace.Finance;
using Marketplace.Ledger;
using Marketplace.Runtime.Work;

namespace Marketplace.Simulation.Tests.Audit;

/// <summary>All that is checked at the end of a story.</summary>
public static class WholeAudit
{
    /// <summary>Nothing is amiss in what was seen, the journal is whole, and finance finds no difference.</summary>
    public static async Task CheckAsync(IMarketWorld world)
    {
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
        RecheckAuditor.CreditsAreWhatShortfallsSay(world.Seen, (await world.Get<BillingReads>().ListInvoicesAsync(null, 10_000, null, default)).Items);
        await ReconcilesAsync(world);
    }

    private static async Task ReconcilesAsync(IMarketWorld world)
    {
        var journal = await world.Get<CheckJournal>().CheckAsync(Currency.Usd, default);
        Assert.Empty(journal.Findings);
        Assert.True(journal.Sum.IsZero);
        Assert.Equal(world.Seen.Entries.Count, journal.Entries);

        var made = await world.Get<RunReconciliation>().RunAsync(
            BillingPeriod.Containing(world.Now), "simulation", IdempotencyKey.Of("reconcile"), default);
        var differences = await world.Get<ReadReconciliations>().ListDifferencesAsync(made.Result.Value.Id, default);
        Assert.Empty(differences);
    }
}
