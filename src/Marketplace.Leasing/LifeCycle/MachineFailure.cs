using Marketplace.Leasing.Recheck;
using NodaTime;

namespace Marketplace.Leasing.LifeCycle;

/// <summary>A machine failed in a lease.</summary>
/// <param name="At">When.</param>
/// <param name="Reason">How, for people, to go on after a colon.</param>
/// <param name="Check">The re-check that it failed or got out of; null otherwise.</param>
public sealed record MachineFailure(Instant At, string Reason, FailedCheck? Check = null)
{
    /// <summary>How the machine of a lease failed; null if it did not, or nobody knows.</summary>
    public static MachineFailure? Of(Lease lease) => lease.Failure switch
    {
        null or LeaseFailure.NeverStarted => null,
        LeaseFailure.ReadinessFailed => new(lease.EndedAt!.Value, "the machine did not prove that it is ready"),
        LeaseFailure.ReadinessTimedOut => new(lease.EndedAt!.Value, "no proof came in time that the machine is ready"),
        LeaseFailure.Reported => new(lease.EndedAt!.Value, $"a failure was reported: {lease.FailureDetail}", lease.FailedCheck),
        LeaseFailure.MachineFailed => new(lease.EndedAt!.Value, lease.FailureDetail!, lease.FailedCheck),
        LeaseFailure.RecheckFailed => new(lease.EndedAt!.Value, "the machine failed a re-check", lease.FailedCheck),
        _ => throw new InvariantException($"A lease does not know the failure {lease.Failure}."),
    };
}
