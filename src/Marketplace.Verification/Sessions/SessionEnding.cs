using Marketplace.Contracts;
using Marketplace.Runtime.Work;
using Marketplace.Verification.Certificates;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Reverification;
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
        InvariantException.Require(session is { State: SessionState.Passed or SessionState.Failed, Outcome: not null }, "Only an ended verification is reported as completed.");
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

    /// <summary>
    /// Puts an ended session, takes it off the machine's open ones and tells of it: its window, where it is part of one, and everybody;
    /// but of a pass in a window only the window, for that decides whether it holds.
    /// </summary>
    /// <returns>The session as it is put.</returns>
    public static async Task<VerificationSession> PutEndedAsync(
        this PartitionWork work, VerificationSession session, ICertificateSigner? signer, CancellationToken cancellationToken)
    {
        var isOfWindow = session.Purpose == VerificationPurpose.Recheck;
        var isHeld = isOfWindow && session.State == SessionState.Passed;
        var ended = isHeld ? session with { State = SessionState.Held } : session;
        work.Put(VerificationRows.Session(ended.Id), ended);
        var marker = VerificationRows.OpenMarker(ended.Id);
        if (await work.ReadAsync<OpenMarker>(marker, cancellationToken) is not null) work.Delete(marker);
        if (isOfWindow) work.Send(ended.ToAnswered());
        if (isHeld) return ended;
        if (ended.State == SessionState.Failed) work.Send(ended.ToCompleted());
        else work.Send(new CertificateIssued(CertificateDocument.Sign(ended, signer!), ended.ToCompleted()));
        return ended;
    }
}
