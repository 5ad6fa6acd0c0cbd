using NodaTime;

namespace Marketplace.Contracts;

/// <summary>What a verification is for.</summary>
public enum VerificationPurpose
{
    /// <summary>A listing is submitted: the subject is the listing.</summary>
    Listing,

    /// <summary>A lease is about to start: the subject is the lease. Short.</summary>
    Readiness,
}

/// <summary>Command: have a machine prove what is claimed for it.</summary>
/// <param name="VerificationId">The new session.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Subject">The id of the listing or lease.</param>
/// <param name="Provider">Whose machine.</param>
/// <param name="MachineId">The machine that must prove.</param>
/// <param name="Model">Its class.</param>
/// <param name="GpuCount">GPUs that must prove at once.</param>
/// <param name="Claim">What each GPU is claimed to do.</param>
/// <param name="ExpiresAt">A proof that is not complete by then failed.</param>
public sealed record RequestVerification(
    VerificationId VerificationId,
    VerificationPurpose Purpose,
    string Subject,
    OrganisationId Provider,
    MachineId MachineId,
    GpuModelId Model,
    int GpuCount,
    Capacity Claim,
    Instant ExpiresAt) : IMessage
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
/// <param name="Subject">The id of the listing or lease.</param>
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
