using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Reverification;
using NodaTime;

namespace Marketplace.Verification.Sessions;

/// <summary>Where a session stands.</summary>
public enum SessionState
{
    /// <summary>The worker has not begun, or not the next part.</summary>
    Awaiting,

    /// <summary>The worker has the seeds and our clock runs.</summary>
    Started,

    /// <summary>The roots are in, our clock has stopped, and the units to open are drawn.</summary>
    Challenged,

    /// <summary>All of the claim is proven by itself; the window that it is part of is not decided.</summary>
    Held,

    /// <summary>All of the claim is proven.</summary>
    Passed,

    /// <summary>It is not.</summary>
    Failed,
}

/// <summary>One verification of one machine: what is claimed, what was asked and answered part by part, and the outcome.</summary>
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
/// <param name="State">Where the current part stands, or how the session ended.</param>
/// <param name="Parts">What must be proven, one after another; empty where nothing can be.</param>
/// <param name="Reported">What the machine said about itself last; null before any roots.</param>
/// <param name="Outcome">How it ended; null before.</param>
/// <param name="OpensAt">When its window opens; null where the machine begins when it likes.</param>
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
    IReadOnlyList<SessionPart> Parts,
    ReportedFacts? Reported,
    SessionOutcome? Outcome,
    Instant? OpensAt = null)
{
    /// <summary>Whether nothing more is asked of the machine.</summary>
    [JsonIgnore]
    public bool HasEnded => State is SessionState.Passed or SessionState.Failed or SessionState.Held;

    /// <summary>When the machine must begin the current part, with the others of its window; null where it begins when it likes.</summary>
    [JsonIgnore]
    public Instant? PartOpensAt => Parts.Count == 0 ? OpensAt : OpensAt + RecheckSessions.OffsetOf(Part.Parameters.Workload);

    /// <summary>The part that is to be proven next; the last one once all are.</summary>
    [JsonIgnore]
    public int PartIndex => Math.Max(0, Math.Min(Parts.Count - 1, Parts.TakeWhile(part => part.Proven is not null).Count()));

    /// <summary>The current part.</summary>
    [JsonIgnore]
    public SessionPart Part => Parts[PartIndex];

    /// <summary>The session with its current part changed.</summary>
    public VerificationSession WithPart(SessionPart part) => this with { Parts = [.. Parts.Take(PartIndex), part, .. Parts.Skip(PartIndex + 1)] };
}

/// <summary>One part of a session: a workload on all devices at once.</summary>
/// <param name="Parameters">Workload, shape, rounds and strictness.</param>
/// <param name="Attempt">How often the worker has begun it, each time with fresh seeds; 0 before the first.</param>
/// <param name="Challenge">What the current attempt was asked; null before the first.</param>
/// <param name="Answer">When the roots came and what was drawn after them; null before.</param>
/// <param name="EvidenceHash">SHA-256 of roots and openings once they were checked; null before.</param>
/// <param name="Proven">What it proves for each device, nothing but this workload's figures; null before.</param>
public sealed record SessionPart(
    ProofParameters Parameters, int Attempt, SessionChallenge? Challenge, SessionAnswer? Answer, byte[]? EvidenceHash, Capacity? Proven)
{
    /// <summary>A part that has not begun.</summary>
    public static SessionPart Of(ProofParameters parameters) => new(parameters, 0, null, null, null, null);
}

/// <summary>What the worker was asked.</summary>
/// <param name="Seeds">seed_0 of each device, 32 bytes of our entropy each.</param>
/// <param name="StartedAt">t0 by our clock.</param>
public sealed record SessionChallenge(byte[] Seeds, Instant StartedAt);

/// <summary>That the worker answered, and what we drew once it had. The roots are in the part's <see cref="PartEvidence"/>.</summary>
/// <param name="ReceivedAt">t1 by our clock.</param>
/// <param name="DrawEntropy">32 bytes drawn after the roots were in.</param>
public sealed record SessionAnswer(Instant ReceivedAt, byte[] DrawEntropy);

/// <summary>What a worker showed for a part; in a row of its own, because it is large.</summary>
/// <param name="Roots">All roots, device by device and round by round, 32 bytes each.</param>
/// <param name="Openings">The openings of the drawn units; null until they are in.</param>
public sealed record PartEvidence(byte[] Roots, byte[]? Openings)
{
    /// <summary>SHA-256("evidence" ‖ length of the roots in 4 bytes, little-endian ‖ roots ‖ openings): what a certificate signs of it.</summary>
    public byte[] Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, Roots.Length);
        hash.AppendData("evidence"u8);
        hash.AppendData(length);
        hash.AppendData(Roots);
        hash.AppendData(Openings ?? []);
        return hash.GetHashAndReset();
    }
}

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
/// <param name="WorkerSha256">SHA-256 of the worker's program file in lower-case hex, as the worker says; null where it does not.</param>
/// <param name="Devices">The devices it used; null or empty where the processor is the device.</param>
public sealed record ReportedFacts(
    string Processor,
    int LogicalCores,
    long MemoryMB,
    string OperatingSystem,
    string Kernel,
    string WorkerVersion,
    string? WorkerSha256 = null,
    IReadOnlyList<ReportedDevice>? Devices = null);

/// <summary>What a machine says about one of its devices. Nothing of it is proven.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Uuid">Its id by its driver.</param>
/// <param name="MemoryMB">Its memory in 10^6 bytes.</param>
/// <param name="Driver">The version of its driver.</param>
public sealed record ReportedDevice(string Name, string Uuid, long MemoryMB, string Driver);
