using Marketplace.Contracts;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.Recheck;
using Marketplace.Runtime.Time;
using Marketplace.Runtime.Work;
using Microsoft.Extensions.Options;

namespace Marketplace.Leasing.FailLease;

/// <summary>Why a failure is not recorded, in order of precedence.</summary>
public enum FailLeaseRefusal
{
    /// <summary>There is no such lease, or the caller has no part in it.</summary>
    UnknownLease,

    /// <summary>The machine is not the caller's: a buyer can terminate instead, and one who sold hours on waits for the machine's provider.</summary>
    NotTheProvider,

    /// <summary>The lease, or its window, is over.</summary>
    LeaseIsOver,
}

/// <summary>
/// The provider or an operator reports that the machine failed: the hour of the failure is free, later hours are taken back, and the
/// listing is suspended. A provider that knows of a re-check when it reports has failed it: otherwise a report would be the cheap way out.
/// Asking again gives the first answer.
/// </summary>
public sealed class FailLease(Workspace workspace, IOpenRechecks rechecks, TimeProvider time, IOptions<LeasingOptions> options)
{
    /// <summary>Records a failure. Answers with the lease as it is then.</summary>
    /// <param name="caller">The reporting organisation; null for an operator.</param>
    /// <param name="id">The lease.</param>
    /// <param name="reason">What happened, for the buyer; 1 to 500 characters.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Result<Lease, FailLeaseRefusal>> ExecuteAsync(
        OrganisationId? caller, LeaseId id, string reason, CancellationToken cancellationToken)
    {
        var key = IdempotencyKey.Of(caller is { } organisation ? $"failure:{organisation}" : "failure:operator");
        var attempt = await workspace.AttemptAsync<string, Lease, FailLeaseRefusal>(
            LeaseRows.Of(id), key, id.ToString(), work => DecideAsync(work, caller, reason, cancellationToken), cancellationToken);
        return attempt.Result;
    }

    private async Task<Result<Lease, FailLeaseRefusal>> DecideAsync(
        PartitionWork work, OrganisationId? caller, string reason, CancellationToken cancellationToken)
    {
        var lease = await work.ReadAsync<Lease>(LeaseRows.Lease, cancellationToken);
        if (lease is null || (caller is not null && lease.Buyer != caller && lease.Provider != caller)) return FailLeaseRefusal.UnknownLease;
        if (caller is not null && lease.MachineOwner != caller) return FailLeaseRefusal.NotTheProvider;
        var isOutOfCheck = caller is not null && await rechecks.IsOpenAsync(lease.MachineId, cancellationToken);
        var fail = new Fail(reason, isOutOfCheck ? new FailedCheck(lease.Proven, Proven: null) : null);
        if (!LeaseDecider.TryDecide(lease, fail, time.Now(), out var events)) return FailLeaseRefusal.LeaseIsOver;
        return LeaseConsequences.Record(work, lease, events, options.Value);
    }
}
