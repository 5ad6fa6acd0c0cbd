using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.ResellHours;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Microsoft.Extensions.Options;

namespace Marketplace.Leasing.TerminateLease;

/// <summary>Why a lease is not terminated, in order of precedence.</summary>
public enum TerminateLeaseRefusal
{
    /// <summary>There is no such lease, or the caller has no part in it.</summary>
    UnknownLease,

    /// <summary>The caller is the lease's provider.</summary>
    NotTheBuyer,

    /// <summary>The lease, or its window, is over.</summary>
    LeaseIsOver,

    /// <summary>Its hours are on offer, or it is not known yet what the last offer sold.</summary>
    ResaleIsOpen,

    /// <summary>Hours of it were sold on and are still to come.</summary>
    HoursResold,
}

/// <summary>
/// The buyer gives a lease up: billing stops now, and the whole hours that are left go back to the book. Before the lease is ready
/// nothing is billed. What others bought of it is not his to give up. Asking again gives the first answer.
/// </summary>
public sealed class TerminateLease(Workspace workspace, TimeProvider time, IOptions<LeasingOptions> options)
{
    /// <summary>Terminates. Answers with the lease as it is then.</summary>
    public async Task<Result<Lease, TerminateLeaseRefusal>> ExecuteAsync(OrganisationId caller, LeaseId id, CancellationToken cancellationToken)
    {
        var attempt = await workspace.AttemptAsync<string, Lease, TerminateLeaseRefusal>(
            LeaseRows.Of(id), IdempotencyKey.Of($"termination:{caller}"), id.ToString(), work => DecideAsync(work, caller, cancellationToken), cancellationToken);
        return attempt.Result;
    }

    private async Task<Result<Lease, TerminateLeaseRefusal>> DecideAsync(PartitionWork work, OrganisationId caller, CancellationToken cancellationToken)
    {
        var lease = await work.ReadAsync<Lease>(LeaseRows.Lease, cancellationToken);
        if (lease is null || (lease.Buyer != caller && lease.Provider != caller)) return TerminateLeaseRefusal.UnknownLease;
        if (lease.Buyer != caller) return TerminateLeaseRefusal.NotTheBuyer;
        var now = time.Now();
        if (!LeaseDecider.TryDecide(lease, new Terminate(), now, out var events)) return TerminateLeaseRefusal.LeaseIsOver;
        var subleases = await SubleaseRows.ReadAsync(work, lease, cancellationToken);
        if (ResaleDecider.RefuseToTerminate(lease, subleases, now) is { } refusal) return refusal;
        return LeaseConsequences.Record(work, lease, events, options.Value);
    }
}
