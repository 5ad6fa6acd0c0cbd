using Marketplace.Billing.DraftInvoice;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Simulation.Tests.Audit;

/// <summary>Predicts, from verdicts and leases alone, what re-checks must have brought about.</summary>
public static class RecheckAuditor
{
    /// <summary>A message may be tried again for so long before it has its effect; people act meanwhile.</summary>
    private static readonly Duration Delay = Duration.FromMinutes(10);

    /// <summary>No lease of a machine that failed goes on, and nothing more is sold of what was offered of it.</summary>
    public static void FailedMachinesServeAndSellNoMore(Witness seen)
    {
        foreach (var failed in Failed(seen))
        {
            // A lease that ends within the delay may complete before the verdict reaches it.
            foreach (var lease in RunningAt(seen, failed).Where(lease => lease.Window.End > failed.DecidedAt + Delay))
            {
                Assert.True(seen.Stopped.TryGetValue(lease.LeaseId, out var stopped) && stopped.StoppedAt <= failed.DecidedAt + Delay, $"{lease.LeaseId} went on after {failed}.");
            }

            var offered = seen.Offered.Values.Where(o => o.MachineId == failed.MachineId && o.ActivatedAt < failed.DecidedAt).Select(o => o.ListingId).ToHashSet();
            Assert.DoesNotContain(seen.Trades.Values, trade => offered.Contains(trade.ListingId) && trade.ExecutedAt > failed.DecidedAt + Delay);
        }
    }

    /// <summary>Every lease that a failed re-check ended is credited what was missing, from the hour of its last passed proof, and no other lease.</summary>
    public static void ShortfallsAreWhatVerdictsSay(Witness seen)
    {
        var expected = new Dictionary<LeaseId, (Instant From, Instant To, int BasisPoints)>();
        foreach (var failed in Failed(seen))
        {
            foreach (var lease in RunningAt(seen, failed).Where(lease => seen.Stopped[lease.LeaseId] is { Ending: LeaseEnding.Failed } stopped && stopped.StoppedAt == failed.DecidedAt))
            {
                var proven = seen.Rechecked.Values.Where(v => v.Passed && v.MachineId == lease.MachineId && v.DecidedAt > lease.ReadyAt && v.DecidedAt < failed.DecidedAt)
                    .Select(v => v.DecidedAt).Append(lease.ReadyAt).Max();
                var (from, to) = (HourSlot.Containing(proven).Start, HourSlot.Containing(failed.DecidedAt).Start);
                var missing = Missing(seen.Trades.Values.Single(t => t.LeaseId == lease.LeaseId).Proven, failed);
                if (from < to && missing > 0) expected[lease.LeaseId] = (from, to, missing);
            }
        }

        Assert.Equal(expected.OrderBy(e => e.Key), seen.Shortfalls.ToDictionary(s => s.Key, s => (s.Value.From, s.Value.To, s.Value.BasisPoints)).OrderBy(s => s.Key));
    }

    /// <summary>On every line of every invoice exactly the missing part of the hours concerned was given back.</summary>
    public static void CreditsAreWhatShortfallsSay(Witness seen, IEnumerable<Invoice> invoices)
    {
        foreach (var line in invoices.SelectMany(invoice => invoice.Lines))
        {
            var credit = Money.Zero(line.Amount.Currency);
            if (seen.Shortfalls.TryGetValue(line.LeaseId, out var shortfall))
            {
                var usage = seen.Usage[line.UsageId];
                var cost = usage.Price.Cost(usage.Total);
                var byHour = cost.Split([.. usage.Hours.Select(h => h.Used.GpuSeconds)]);
                var hours = usage.Hours.Zip(byHour).Where(h => h.First.Hour.Start >= shortfall.From && h.First.Hour.Start < shortfall.To).Sum(h => h.Second.MinorUnits);
                credit = cost.Split([hours * shortfall.BasisPoints, (cost.MinorUnits * 10_000) - (hours * shortfall.BasisPoints)])[0];
            }

            Assert.True(credit == line.Credited.Total(), $"{line.UsageId} of {line.LeaseId} is credited {line.Credited.Total()}, not {credit}.");
        }
    }

    private static IEnumerable<MachineRechecked> Failed(Witness seen) => seen.Rechecked.Values.Where(verdict => !verdict.Passed);

    private static IEnumerable<LeaseReady> RunningAt(Witness seen, MachineRechecked verdict) => seen.Ready.Values.Where(lease =>
        lease.MachineId == verdict.MachineId
        && lease.ReadyAt < verdict.DecidedAt
        && lease.Window.End > verdict.DecidedAt
        && !(seen.Stopped.TryGetValue(lease.LeaseId, out var stopped) && stopped.StoppedAt < verdict.DecidedAt));

    private static int Missing(Capacity sold, MachineRechecked failed)
    {
        if (failed.Proven is not { } proven) return 10_000;
        (long Sold, long Claim, long Proven)[] figures =
        [
            (sold.Int8Gops, failed.Claim.Int8Gops, proven.Int8Gops),
            (sold.Bf16Gflops, failed.Claim.Bf16Gflops, proven.Bf16Gflops),
            (sold.MemoryBandwidthMBps, failed.Claim.MemoryBandwidthMBps, proven.MemoryBandwidthMBps),
            (sold.MemoryMB, failed.Claim.MemoryMB, proven.MemoryMB),
            (sold.Fp64Gflops, failed.Claim.Fp64Gflops, proven.Fp64Gflops),
        ];
        var asked = figures.Where(f => f is { Sold: > 0, Claim: > 0 });
        return (int)Math.Max(0m, asked.Max(f => Math.Ceiling(10_000m * (f.Sold - f.Proven) / f.Sold)));
    }
}
