using Marketplace.Leasing.LifeCycle;
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
}

/// <summary>
/// The buyer gives a lease up: billing stops now, and the whole hours that are left go back to the book. Before the lease is ready
/// nothing is billed. Asking again gives the first answer.
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
        if (!LeaseDecider.TryDecide(lease, new Terminate(), time.Now(), out var events)) return TerminateLeaseRefusal.LeaseIsOver;
        return LeaseConsequences.Record(work, lease, events, options.Value);
    }
}
