using NodaTime;

namespace Marketplace.Contracts;

/// <summary>What a verification is for.</summary>
public enum VerificationPurpose
{
    /// <summary>A listing is submitted: the subject is the listing.</summary>
    Listing,

    /// <summary>A lease is about to start: the subject is the lease. Short.</summary>
    Readiness,

    /// <summary>A machine is verified again, in a window with its provider's others: the subject is the window.</summary>
    Recheck,
}

/// <summary>Command: have a machine prove what is claimed for it.</summary>
/// <param name="VerificationId">The new session.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Subject">The id of the listing, lease or window.</param>
/// <param name="Provider">Whose machine.</param>
/// <param name="MachineId">The machine that must prove.</param>
/// <param name="Model">Its class.</param>
/// <param name="GpuCount">GPUs that must prove at once.</param>
/// <param name="Claim">What each GPU is claimed to do.</param>
/// <param name="ExpiresAt">A proof that is not complete by then failed.</param>
/// <param name="OpensAt">The machine must begin then, with the others of the window; null where it begins when it likes.</param>
public sealed record RequestVerification(
    VerificationId VerificationId,
    VerificationPurpose Purpose,
    string Subject,
    OrganisationId Provider,
    MachineId MachineId,
    GpuModelId Model,
    int GpuCount,
    Capacity Claim,
    Instant ExpiresAt,
    Instant? OpensAt = null) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "verification.request-verification.v1";
}

/// <summary>Why a verification failed.</summary>
public enum VerificationFailure
{
    /// <summary>The proof did not arrive in time, or the worker gave up.</summary>
    NotCompleted,

    /// <summary>A tile, digest, path or chain did not check out.</summary>
    ProofInvalid,

    /// <summary>The proof is right, and shows less than the accepted fraction of the claim.</summary>
    BelowClaim,
}

/// <summary>A verification has ended.</summary>
/// <param name="VerificationId">The session.</param>
/// <param name="Purpose">What it was for.</param>
/// <param name="Subject">The id of the listing, lease or window.</param>
/// <param name="Provider">Whose machine.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Passed">Whether the claim is proven.</param>
/// <param name="Failure">Why not; null when it passed.</param>
/// <param name="Claim">What was claimed, per GPU.</param>
/// <param name="Proven">What was proven, per GPU; null where nothing was.</param>
/// <param name="CertificateId">The signed certificate; null unless it passed.</param>
/// <param name="CompletedAt">When it ended.</param>
public sealed record VerificationCompleted(
    VerificationId VerificationId,
    VerificationPurpose Purpose,
    string Subject,
    OrganisationId Provider,
    MachineId MachineId,
    bool Passed,
    VerificationFailure? Failure,
    Capacity Claim,
    Capacity? Proven,
    CertificateId? CertificateId,
    Instant CompletedAt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "verification.verification-completed.v1";
}

/// <summary>
/// A machine was verified again and the verdict is final: it passed, on its own and together with the others of its window, or it did not
/// in any of its tries.
/// </summary>
/// <param name="WindowId">The last window.</param>
/// <param name="Provider">Whose machine.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Passed">Whether the claim is proven.</param>
/// <param name="Failure">Why not; null when it passed.</param>
/// <param name="Claim">What was to be proven per GPU; 0 where a figure was not asked for.</param>
/// <param name="Proven">What was proven per GPU; null where nothing was.</param>
/// <param name="CertificateId">The certificate; null unless it passed.</param>
/// <param name="DecidedAt">When.</param>
public sealed record MachineRechecked(
    RecheckWindowId WindowId,
    OrganisationId Provider,
    MachineId MachineId,
    bool Passed,
    VerificationFailure? Failure,
    Capacity Claim,
    Capacity? Proven,
    CertificateId? CertificateId,
    Instant DecidedAt) : IMessage
{
    /// <inheritdoc/>
    public static string MessageType => "verification.machine-rechecked.v1";
}

/// <summary>Tells whether a machine has been told that it is to be verified again.</summary>
public interface IOpenRechecks
{
    /// <summary>Whether a re-check of the machine is announced or runs.</summary>
    Task<bool> IsOpenAsync(MachineId machine, CancellationToken cancellationToken);
}
