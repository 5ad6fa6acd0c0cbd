using Marketplace.Leasing.Recheck;
using Marketplace.Leasing.ResellHours;
using NodaTime;

namespace Marketplace.Leasing.LifeCycle;

/// <summary>
/// What a command brings about. Commands of the clock and of other modules may come late or twice: what no longer applies brings
/// nothing. Only people's commands can be refused.
/// </summary>
public static class LeaseDecider
{
    /// <summary>Proofs that a machine may try before its lease fails, all within the deadline of the first.</summary>
    public const int MostReadinessTries = 3;

    private static readonly LeaseEvent[] Nothing = [];

    /// <summary>
    /// The events of a command: at most one, and before a failure the end of the offer of its hours. False in a lease that is over or whose
    /// window is over, where a person asked.
    /// </summary>
    public static bool TryDecide(Lease lease, LeaseCommand command, Instant now, out LeaseEvent[] events)
    {
        events = command switch
        {
            _ when lease.IsOver => Nothing,
            Begin begin => Decide(lease, begin, now),
            RecordReadiness readiness => Decide(lease, readiness, now),
            GiveUpReadiness giveUp => Waits(lease, giveUp.VerificationId) ? Failed(lease, now, now, LeaseFailure.ReadinessTimedOut, null) : Nothing,
            NoteProof proof => lease.State == LeaseState.Active && !(lease.ProvenAt >= proof.At) ? [new MachineProven(proof.At)] : Nothing,
            Finish => [lease.State == LeaseState.Active ? new LeaseCompleted(lease.Window.End) : FailedNeverStarted(lease)],
            _ when now >= lease.Window.End => Nothing,
            Terminate => [new LeaseTerminated(now, lease.WholeHoursLeft(now))],
            Fail fail => Failed(lease, now, now, LeaseFailure.Reported, fail.Detail, fail.Check),
            FailWithMachine fail => Failed(lease, now, fail.Failure.At, LeaseFailure.MachineFailed, fail.Failure.Reason, fail.Failure.Check),
            FailRecheck fail => lease.State == LeaseState.Active ? Failed(lease, now, fail.At, LeaseFailure.RecheckFailed, null, fail.Check) : Nothing,
            _ => throw new InvariantException($"A lease does not know the command {command.GetType().Name}."),
        };
        return events.Length > 0 || command is not (Terminate or Fail);
    }

    private static LeaseEvent[] Decide(Lease lease, Begin begin, Instant now)
    {
        if (lease.State != LeaseState.Scheduled) return Nothing;
        if (now >= lease.Window.End) return [FailedNeverStarted(lease)];
        var deadline = Instant.Max(now, lease.Window.Start) + begin.TimeToProve;
        return [new PreparationBegan(begin.VerificationId, Instant.Min(deadline, lease.Window.End))];
    }

    private static LeaseEvent[] Decide(Lease lease, RecordReadiness readiness, Instant now)
    {
        if (!Waits(lease, readiness.VerificationId)) return Nothing;
        if (!readiness.Passed && MayTryAgain(lease, now)) return [new PreparationBegan(readiness.NextVerificationId, lease.ReadinessDeadline!.Value)];
        if (!readiness.Passed) return Failed(lease, now, now, LeaseFailure.ReadinessFailed, null);
        var readyAt = Instant.Max(readiness.CompletedAt, lease.Window.Start);
        return readyAt < lease.Window.End ? [new LeaseActivated(readyAt)] : Failed(lease, now, now, LeaseFailure.ReadinessTimedOut, null);
    }

    // A machine that was busy for a moment, or whose proof was interrupted, may show that it is ready after all; billing waits meanwhile.
    private static bool MayTryAgain(Lease lease, Instant now) => lease.ReadinessTries < MostReadinessTries && now < lease.ReadinessDeadline;

    private static bool Waits(Lease lease, VerificationId verification) =>
        lease.State == LeaseState.Preparing && lease.VerificationId == verification;

    // The hour in which the machine failed is free; hours that were delivered before are not. A failure that comes late from another lease
    // counts from when it was, but hours that have begun meanwhile cannot be sold again.
    private static LeaseEvent[] Failed(Lease lease, Instant now, Instant failedAt, LeaseFailure failure, string? detail, FailedCheck? check = null)
    {
        var at = Instant.Min(now, Instant.Max(failedAt, lease.ReadyAt ?? failedAt));
        Instant? creditedFrom = lease.State == LeaseState.Active ? HourSlot.Containing(failedAt).Start : null;
        var shortfall = check is not null && creditedFrom is { } free ? Shortfall.Of(lease.Proven, check, lease.ProvenAt ?? lease.ReadyAt!.Value, free) : null;
        var failed = new LeaseFailed(at, creditedFrom, lease.WholeHoursLeft(now), failure, detail, check, shortfall);
        return lease.Resale is { } resale ? [.. ResaleDecider.Stop(lease, resale.ListingId, now), failed] : [failed];
    }

    private static LeaseFailed FailedNeverStarted(Lease lease) => new(lease.Window.End, null, null, LeaseFailure.NeverStarted, null);
}
