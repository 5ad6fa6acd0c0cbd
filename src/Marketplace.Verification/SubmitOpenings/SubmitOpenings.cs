using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using NodaTime;

namespace Marketplace.Verification.SubmitOpenings;

/// <summary>A worker opens the drawn units.</summary>
/// <param name="MachineId">The machine whose key signed the request.</param>
/// <param name="VerificationId">The session.</param>
/// <param name="Openings">A tree opening of each drawn unit, in order and without gaps.</param>
public sealed record SubmitOpenings(MachineId MachineId, VerificationId VerificationId, byte[] Openings);

/// <summary>Why openings are not taken, in order of precedence. Nothing changes; wrong openings are no refusal, they fail the session.</summary>
public enum SubmitOpeningsRefusal
{
    /// <summary>The machine has no such session.</summary>
    NotFound,

    /// <summary>It has passed, failed or run out of time.</summary>
    Ended,

    /// <summary>Its roots are not in, so nothing is drawn.</summary>
    NotChallenged,
}

/// <summary>What a checked proof makes of a session.</summary>
internal static class SubmitOpeningsDecision
{
    public static SubmitOpeningsRefusal? Refuse(VerificationSession? session, Instant now) =>
        session is null ? SubmitOpeningsRefusal.NotFound
        : session.HasEnded || now >= session.ExpiresAt ? SubmitOpeningsRefusal.Ended
        : session.State != SessionState.Challenged ? SubmitOpeningsRefusal.NotChallenged
        : null;

    /// <summary>The verdict: the proof holds, and what it proves is at least the accepted fraction of the claim.</summary>
    public static VerificationSession Judge(VerificationSession session, ProofOutcome proof, CertificateId certificateId, Instant now)
    {
        if (!proof.Holds) return session.Fail(VerificationFailure.ProofInvalid, proof.Fault, null, now);
        var proven = Proven(session);
        return proven is not null && proven.Int8Gops >= session.AcceptedFraction * session.Claim.Int8Gops
            ? session with { State = SessionState.Passed, Outcome = new SessionOutcome(null, ProofFault.None, proven, certificateId, now) }
            : session.Fail(VerificationFailure.BelowClaim, ProofFault.None, proven, now);
    }

    // Rounded down to whole 10^9 operations per second. Null if our clock stepped back meanwhile: then nothing is proven.
    private static Capacity? Proven(VerificationSession session)
    {
        var challenge = session.Challenge!;
        var elapsed = (session.Answer!.ReceivedAt - challenge.StartedAt).TotalSeconds;
        if (elapsed <= 0) return null;
        var rate = challenge.Parameters.ProvenWorkPerSecond(elapsed);
        return new Capacity((long)(rate / 1e9 / session.GpuCount), 0, 0, 0);
    }
}
