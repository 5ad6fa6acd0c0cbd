using Marketplace.Contracts;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Protocol;
using NodaTime;

namespace Marketplace.Verification.Sessions;

/// <summary>How sessions end.</summary>
internal static class SessionEnding
{
    /// <summary>The session, failed.</summary>
    public static VerificationSession Fail(
        this VerificationSession session, VerificationFailure failure, ProofFault fault, Capacity? proven, Instant now) =>
        session with { State = SessionState.Failed, Outcome = new SessionOutcome(failure, fault, proven, null, now) };

    /// <summary>What others are told of an ended session.</summary>
    public static VerificationCompleted ToCompleted(this VerificationSession session)
    {
        InvariantException.Require(session is { HasEnded: true, Outcome: not null }, "Only an ended verification is reported as completed.");
        var outcome = session.Outcome;
        return new VerificationCompleted(
            session.Id,
            session.Purpose,
            session.Subject,
            session.Provider,
            session.MachineId,
            session.State == SessionState.Passed,
            outcome.Failure,
            session.Claim,
            outcome.Proven,
            outcome.CertificateId,
            outcome.CompletedAt);
    }

    /// <summary>Puts an ended session and takes it off the machine's open ones.</summary>
    public static async Task PutEndedAsync(this PartitionWork work, VerificationSession session, CancellationToken cancellationToken)
    {
        work.Put(VerificationRows.Session(session.Id), session);
        var marker = VerificationRows.OpenMarker(session.Id);
        if (await work.ReadAsync<OpenMarker>(marker, cancellationToken) is not null) work.Delete(marker);
    }
}
