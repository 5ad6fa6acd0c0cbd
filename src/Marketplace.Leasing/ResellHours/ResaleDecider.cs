using Marketplace.Leasing.LifeCycle;
using NodaTime;

namespace Marketplace.Leasing.ResellHours;

/// <summary>Decides on the resale of a lease's hours. What comes late or twice brings nothing.</summary>
public static class ResaleDecider
{
    private static readonly Duration LeastTimeOffered = Duration.FromMilliseconds(1);

    /// <summary>The offer, or why the lease's buyer may not make it.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="subleases">What was sold of it before.</param>
    /// <param name="wanted">What is to be offered.</param>
    /// <param name="listing">Names the offer.</param>
    /// <param name="canBePaid">Whether the buyer has an account to be paid to.</param>
    /// <param name="now">Now.</param>
    public static Result<ResaleOffered, ResellHoursRefusal> Offer(
        Lease lease, IReadOnlyCollection<Sublease> subleases, ResellHoursCommand wanted, ListingId listing, bool canBePaid, Instant now)
    {
        var (gpuCount, window, price) = wanted;
        if (lease.IsOver || now >= lease.Window.End) return ResellHoursRefusal.LeaseIsOver;
        if (lease.Head is not null) return ResellHoursRefusal.HoursOfAResale;
        if (lease.Resale is { State: not ResaleState.Closed }) return ResellHoursRefusal.ResaleIsOpen;
        if (!canBePaid) return ResellHoursRefusal.NoPayoutAccount;
        if (gpuCount < 1 || gpuCount > lease.GpuCount) return ResellHoursRefusal.GpuCountAboveLease;
        if (!lease.Window.Contains(window)) return ResellHoursRefusal.WindowOutsideLease;
        if (window.Start < now) return ResellHoursRefusal.WindowHasBegun;
        if (price.Lowest.MicrosPerGpuHour == 0) return ResellHoursRefusal.PriceZero;
        if (MostResold(subleases, window) + gpuCount > lease.GpuCount) return ResellHoursRefusal.HoursResold;
        return new ResaleOffered(listing, gpuCount, window, price, now);
    }

    /// <summary>Why the lease cannot be given up yet; null if nothing of it is on offer or resold.</summary>
    public static TerminateLease.TerminateLeaseRefusal? RefuseToTerminate(Lease lease, IEnumerable<Sublease> subleases, Instant now) =>
        lease.Resale is { State: not ResaleState.Closed } ? TerminateLease.TerminateLeaseRefusal.ResaleIsOpen
        : subleases.Any(s => s.HasHoursAt(now)) ? TerminateLease.TerminateLeaseRefusal.HoursResold
        : null;

    /// <summary>
    /// Stops an offer: nothing if it is another one, or stopped. Always later than the offer was made, so that the book knows which of the
    /// two came first in whatever order it hears of them.
    /// </summary>
    public static ResaleEvent[] Stop(Lease lease, ListingId listing, Instant now) =>
        lease.Resale is { State: ResaleState.Open } resale && resale.ListingId == listing
            ? [new ResaleStopped(Instant.Max(now, resale.OfferedAt + LeastTimeOffered))]
            : [];

    /// <summary>Takes note that the book has closed an offer.</summary>
    public static ResaleEvent[] Confirm(Lease lease, ListingId listing, int trades, Instant closedAt) =>
        lease.Resale is { } resale && resale.ListingId == listing && !(resale.TradesInAll >= trades) ? [new ResaleConfirmed(closedAt, trades)] : [];

    /// <summary>Counts a sublease that was not known.</summary>
    public static ResaleEvent[] Count(Lease lease, Sublease sublease)
    {
        InvariantException.Require(
            lease.State != LeaseState.Terminated || !sublease.HasHoursAt(lease.EndedAt!.Value),
            $"{sublease.LeaseId} bought hours of {lease.LeaseId}, which was terminated before.");
        return lease.Resale?.ListingId == sublease.ListingId ? [new HoursResold()] : [];
    }

    private static int MostResold(IReadOnlyCollection<Sublease> subleases, HourWindow window)
    {
        var live = subleases.Where(s => !s.IsOver && s.Window.Overlaps(window)).ToList();
        return live.Count == 0 ? 0 : window.Slots().Max(hour => live.Where(s => s.Window.Contains(hour)).Sum(s => s.GpuCount));
    }
}
