using Marketplace.Contracts;

namespace Marketplace.Simulation.Tests.Audit;

/// <summary>Recomputes, the slow and obvious way, what must be true of everything that was seen.</summary>
public static class Auditor
{
    /// <summary>No machine-hour is sold twice, whatever was given back and sold again.</summary>
    public static void CapacityIsNeverSoldTwice(Witness seen)
    {
        foreach (var offered in seen.Offered.Values) IsNotOversold(seen, offered.ListingId.ToString(), offered.GpuCount, offered.Window, t => t.ListingId == offered.ListingId);
        foreach (var resale in seen.Resales.Values) IsNotOversold(seen, resale.ListingId.ToString(), resale.GpuCount, resale.Window, t => t.ListingId == resale.ListingId);
        foreach (var head in ResoldTrades(seen)) IsNotOversold(seen, head.LeaseId.ToString(), head.GpuCount, head.Window, t => t.ResoldLease == head.LeaseId);
    }

    /// <summary>What was resold of a lease is of its hours and its machine, for its buyer, and nobody pays for it beyond the lease.</summary>
    public static void ResoldHoursAreTheLeases(Witness seen)
    {
        foreach (var head in ResoldTrades(seen))
        {
            Assert.Null(head.ResoldLease);
            foreach (var trade in seen.Trades.Values.Where(t => t.ResoldLease == head.LeaseId))
            {
                Assert.Equal((head.Buyer, head.MachineId), (trade.Provider, trade.MachineId));
                Assert.True(head.Window.Contains(trade.Window), $"{trade.TradeId} resold {trade.Window} of {head.Window}.");
                var usage = seen.Usage.Values.Where(u => u.LeaseId == trade.LeaseId && u.Total > GpuTime.Zero).ToList();
                Assert.All(usage, u => Assert.True(u.ChargedTo <= seen.Stopped[head.LeaseId].StoppedAt, $"{trade.LeaseId} is charged to {u.ChargedTo}."));
            }
        }
    }

    /// <summary>A trade is of an offered listing, within its window, to somebody else, at its price or a limit above it.</summary>
    public static void TradesKeepTheirTerms(Witness seen)
    {
        foreach (var trade in seen.Trades.Values)
        {
            var (window, price) = seen.Resales.TryGetValue(trade.ListingId, out var resale)
                ? (resale.Window, resale.Price)
                : (seen.Offered[trade.ListingId].Window, seen.Offered[trade.ListingId].Price);
            Assert.True(window.Contains(trade.Window));
            Assert.NotEqual(trade.Buyer, trade.Provider);
            Assert.True(trade.Price >= price.Over(trade.Window), $"{trade.TradeId} is below what was asked.");
        }
    }

    /// <summary>Metered is never above leased, each second is billed once, and nothing is billed outside ready and stop.</summary>
    public static void UsageStaysWithinTheLease(Witness seen)
    {
        foreach (var lease in seen.Usage.Values.GroupBy(u => u.LeaseId))
        {
            var ready = seen.Ready[lease.Key];
            var stopped = seen.Stopped[lease.Key];
            Assert.All(lease, usage =>
            {
                Assert.True(usage.ChargedFrom >= ready.ReadyAt && usage.ChargedTo <= stopped.StoppedAt);
                Assert.Equal(usage.Total, usage.Hours.Aggregate(GpuTime.Zero, (sum, hour) => sum + hour.Used));
            });
            foreach (var hour in lease.SelectMany(u => u.Hours).GroupBy(h => h.Hour))
            {
                Assert.True(ready.Window.Contains(hour.Key));
                Assert.True(hour.Sum(h => h.Used.GpuSeconds) <= (long)ready.GpuCount * GpuTime.SecondsPerHour);
            }

            if (stopped.CreditedFrom is { } free) Assert.All(lease, usage => Assert.True(usage.ChargedTo <= free));
        }
    }

    /// <summary>Each usage record is charged once, at the agreed price and the one rounding point, and every entry sums to zero.</summary>
    public static void EntriesAreWhatUsageSays(Witness seen)
    {
        Assert.All(seen.Entries.Values, entry => Assert.Equal(0, entry.Postings.Sum(p => p.Amount.MinorUnits)));
        var charged = seen.Entries.Values.Where(e => e.Reason == EntryReason.UsageCharged).ToDictionary(e => e.Reference);
        foreach (var usage in seen.Usage.Values)
        {
            var cost = usage.Price.Cost(usage.Total);
            if (cost.IsZero) continue;
            Assert.True(charged.Remove(usage.UsageId.ToString(), out var entry), $"{usage.UsageId} was not charged.");
            Assert.Equal(cost, Total(entry, AccountKind.BuyerReceivable));
            Assert.Equal(-cost, Total(entry, AccountKind.ProviderPayable) + Total(entry, AccountKind.PlatformRevenue));
        }

        Assert.Empty(charged);
    }

    /// <summary>At the end nobody owes anything: buyers have paid all, providers got all but the fee.</summary>
    public static void AccountsAreSettled(Witness seen)
    {
        var balances = seen.Entries.Values.SelectMany(e => e.Postings).GroupBy(p => p.Account)
            .ToDictionary(g => g.Key, g => g.Sum(p => p.Amount.MinorUnits));
        Assert.All(balances.Where(b => b.Key.Kind is AccountKind.BuyerReceivable or AccountKind.ProviderPayable), b => Assert.Equal(0, b.Value));
        var revenue = balances.Where(b => b.Key.Kind == AccountKind.PlatformRevenue).Sum(b => b.Value);
        var clearing = balances.Where(b => b.Key.Kind == AccountKind.PaymentClearing).Sum(b => b.Value);
        Assert.Equal(-revenue, clearing);
    }

    private static IEnumerable<TradeExecuted> ResoldTrades(Witness seen)
    {
        var resold = seen.Trades.Values.Select(t => t.ResoldLease).ToHashSet();
        return seen.Trades.Values.Where(t => resold.Contains(t.LeaseId));
    }

    private static void IsNotOversold(Witness seen, string what, int gpuCount, HourWindow window, Func<TradeExecuted, bool> isOfIt)
    {
        var trades = seen.Trades.Values.Where(isOfIt).ToDictionary(t => t.TradeId);
        var returned = seen.Returned.Values.Where(r => trades.ContainsKey(r.TradeId)).ToList();
        foreach (var hour in window.Slots())
        {
            var sold = trades.Values.Where(t => t.Window.Contains(hour)).Sum(t => t.GpuCount);
            var back = returned.Where(r => r.Window.Contains(hour)).Sum(r => r.GpuCount);
            Assert.True(sold - back <= gpuCount, $"{what} sold {sold} and got back {back} of {gpuCount} GPUs in {hour}.");
        }
    }

    private static Money Total(RecordEntry entry, AccountKind kind) =>
        entry.Postings.Where(p => p.Account.Kind == kind).Aggregate(Money.Zero(entry.Currency), (sum, posting) => sum + posting.Amount);
}
