using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using NodaTime;

namespace Marketplace.Verification.SubmitRoots;

/// <summary>A worker has finished all rounds of a part.</summary>
/// <param name="MachineId">The machine whose key signed the request.</param>
/// <param name="VerificationId">The session.</param>
/// <param name="Part">The part.</param>
/// <param name="Attempt">The attempt the roots belong to.</param>
/// <param name="Roots">All roots, device by device and round by round, 32 bytes each.</param>
/// <param name="Reported">What the machine says about itself.</param>
public sealed record SubmitRoots(MachineId MachineId, VerificationId VerificationId, int Part, int Attempt, byte[] Roots, ReportedFacts Reported);

/// <summary>The units the worker must open, in order of device, round and unit.</summary>
public sealed record ChallengedVerification(IReadOnlyList<UnitAddress> Units);

/// <summary>Why roots are not taken, in order of precedence. Nothing changes.</summary>
public enum SubmitRootsRefusal
{
    /// <summary>The machine has no such session.</summary>
    NotFound,

    /// <summary>It has passed, failed or run out of time.</summary>
    Ended,

    /// <summary>The part is not the one to be proven now.</summary>
    PartOutOfOrder,

    /// <summary>It was not started.</summary>
    NotStarted,

    /// <summary>Another attempt has begun since.</summary>
    AttemptSuperseded,

    /// <summary>Roots are in already, and they are others: the draw is known, so they stand.</summary>
    OtherRootsSubmitted,

    /// <summary>There is not exactly one root per device and round.</summary>
    WrongNumberOfRoots,
}

/// <summary>Whether roots are taken.</summary>
internal static class SubmitRootsDecision
{
    public static Result<VerificationSession, SubmitRootsRefusal> Decide(
        VerificationSession? session, SubmitRoots command, byte[] drawEntropy, Instant receivedAt)
    {
        if (session is null) return SubmitRootsRefusal.NotFound;
        if (session.HasEnded || receivedAt >= session.ExpiresAt) return SubmitRootsRefusal.Ended;
        if (command.Part != session.PartIndex) return SubmitRootsRefusal.PartOutOfOrder;
        var part = session.Part;
        if (part.Challenge is null) return SubmitRootsRefusal.NotStarted;
        if (part.Attempt != command.Attempt) return SubmitRootsRefusal.AttemptSuperseded;
        if (session.State == SessionState.Challenged) return SubmitRootsRefusal.OtherRootsSubmitted;
        if (!ProofCheck.RootsAreWellFormed(part.Parameters, command.Roots)) return SubmitRootsRefusal.WrongNumberOfRoots;
        return session.WithPart(part with { Answer = new SessionAnswer(receivedAt, drawEntropy) }) with
        {
            State = SessionState.Challenged,
            Reported = command.Reported,
        };
    }
}
