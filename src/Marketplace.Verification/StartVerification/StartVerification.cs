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
/// <param name="Seeds">seed_0 of each device, 32 bytes each.</param>
/// <param name="ExpiresAt">The session fails unless it is complete by then.</param>
public sealed record StartedVerification(int Attempt, ProofParameters Parameters, byte[] Seeds, Instant ExpiresAt);

/// <summary>Why a session cannot be started, in order of precedence.</summary>
public enum StartVerificationRefusal
{
    /// <summary>The machine has no such session.</summary>
    NotFound,

    /// <summary>It has passed, failed or run out of time.</summary>
    Ended,

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

    public static Result<VerificationSession, StartVerificationRefusal> Decide(
        VerificationSession? session, StartVerification command, byte[] seed, Instant now)
    {
        if (session is null) return StartVerificationRefusal.NotFound;
        if (session.HasEnded || now >= session.ExpiresAt) return StartVerificationRefusal.Ended;
        if (session.State == SessionState.Challenged) return StartVerificationRefusal.AlreadyChallenged;
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
