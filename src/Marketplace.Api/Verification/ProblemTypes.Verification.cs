namespace Marketplace.Api.Problems;

public static partial class ProblemTypes
{
    /// <summary>The verification has passed, failed or run out of time.</summary>
    public static ProblemType VerificationEnded { get; } = new(
        "verification_ended", 409, "Verification ended", "The verification has passed, failed or run out of time. Read it to see its outcome.");

    /// <summary>The part is not the one to be proven now.</summary>
    public static ProblemType VerificationPartOutOfOrder { get; } = new(
        "verification_part_out_of_order", 409, "Part out of order", "The parts of a verification are proven one after another. Read the verification for the part that waits.");

    /// <summary>Its window has not opened.</summary>
    public static ProblemType VerificationNotOpenYet { get; } = new(
        "verification_not_open_yet", 409, "Not open yet", "The part is one of a window that has not opened for it. Begin at the verification's opensAt, by the market's clock.");

    /// <summary>The others have begun without it.</summary>
    public static ProblemType VerificationWindowMissed { get; } = new(
        "verification_window_missed", 409, "Window missed", "The part is one of a window whose machines have begun it together, half a second late at most. Another window may follow.");

    /// <summary>A provider without offers.</summary>
    public static ProblemType NothingOffered { get; } = new(
        "nothing_offered", 409, "Nothing offered", "The organisation has no active listing, so there is nothing to verify again.");

    /// <summary>One at a time.</summary>
    public static ProblemType RecheckWindowOpen { get; } = new(
        "recheck_window_open", 409, "Window open", "A window of the organisation is not decided yet.");

    /// <summary>The roots are in.</summary>
    public static ProblemType VerificationAlreadyChallenged { get; } = new(
        "verification_already_challenged", 409, "Roots already in", "The roots of this verification are in; it goes on with the openings of the drawn tiles.");

    /// <summary>The attempt is not the next one.</summary>
    public static ProblemType VerificationAttemptOutOfOrder { get; } = new(
        "verification_attempt_out_of_order", 409, "Attempt out of order", "An attempt is numbered one more than the part's last. Read the verification for its attempt.");

    /// <summary>It was begun anew too often.</summary>
    public static ProblemType VerificationTooManyAttempts { get; } = new(
        "verification_too_many_attempts", 409, "Too many attempts", "The part was begun anew too often, and the verification has failed. Have the claim verified again.");

    /// <summary>It was not started.</summary>
    public static ProblemType VerificationNotStarted { get; } = new(
        "verification_not_started", 409, "Verification not started", "Start the verification first.");

    /// <summary>Another attempt has begun since.</summary>
    public static ProblemType VerificationAttemptSuperseded { get; } = new(
        "verification_attempt_superseded", 409, "Attempt superseded", "Another attempt of this verification has begun since.");

    /// <summary>Other roots are in.</summary>
    public static ProblemType VerificationOtherRoots { get; } = new(
        "verification_other_roots", 409, "Other roots submitted", "Other roots are in for this attempt. The units are drawn, so they stand.");

    /// <summary>Not one root per round.</summary>
    public static ProblemType VerificationWrongNumberOfRoots { get; } = new(
        "verification_wrong_number_of_roots", 422, "Wrong number of roots", "Send exactly one root of 32 bytes for each round of each device.");

    /// <summary>Nothing is drawn yet.</summary>
    public static ProblemType VerificationNotChallenged { get; } = new(
        "verification_not_challenged", 409, "Nothing drawn yet", "Submit the roots first; then the units to open are drawn.");
}
