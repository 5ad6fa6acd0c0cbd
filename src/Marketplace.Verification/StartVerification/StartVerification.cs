using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using NodaTime;

namespace Marketplace.Verification.StartVerification;

/// <summary>A worker takes the seed.</summary>
/// <param name="MachineId">The machine whose key signed the request.</param>
/// <param name="VerificationId">The session.</param>
/// <param name="Attempt">1 at first. An attempt that was interrupted before its roots were in may be begun anew under the next number.</param>
public sealed record StartVerification(MachineId MachineId, VerificationId VerificationId, int Attempt);

/// <summary>What the worker is asked.</summary>
/// <param name="Attempt">The attempt.</param>
/// <param name="Parameters">Shape, rounds and strictness.</param>
/// <param name="Seed">seed_0, 32 bytes.</param>
/// <param name="ExpiresAt">The session fails unless it is complete by then.</param>
public sealed record StartedVerification(int Attempt, ProofParameters Parameters, byte[] Seed, Instant ExpiresAt);

/// <summary>Why a session cannot be started, in order of precedence.</summary>
public enum StartVerificationRefusal
{
    /// <summary>The machine has no such session.</summary>
    NotFound,

    /// <summary>It has passed, failed or run out of time.</summary>
    Ended,

    /// <summary>It is part of a window that has not opened.</summary>
    NotOpenYet,

    /// <summary>It is part of a window, and the others have begun without it.</summary>
    WindowMissed,

    /// <summary>Its roots are in: it goes on with the openings.</summary>
    AlreadyChallenged,

    /// <summary>The attempt is not the next one.</summary>
    AttemptOutOfOrder,

    /// <summary>It was begun anew too often.</summary>
    TooManyAttempts,
}

/// <summary>Whether and how a session starts.</summary>
internal static class StartVerificationDecision
{
    /// <summary>
    /// Attempts of one session. Before its roots are in, an attempt has learned nothing of the draw, so beginning anew with a fresh
    /// seed gains a cheat only another chance of epsilon; and a server that restarts in between must not cost a provider the listing.
    /// </summary>
    public const int MostAttempts = 10;

    /// <summary>From the first start on, the session must be complete within this.</summary>
    public static readonly Duration Limit = Duration.FromMinutes(3);

    /// <summary>
    /// How much later than the opening of its window a machine may begin. Short, for the machines of a window are taken together from the
    /// first start to the last end, and one that is late would lower them all.
    /// </summary>
    public static readonly Duration Lateness = Duration.FromMilliseconds(500);

    public static Result<VerificationSession, StartVerificationRefusal> Decide(
        VerificationSession? session, StartVerification command, byte[] seed, Instant now)
    {
        if (session is null) return StartVerificationRefusal.NotFound;
        if (session.HasEnded || now >= session.ExpiresAt) return StartVerificationRefusal.Ended;
        if (now < session.OpensAt) return StartVerificationRefusal.NotOpenYet;
        if (session.State == SessionState.Challenged) return StartVerificationRefusal.AlreadyChallenged;
        if (now > session.OpensAt + Lateness) return StartVerificationRefusal.WindowMissed;
        if (command.Attempt != session.Attempt + 1) return StartVerificationRefusal.AttemptOutOfOrder;
        if (command.Attempt > MostAttempts) return StartVerificationRefusal.TooManyAttempts;
        var parameters = ProofPlan.For(session.Purpose, checked(session.Claim.Int8Gops * session.GpuCount));
        return session with
        {
            State = SessionState.Started,
            Attempt = command.Attempt,
            Challenge = new SessionChallenge(parameters, seed, now),
            ExpiresAt = session.Attempt == 0 ? Instant.Min(session.ExpiresAt, now + Limit) : session.ExpiresAt,
        };
    }
}
