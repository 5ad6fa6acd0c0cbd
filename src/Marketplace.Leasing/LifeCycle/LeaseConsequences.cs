using System.Globalization;
using Marketplace.Contracts;
using Marketplace.Leasing.ProveReadiness;
using Marketplace.Leasing.ReadLeases;
using Marketplace.Leasing.Recheck;
using Marketplace.Leasing.ResellHours;
using Marketplace.Runtime.Work;
using NodaTime;

namespace Marketplace.Leasing.LifeCycle;

/// <summary>What other modules, and the lease itself later on, have to be told of an event.</summary>
internal static class LeaseConsequences
{
    /// <summary>Puts the lease after the events and sends what follows of them.</summary>
    public static Lease Record(PartitionWork work, Lease lease, LeaseEvent[] events, LeasingOptions options)
    {
        foreach (var @event in events)
        {
            lease = lease.Apply(@event);
            Send(work, lease, @event, options);
        }

        if (events.Length > 0) work.Put(LeaseRows.Lease, lease);
        return lease;
    }

    private static void Send(PartitionWork work, Lease lease, LeaseEvent @event, LeasingOptions options)
    {
        switch (@event)
        {
            case PreparationBegan e:
                work.Send(new RequestVerification(
                    e.VerificationId, VerificationPurpose.Readiness, lease.LeaseId.ToString(), lease.MachineOwner, lease.MachineId, lease.Book.Model,
                    lease.GpuCount, ReadinessClaim.Of(lease.Proven, options.ReadinessFraction), e.Deadline));
                work.Send(new ExpireReadiness(lease.LeaseId, e.VerificationId), dueAt: e.Deadline + options.ReadinessGrace);
                break;
            case LeaseActivated e:
                work.Send(new LeaseReady(
                    lease.LeaseId, lease.Buyer, lease.Provider, lease.MachineId, lease.GpuCount, lease.Window, lease.Price, e.ReadyAt));
                break;
            case LeaseCompleted e:
                Stop(work, lease, LeaseEnding.Completed, e.At, null);
                break;
            case LeaseTerminated e:
                Stop(work, lease, LeaseEnding.Terminated, e.At, null);
                if (e.Returned is { } hours) work.Send(new ReturnHours(lease.Book, lease.TradeId, lease.ListingId, lease.GpuCount, hours));
                break;
            case LeaseFailed e:
                Stop(work, lease, LeaseEnding.Failed, e.At, e.CreditedFrom);
                if (e.Shortfall is { } missing)
                {
                    work.Send(new CreditShortfall(lease.LeaseId, lease.Buyer, missing.From, missing.To, missing.BasisPoints, ReasonOf(lease, missing)));
                }

                if (MachineFailure.Of(lease) is { } failure) Suspend(work, lease, failure, e.Returned);
                break;
            case ResaleOffered e:
                work.Send(new OfferResale(
                    lease.Book, e.ListingId, lease.ListingId, lease.LeaseId, lease.Buyer, e.GpuCount, e.Window, e.Price, e.At));
                work.Send(new EndResale(lease.LeaseId, e.ListingId), dueAt: e.Window.End);
                break;
            case ResaleStopped e:
                work.Send(new CloseResale(lease.Book, lease.Resale!.ListingId, lease.LeaseId, e.At));
                break;
            case HoursResold or ResaleConfirmed or MachineProven:
                break;
            default:
                throw new InvariantException($"Nobody knows what follows of the event {@event.GetType().Name}.");
        }
    }

    private static string ReasonOf(Lease lease, Shortfall missing) => string.Create(
        CultureInfo.InvariantCulture,
        $"Re-check of the machine of lease {lease.LeaseId}: {missing.BasisPoints / 100m:0.##} % of what was sold was not proven; from the hour of the last passed proof on.");

    private static void Stop(PartitionWork work, Lease lease, LeaseEnding ending, Instant at, Instant? creditedFrom)
    {
        if (lease.ReadyAt is not null) work.Send(new LeaseStopped(lease.LeaseId, ending, at, creditedFrom, lease.Buyer));
        work.Send(new IndexLease(lease.MachineId.ToString(), lease.LeaseId, IsGone: true));
        if (lease.Head is { } head) work.Send(new RecordSublease(head.LeaseId, Sublease.Of(lease), MachineFailure.Of(lease)));
    }

    // The hours go back to the listing, but a machine that failed is not offered again before it has proven itself anew. What was bought of
    // another lease is that lease's to settle: it fails as well, and with it everything that was bought of it.
    private static void Suspend(PartitionWork work, Lease lease, MachineFailure failure, HourWindow? returned)
    {
        if (returned is { } hours) work.Send(new ReturnHours(lease.Book, lease.TradeId, lease.ListingId, lease.GpuCount, hours, StopOffering: true));
        if (lease.Head is null) work.Send(new SuspendListing(lease.Provider, lease.ListingId, $"Lease {lease.LeaseId} failed: {failure.Reason}."));
        if (lease.Resale is not null) work.Send(new FailSubleases(lease.LeaseId, failure, After: null));
    }
}
