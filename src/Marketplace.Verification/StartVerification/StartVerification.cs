using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using NodaTime;

namespace Marketplace.Verification.StartVerification;

/// <summary>A worker takes the seeds of a part.</summary>
/// <param name="MachineId">The machine whose key signed the request.</param>
/// <param name="VerificationId">The session.</param>
/// <param name="Part">The part, 0 and up.</param>
/// <param name="Attempt">1 at first. An attempt that was interrupted before its roots were in may be begun anew under the next number.</param>
public sealed record StartVerification(MachineId MachineId, VerificationId VerificationId, int Part, int Attempt);

/// <summary>What the worker is asked.</summary>
/// <param name="Part">The part.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Parameters">Workload, shape, rounds and strictness.</param>
/// <param name="Seeds">seed_0 of each device, 32 bytes each.</param>
/// <param name="ExpiresAt">The session fails unless it is complete by then.</param>
public sealed record StartedVerification(int Part, int Attempt, ProofParameters Parameters, byte[] Seeds, Instant ExpiresAt);

/// <summary>Why a part cannot be started, in order of precedence.</summary>
public enum StartVerificationRefusal
{
    /// <summary>The machine has no such session.</summary>
    NotFound,

    /// <summary>It has passed, failed or run out of time.</summary>
    Ended,

    /// <summary>The part is not the one to be proven next.</summary>
    PartOutOfOrder,

    /// <summary>The part is one of a window that has not opened for it.</summary>
    NotOpenYet,

    /// <summary>Its roots are in: it goes on with the openings.</summary>
    AlreadyChallenged,

    /// <summary>The part is one of a window, and the others have begun it without this machine.</summary>
    WindowMissed,

    /// <summary>The attempt is not the next one.</summary>
    AttemptOutOfOrder,

    /// <summary>It was begun anew too often: the session has failed with this attempt.</summary>
    TooManyAttempts,
}

/// <summary>Whether and how a session starts.</summary>
internal static class StartVerificationDecision
{
    /// <summary>
    /// Attempts of one part. Before its roots are in, an attempt has learned nothing of the draw, and a server or worker that restarts must not
    /// cost a provider the listing. But each is counted and published, and the bound of the part holds for all of them together.
    /// </summary>
    public const int MostAttempts = 10;

    /// <summary>
    /// How much later than its window opens for a part a machine may begin it. Short, for the machines of a window are taken together from
    /// the first start to the last end, and one that is late would lower them all.
    /// </summary>
    public static readonly Duration Lateness = Duration.FromMilliseconds(500);

    /// <summary>The session with the attempt; failed where it is one too many, so that nobody waits for its time to be over.</summary>
    public static Result<VerificationSession, StartVerificationRefusal> Decide(
        VerificationSession? session, StartVerification command, byte[] entropy, Instant now)
    {
        if (session is null) return StartVerificationRefusal.NotFound;
        if (session.HasEnded || now >= session.ExpiresAt) return StartVerificationRefusal.Ended;
        if (command.Part != session.PartIndex) return StartVerificationRefusal.PartOutOfOrder;
        if (now < session.PartOpensAt) return StartVerificationRefusal.NotOpenYet;
        if (session.State == SessionState.Challenged) return StartVerificationRefusal.AlreadyChallenged;
        if (now > session.PartOpensAt + Lateness) return StartVerificationRefusal.WindowMissed;
        var part = session.Part;
        if (command.Attempt != part.Attempt + 1) return StartVerificationRefusal.AttemptOutOfOrder;
        if (command.Attempt > MostAttempts) return session.Fail(VerificationFailure.NotCompleted, ProofFault.None, null, now);
        var isFirst = command is { Part: 0, Attempt: 1 };
        return session.WithPart(part with { Attempt = command.Attempt, Challenge = new SessionChallenge(entropy[..part.Parameters.SeedsLength], now) }) with
        {
            State = SessionState.Started,
            ExpiresAt = isFirst ? Instant.Min(session.ExpiresAt, now + ProofPlan.Limit(session.Purpose, session.Claim, session.Parts)) : session.ExpiresAt,
        };
    }
}
