using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using NodaTime;

namespace Marketplace.Verification.SubmitOpenings;

/// <summary>A worker opens the drawn units of a part.</summary>
/// <param name="MachineId">The machine whose key signed the request.</param>
/// <param name="VerificationId">The session.</param>
/// <param name="Part">The part.</param>
/// <param name="Openings">A tree opening of each drawn unit, in order and without gaps.</param>
public sealed record SubmitOpenings(MachineId MachineId, VerificationId VerificationId, int Part, byte[] Openings);

/// <summary>Why openings are not taken, in order of precedence. Nothing changes; wrong openings are no refusal, they fail the session.</summary>
public enum SubmitOpeningsRefusal
{
    /// <summary>The machine has no such session.</summary>
    NotFound,

    /// <summary>It has passed, failed or run out of time.</summary>
    Ended,

    /// <summary>The part is not the one to be proven now.</summary>
    PartOutOfOrder,

    /// <summary>Its roots are not in, so nothing is drawn.</summary>
    NotChallenged,
}

/// <summary>What the checked proof of a part makes of a session.</summary>
internal static class SubmitOpeningsDecision
{
    public static SubmitOpeningsRefusal? Refuse(VerificationSession? session, SubmitOpenings command, Instant now) =>
        session is null ? SubmitOpeningsRefusal.NotFound
        : session.HasEnded || now >= session.ExpiresAt ? SubmitOpeningsRefusal.Ended
        : command.Part != session.PartIndex ? SubmitOpeningsRefusal.PartOutOfOrder
        : session.State != SessionState.Challenged ? SubmitOpeningsRefusal.NotChallenged
        : null;

    /// <summary>
    /// The verdict: the proof holds, and what it proves is at least the accepted fraction of the claim. Then the next part waits, or the session
    /// has passed; anything else ends it.
    /// </summary>
    public static VerificationSession Judge(VerificationSession session, ProofOutcome proof, byte[] evidenceHash, CertificateId certificateId, Instant now)
    {
        var part = session.Part;
        var before = ProvenFigures.Sum(session.Parts);
        if (!proof.Holds) return session.Fail(VerificationFailure.ProofInvalid, proof.Fault, before, now);
        var proven = ProvenFigures.Of(part.Parameters, part.Answer!.ReceivedAt - part.Challenge!.StartedAt, part.Attempt, session.Claim);

        // Our clock stepped back meanwhile: then nothing is proven.
        if (proven is null) return session.Fail(VerificationFailure.BelowClaim, ProofFault.None, before, now);
        var isLast = session.PartIndex == session.Parts.Count - 1;
        var judged = session.WithPart(part with { EvidenceHash = evidenceHash, Proven = proven });
        var sum = ProvenFigures.Sum(judged.Parts);
        if (!ProvenFigures.Suffice(part.Parameters.Workload, proven, session.Claim, session.AcceptedFraction))
            return judged.Fail(VerificationFailure.BelowClaim, ProofFault.None, sum, now);
        return isLast
            ? judged with { State = SessionState.Passed, Outcome = new SessionOutcome(null, ProofFault.None, sum, certificateId, now) }
            : judged with { State = SessionState.Awaiting };
    }
}
