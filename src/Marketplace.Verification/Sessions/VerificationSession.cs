using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using NodaTime;

namespace Marketplace.Verification.Sessions;

/// <summary>Where a session stands.</summary>
public enum SessionState
{
    /// <summary>Requested; the worker has not begun.</summary>
    Awaiting,

    /// <summary>The worker has the seed and our clock runs.</summary>
    Started,

    /// <summary>All roots are in, our clock has stopped, and the tiles to open are drawn.</summary>
    Challenged,

    /// <summary>The claim is proven by itself; the window that it is part of is not decided.</summary>
    Held,

    /// <summary>The claim is proven.</summary>
    Passed,

    /// <summary>It is not.</summary>
    Failed,
}

/// <summary>One verification of one machine: what is claimed, what was asked and answered, and the outcome.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Subject">The id of the listing, lease or window.</param>
/// <param name="Provider">Whose machine.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Model">Its class.</param>
/// <param name="GpuCount">How many must prove at once, 1 or more.</param>
/// <param name="Claim">What each is claimed to do.</param>
/// <param name="AcceptedFraction">The proven part of the claim at which it passes.</param>
/// <param name="RequestedAt">When it was requested.</param>
/// <param name="ExpiresAt">Failed unless complete by then; sooner once it has started.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempt">How often the worker has begun, each time with a fresh seed; 0 before the first.</param>
/// <param name="Challenge">What the current attempt was asked; null before the first.</param>
/// <param name="Answer">The roots and what was drawn after them; null before.</param>
/// <param name="Outcome">How it ended; null before.</param>
/// <param name="OpensAt">When the machine must begin, with the others of its window; null where it begins when it likes.</param>
public sealed record VerificationSession(
    VerificationId Id,
    VerificationPurpose Purpose,
    string Subject,
    OrganisationId Provider,
    MachineId MachineId,
    GpuModelId Model,
    int GpuCount,
    Capacity Claim,
    double AcceptedFraction,
    Instant RequestedAt,
    Instant ExpiresAt,
    SessionState State,
    int Attempt,
    SessionChallenge? Challenge,
    SessionAnswer? Answer,
    SessionOutcome? Outcome,
    Instant? OpensAt = null)
{
    /// <summary>Whether nothing more is asked of the machine.</summary>
    public bool HasEnded => State is SessionState.Passed or SessionState.Failed or SessionState.Held;
}

/// <summary>What the worker was asked.</summary>
/// <param name="Parameters">Shape, rounds and strictness.</param>
/// <param name="Seed">seed_0, 32 bytes of our entropy.</param>
/// <param name="StartedAt">t0 by our clock.</param>
public sealed record SessionChallenge(ProofParameters Parameters, byte[] Seed, Instant StartedAt);

/// <summary>What the worker answered, and what we drew once it had.</summary>
/// <param name="Roots">The roots of all rounds, 32 bytes each.</param>
/// <param name="ReceivedAt">t1 by our clock.</param>
/// <param name="DrawEntropy">32 bytes drawn after the roots were in.</param>
/// <param name="Reported">What the machine says about itself, unproven.</param>
public sealed record SessionAnswer(byte[] Roots, Instant ReceivedAt, byte[] DrawEntropy, ReportedFacts Reported);

/// <summary>How a session ended.</summary>
/// <param name="Failure">Why it failed; null when it passed.</param>
/// <param name="Fault">What was wrong with the proof; none where there was no proof or it holds.</param>
/// <param name="Proven">What was proven per GPU; null where nothing was.</param>
/// <param name="CertificateId">The certificate; null unless it passed.</param>
/// <param name="CompletedAt">When.</param>
public sealed record SessionOutcome(
    VerificationFailure? Failure, ProofFault Fault, Capacity? Proven, CertificateId? CertificateId, Instant CompletedAt);

/// <summary>What a machine says about itself. Nothing of it is proven, and certificates mark it so.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="LogicalCores">Cores the worker used.</param>
/// <param name="MemoryMB">Host memory in 10^6 bytes.</param>
/// <param name="OperatingSystem">The operating system.</param>
/// <param name="Kernel">The arithmetic kernel the worker chose.</param>
/// <param name="WorkerVersion">The worker's version.</param>
public sealed record ReportedFacts(
    string Processor, int LogicalCores, long MemoryMB, string OperatingSystem, string Kernel, string WorkerVersion);
