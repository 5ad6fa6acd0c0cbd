using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Verification.Reverification;

/// <summary>When a provider is drawn next. Its partition has one.</summary>
/// <param name="WatchedSince">When its first offer became active.</param>
/// <param name="FailedAt">When a machine of it last failed a re-check; null if none did.</param>
/// <param name="Draw">Counts draws from 1: messages of an earlier count are out of date.</param>
/// <param name="IsDrawing">Whether the draw of that count is on its way; not while nothing is on offer.</param>
/// <param name="OpenWindow">The window that is not decided yet; null for none. There is one at a time.</param>
public sealed record RecheckPlan(Instant WatchedSince, Instant? FailedAt, int Draw, bool IsDrawing, RecheckWindowId? OpenWindow);

/// <summary>A listing on offer, whose machine is verified again now and then.</summary>
/// <param name="ListingId">The listing.</param>
/// <param name="MachineId">Its machine.</param>
/// <param name="Model">The machine's class.</param>
/// <param name="GpuCount">GPUs offered.</param>
/// <param name="Window">The hours offered.</param>
/// <param name="Claim">What each GPU is claimed to do.</param>
/// <param name="CertificateId">The certificate that made it active.</param>
/// <param name="ExpiresAt">When that certificate expires.</param>
public sealed record WatchedListing(
    ListingId ListingId,
    MachineId MachineId,
    GpuModelId Model,
    int GpuCount,
    HourWindow Window,
    Capacity Claim,
    CertificateId CertificateId,
    Instant ExpiresAt)
{
    /// <summary>Until when it is proven, by the certificate that made it active or by a re-check of its machine.</summary>
    public Instant ProvenUntil(RecheckProof? proof) => proof is not null && proof.ExpiresAt > ExpiresAt && proof.Covers(GpuCount, Claim) ? proof.ExpiresAt : ExpiresAt;
}

/// <summary>The newest re-check that a machine passed.</summary>
/// <param name="GpuCount">GPUs that proved.</param>
/// <param name="Claim">What each proved to have.</param>
/// <param name="ExpiresAt">When its certificate expires.</param>
public sealed record RecheckProof(int GpuCount, Capacity Claim, Instant ExpiresAt)
{
    /// <summary>Whether it proves what is asked.</summary>
    public bool Covers(int gpuCount, Capacity claim) => GpuCount >= gpuCount && Claim.Covers(claim);
}

/// <summary>Why machines are verified again.</summary>
public enum RecheckCause
{
    /// <summary>Drawn by chance.</summary>
    Drawn,

    /// <summary>A certificate is about to expire.</summary>
    Expiring,

    /// <summary>An operator ordered it.</summary>
    Ordered,

    /// <summary>Not all passed in the window before.</summary>
    Repeated,
}

/// <summary>Work that was proven for one figure, in one interval of our clock.</summary>
/// <param name="Figure">Which figure, such as <c>int8</c>.</param>
/// <param name="Claimed">The rate that is claimed for all GPUs together.</param>
/// <param name="Proven">The rate that was proven for them together, over the interval.</param>
/// <param name="AcceptedFraction">The part of the claim at which it passes, above 0, at most 1.</param>
/// <param name="StartedAt">t0.</param>
/// <param name="EndedAt">t1.</param>
public sealed record ProvenWork(string Figure, long Claimed, long Proven, double AcceptedFraction, Instant StartedAt, Instant EndedAt);

/// <summary>How a session of a window ended.</summary>
/// <param name="Passed">Whether it passes by itself.</param>
/// <param name="Failure">Why not; null when it does.</param>
/// <param name="Proven">What it proves per GPU; null where nothing.</param>
/// <param name="CertificateId">The certificate that it gets if the window holds; null unless it passes.</param>
/// <param name="Work">What was proven when; empty where nothing was.</param>
/// <param name="CompletedAt">When.</param>
public sealed record RecheckAnswer(
    bool Passed, VerificationFailure? Failure, Capacity? Proven, CertificateId? CertificateId, IReadOnlyList<ProvenWork> Work, Instant CompletedAt);

/// <summary>A machine in a window.</summary>
/// <param name="MachineId">The machine.</param>
/// <param name="VerificationId">Its session.</param>
/// <param name="Model">Its class.</param>
/// <param name="GpuCount">GPUs that must prove: the most that it offers in any hour.</param>
/// <param name="Claim">What each must prove: the most that any of its listings claims. Of a leased machine rates only.</param>
/// <param name="IsLeased">Whether it serves a lease, whose buyer needs its memory.</param>
/// <param name="Answer">How its session ended; null before.</param>
public sealed record RecheckedMachine(
    MachineId MachineId, VerificationId VerificationId, GpuModelId Model, int GpuCount, Capacity Claim, bool IsLeased, RecheckAnswer? Answer = null);

/// <summary>A window in which all machines of a provider that are due prove at once.</summary>
/// <param name="Id">The window.</param>
/// <param name="Provider">Whose machines.</param>
/// <param name="Cause">Why.</param>
/// <param name="Try">1 at first; at most <see cref="RecheckSchedule.MostTries"/>.</param>
/// <param name="AnnouncedAt">When the machines could know of it.</param>
/// <param name="OpensAt">When they begin.</param>
/// <param name="ClosesAt">By when they must be done.</param>
/// <param name="Machines">The machines.</param>
/// <param name="DecidedAt">When it was decided; null before.</param>
/// <param name="HoldsTogether">Whether those that pass by themselves do so together; null before.</param>
public sealed record RecheckWindow(
    RecheckWindowId Id,
    OrganisationId Provider,
    RecheckCause Cause,
    int Try,
    Instant AnnouncedAt,
    Instant OpensAt,
    Instant ClosesAt,
    IReadOnlyList<RecheckedMachine> Machines,
    Instant? DecidedAt = null,
    bool? HoldsTogether = null)
{
    /// <summary>Whether a machine passed: by itself and with the others.</summary>
    public bool HasPassed(RecheckedMachine machine) => HoldsTogether == true && machine.Answer is { Passed: true };

    /// <summary>Whether all machines passed.</summary>
    public bool HaveAllPassed => Machines.All(HasPassed);

    /// <summary>
    /// Whether another window decides, since not all passed in this one. A machine may be slow or away for a moment; but a proof that does not check
    /// out is no accident, and gets no second chance.
    /// </summary>
    public bool IsRepeated =>
        DecidedAt is not null && !HaveAllPassed && Try < RecheckSchedule.MostTries && !Machines.Any(machine => machine.Answer?.Failure == VerificationFailure.ProofInvalid);
}
