using System.Globalization;
using Marketplace.Client;
using Marketplace.Client.Models;
using NodaTime;
using NodaTime.Text;

namespace Marketplace.Local.Demo;

/// <summary>A lease of the story and what was billed of it.</summary>
internal sealed record MeteredLease(LeaseModel Lease, SettledProvider Provider, long GpuSeconds);

internal sealed partial class Story
{
    private static readonly Duration LateReadingGrace = Duration.FromMinutes(10);
    private int mishaps;

    /// <summary>Plays the hours: whichever lease starts or ends next, ready or metered at its own time.</summary>
    private async Task<IReadOnlyList<MeteredLease>> LeaseAsync(
        IReadOnlyList<BidModel> bids, HourSlot firstHour, CancellationToken cancellationToken)
    {
        var scheduled = new List<(LeaseModel Lease, SettledProvider Provider, string Buyer)>();
        foreach (var buyer in new[] { visionId, moleculesId })
        {
            var page = await UntilAsync(
                () => world.As(buyer).ListLeasesAsync(200, null, cancellationToken),
                _ => true,
                "leases are listed",
                cancellationToken);
            scheduled.AddRange(page.Items.Select(lease => (lease, providers.Single(p => p.Id == lease.ProviderId), buyer)));
        }

        if (scheduled.Count < bids.Sum(b => b.Trades!.Count)) throw new InvalidOperationException("A trade has no lease.");

        var starts = scheduled.Select(s => (At: WindowOf(s.Lease).Start, IsStart: true, s));
        var ends = scheduled.Select(s => (At: WindowOf(s.Lease).End, IsStart: false, s));
        foreach (var (at, isStart, (lease, provider, buyer)) in starts.Concat(ends).OrderBy(e => e.At).ThenBy(e => e.IsStart))
        {
            await world.AdvanceAsync(at, cancellationToken);
            if (isStart) await MakeReadyAsync(lease, provider, buyer, cancellationToken);
            else await MeterAsync(lease, provider, buyer, cancellationToken);
        }

        await world.AdvanceAsync(scheduled.Max(s => WindowOf(s.Lease).End) + LateReadingGrace + Duration.FromMinutes(1), cancellationToken);
        return await ReportUsageAsync(scheduled, cancellationToken);
    }

    private async Task MakeReadyAsync(LeaseModel lease, SettledProvider provider, string buyer, CancellationToken cancellationToken)
    {
        var seen = await narrator.WhileAsync($"{provider.Role.Name}'s worker proves that the machine is ready", () => UntilAsync(
            async () =>
            {
                await WorkAsync(provider.Machine, cancellationToken);
                return await world.As(buyer).GetLeaseAsync(lease.LeaseId, cancellationToken);
            },
            l => l.State is not ("scheduled" or "preparing"),
            $"lease {lease.LeaseId} is ready",
            cancellationToken));
        narrator.Say($"Lease of {provider.Machine.ResourceIdentifier} for {NameOf(buyer)}, {Describe(lease.Window)}: {seen.State}, billed from {seen.ReadyAt ?? "never"}.");
    }

    /// <summary>
    /// The machine's agent reports five minutes at a time: the first lease's batch is sent twice, the second's halves come in the wrong
    /// order, and of the third twenty minutes are missing for good.
    /// </summary>
    private async Task MeterAsync(LeaseModel lease, SettledProvider provider, string buyer, CancellationToken cancellationToken)
    {
        var seen = await world.As(buyer).GetLeaseAsync(lease.LeaseId, cancellationToken);
        if (seen.ReadyAt is null) return;
        var readings = ReadingGrid.Due(seen.ReadyAt, seen.Window.To!, seen.GpuCount, 1, seen.Window.To!).ToList();
        var mishap = mishaps++ % 4;
        if (mishap == 2) readings.RemoveRange(readings.Count / 2, Math.Min(4, readings.Count / 2));
        var half = readings.Count / 2;
        IReadOnlyList<SignedReading>[] batches = mishap switch
        {
            0 => [readings, readings],
            1 => [readings[half..], readings[..half]],
            _ => [readings],
        };

        var machine = world.As(provider.Machine);
        var outcomes = new List<ReadingOutcomeModel>();
        foreach (var batch in batches)
        {
            var head = await machine.GetReadingHeadAsync(lease.LeaseId, cancellationToken);
            var answer = await machine.SubmitReadingsAsync(
                LeaseId.Parse(lease.LeaseId), provider.Machine.Enrolment, provider.Machine.Key, head.LastBatchHash, batch, cancellationToken);
            outcomes.AddRange(answer.Readings);
        }

        var counts = string.Join(", ", outcomes.CountBy(o => o.Outcome).OrderBy(c => c.Key).Select(c => $"{c.Value} {c.Key}"));
        var what = mishap switch { 0 => "sent twice", 1 => "sent in the wrong order", 2 => "with twenty minutes missing", _ => "as it should be" };
        narrator.Say($"Readings of {provider.Machine.ResourceIdentifier}, {what}: {counts}.");
    }

    private async Task<IReadOnlyList<MeteredLease>> ReportUsageAsync(
        IReadOnlyList<(LeaseModel Lease, SettledProvider Provider, string Buyer)> scheduled, CancellationToken cancellationToken)
    {
        var metered = new List<MeteredLease>();
        var rows = new List<IReadOnlyList<string>>();
        foreach (var (lease, provider, buyer) in scheduled)
        {
            var seen = await world.As(buyer).GetLeaseAsync(lease.LeaseId, cancellationToken);
            if (seen.ReadyAt is null)
            {
                metered.Add(new MeteredLease(seen, provider, 0));
                continue;
            }

            var usage = await UntilAsync(
                () => world.As(buyer).GetUsageAsync(lease.LeaseId, cancellationToken), u => u.Records.Count > 0, $"lease {lease.LeaseId} is metered", cancellationToken);
            metered.Add(new MeteredLease(seen, provider, usage.GpuSeconds));
            var leased = GpuTime.OfGpuHours(seen.GpuCount, WindowOf(seen).Hours).GpuSeconds;
            var gaps = usage.Segments.Where(s => s.GpuSeconds == 0).ToList();
            rows.Add(
            [
                NameOf(buyer), provider.Role.Name, Describe(seen.Window), leased.ToString("N0", CultureInfo.InvariantCulture),
                usage.GpuSeconds.ToString("N0", CultureInfo.InvariantCulture), gaps.Count == 0 ? "" : string.Join(", ", gaps.Select(g => $"{Short(g.From)}-{Short(g.To)} {g.Rule}")),
            ]);
        }

        narrator.Table("Metered", ["buyer", "provider", "hours", "leased GPU-s", "billed GPU-s", "not billed"], rows);
        return metered;
    }

    private static HourWindow WindowOf(LeaseModel lease) => new(SlotOf(lease.Window.From!), SlotOf(lease.Window.To!));

    private static HourSlot SlotOf(string instant) => HourSlot.Containing(InstantPattern.ExtendedIso.Parse(instant).GetValueOrThrow());
}
