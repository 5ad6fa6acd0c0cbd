using Marketplace.Billing.StartRun;
using Marketplace.Contracts;
using Marketplace.Simulation.Tests.Audit;
using Marketplace.Trading.Book;
using NodaTime;

namespace Marketplace.Simulation.Tests;

/// <summary>A buyer leases 4 GPUs for four hours and sells 2 of them on for two: both leases are served, billed and paid out, and the books agree.</summary>
public sealed class ResaleStoryTests
{
    private static readonly UnitPrice HeadPrice = UnitPrice.OfMicros(2_100_000, Currency.Usd);
    private static readonly UnitPrice ResalePrice = UnitPrice.OfMicros(2_500_000, Currency.Usd);

    [Fact]
    public async Task Reseller_pays_the_provider_and_is_paid_by_the_second_buyer()
    {
        await using var world = new SimulatedWorld(seed: 1, faultRate: 0, rechecks: false);
        var deeds = new Deeds(world);
        var provider = await deeds.RegisterAsync("Gui'an Cloud", provides: true, buys: false);
        var reseller = await deeds.RegisterAsync("Vision Lab", provides: true, buys: true);
        var second = await deeds.RegisterAsync("Molecules", provides: false, buys: true);
        var machine = await deeds.EnrolAsync(provider);
        var day = HourSlot.Containing(world.Now);
        var (leased, resold) = (new HourWindow(day + 2, day + 6), new HourWindow(day + 3, day + 5));
        await deeds.ListAsync(machine, 4, leased, HeadPrice);
        await deeds.BidAsync(reseller, Bid(4, leased, HeadPrice));
        await world.PassAsync(Duration.FromMinutes(30));
        var head = Assert.Single(world.Seen.Trades.Values);

        Assert.True((await deeds.ResellAsync(reseller, head.LeaseId, 2, resold, ResalePrice)).IsAccepted);
        await deeds.BidAsync(second, Bid(2, resold, ResalePrice));
        await world.PassAsync(Duration.FromMinutes(30));
        var sublease = Assert.Single(world.Seen.Trades.Values, t => t.ResoldLease == head.LeaseId);

        await world.PassAsync(Duration.FromHours(6));
        foreach (var ready in world.Seen.Ready.Values) await deeds.ReportAsync(machine, ready.LeaseId, Readings(ready));
        await world.PassAsync(Duration.FromHours(1));
        await deeds.StartAsync(RunPurpose.Billing);
        await world.PassAsync(Duration.FromHours(1));
        foreach (var (buyer, invoice) in world.Payments.Paid) await deeds.DeliverWebhookAsync(buyer, invoice);
        await world.PassAsync(Duration.FromHours(1));
        await deeds.StartAsync(RunPurpose.Payout);
        await world.PassAsync(Duration.FromHours(1));

        // Both leases are billed in full, the resold GPUs twice: each buyer pays his own seller, who is paid all but the fee.
        var (headCost, resaleCost) = (CostOf(world, head, hours: 4), CostOf(world, sublease, hours: 2));
        Assert.Equal(-Share(headCost), Sum(world, EntryReason.UsageCharged, new Account(AccountKind.ProviderPayable, provider)));
        Assert.Equal(-Share(resaleCost), Sum(world, EntryReason.UsageCharged, new Account(AccountKind.ProviderPayable, reseller)));
        Assert.Equal(headCost, Sum(world, EntryReason.UsageCharged, new Account(AccountKind.BuyerReceivable, reseller)));
        Assert.Equal(resaleCost, Sum(world, EntryReason.UsageCharged, new Account(AccountKind.BuyerReceivable, second)));
        Assert.Equal(Share(headCost), Sum(world, EntryReason.ProviderPaid, new Account(AccountKind.ProviderPayable, provider)));
        Assert.Equal(Share(resaleCost), Sum(world, EntryReason.ProviderPaid, new Account(AccountKind.ProviderPayable, reseller)));
        Assert.Empty(world.Market.Messages.DeadLetters);
        await WholeAudit.CheckAsync(world);
    }

    private static BidTerms Bid(int gpuCount, HourWindow window, UnitPrice limit) => new(
        gpuCount, window, limit, TimeInForce.GoodTillCancelled, null, FillRule.AllOrNone, gpuCount, Placement.SameMachine, BidRequirements.None);

    private static SignedReading[] Readings(LeaseReady lease)
    {
        var from = Instant.FromUnixTimeSeconds((long)Math.Ceiling((lease.ReadyAt - Instant.FromUnixTimeSeconds(0)).TotalSeconds));
        return [Deeds.Reading(1, from, lease.Window.End, lease.GpuCount)];
    }

    /// <summary>What a lease costs that was served from when it was ready to its end; the proof takes a few minutes at most.</summary>
    private static Money CostOf(SimulatedWorld world, TradeExecuted trade, int hours)
    {
        var usage = Assert.Single(world.Seen.Usage.Values, u => u.LeaseId == trade.LeaseId);
        var leased = (long)trade.GpuCount * hours * GpuTime.SecondsPerHour;
        Assert.InRange(usage.Total.GpuSeconds, leased - (trade.GpuCount * 15 * 60), leased);
        return trade.Price.Cost(usage.Total);
    }

    private static Money Share(Money cost) => cost.Split([95, 5])[0];

    private static Money Sum(SimulatedWorld world, EntryReason reason, Account account) => world.Seen.Entries.Values.Where(e => e.Reason == reason)
        .SelectMany(e => e.Postings).Where(p => p.Account == account).Aggregate(Money.Zero(Currency.Usd), (sum, posting) => sum + posting.Amount);
}
