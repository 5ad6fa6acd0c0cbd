namespace Marketplace.Client.Models;

/// <summary>A verification.</summary>
/// <param name="VerificationId">Its id.</param>
/// <param name="Purpose"><c>listing</c>, <c>readiness</c> or <c>recheck</c>.</param>
/// <param name="Subject">The id of the listing, lease or window it is for.</param>
/// <param name="MachineId">The machine that must prove.</param>
/// <param name="ModelId">Its class.</param>
/// <param name="GpuCount">How many must prove at once; 1 in a CPU class.</param>
/// <param name="Claim">What is claimed for each.</param>
/// <param name="State"><c>awaiting</c>, <c>started</c> or <c>challenged</c>, of the current part; <c>held</c> (passed by itself; its window is not decided), <c>passed</c> or <c>failed</c>, of all.</param>
/// <param name="Part">The part to be proven now, 0 and up; the last one once all are.</param>
/// <param name="Attempt">How often the machine has begun it; 0 before the first.</param>
/// <param name="Parts">What must be proven, one after another.</param>
/// <param name="RequestedAt">When it was requested.</param>
/// <param name="ExpiresAt">It fails unless it is complete by then.</param>
/// <param name="Failure">Why it failed: <c>notCompleted</c>, <c>proofInvalid</c> or <c>belowClaim</c>; null otherwise.</param>
/// <param name="Fault">What was wrong with the proof, such as <c>digestMismatch</c>; null where nothing was.</param>
/// <param name="Proven">What was proven for each; null where nothing was.</param>
/// <param name="CertificateId">The certificate; null unless it passed.</param>
/// <param name="CompletedAt">When it ended; null before.</param>
/// <param name="OpensAt">When the machine must begin the current part, with the others of its window; null where it begins when it likes.</param>
public sealed record VerificationModel(
    string VerificationId,
    string Purpose,
    string Subject,
    string MachineId,
    string ModelId,
    int GpuCount,
    CapacityModel Claim,
    string State,
    int Part,
    int Attempt,
    IReadOnlyList<VerificationPartModel> Parts,
    string RequestedAt,
    string ExpiresAt,
    string? Failure,
    string? Fault,
    CapacityModel? Proven,
    string? CertificateId,
    string? CompletedAt,
    string? OpensAt = null);

/// <summary>One part of a verification.</summary>
/// <param name="Protocol">Workload, shape, rounds and strictness.</param>
/// <param name="Attempts">How often the machine has begun it.</param>
/// <param name="StartedAt">When the last attempt began, by the server's clock; null before.</param>
/// <param name="RootsAt">When its roots were in; null before.</param>
/// <param name="Proven">The figures it proves for each device; null before.</param>
public sealed record VerificationPartModel(ProofProtocolModel Protocol, int Attempts, string? StartedAt, string? RootsAt, CapacityModel? Proven);

/// <summary>The tests of a registered machine.</summary>
/// <param name="Items">The newest first.</param>
public sealed record ResourceTestsModel(IReadOnlyList<ResourceTestModel> Items);

/// <summary>A test of a machine that has ended, as everybody may see it.</summary>
/// <param name="VerificationId">Its id.</param>
/// <param name="Purpose">What it was for.</param>
/// <param name="Passed">Whether the claim was proven.</param>
/// <param name="Failure">Why not; null when it passed.</param>
/// <param name="Fault">What was wrong with the proof; null where nothing was.</param>
/// <param name="GpuCount">Devices that had to prove at once.</param>
/// <param name="Claim">What was claimed for each.</param>
/// <param name="Proven">What was proven for each; null where nothing was.</param>
/// <param name="Parts">What was asked, how often it was begun, and what each part proved.</param>
/// <param name="CertificateId">The certificate; null unless it passed.</param>
/// <param name="WorkerVersion">The worker's version, as the machine says; null where it said nothing.</param>
/// <param name="WorkerSha256">SHA-256 of the worker's program, as the machine says; null where it said nothing.</param>
/// <param name="RequestedAt">When it was requested.</param>
/// <param name="CompletedAt">When it ended.</param>
public sealed record ResourceTestModel(
    string VerificationId,
    string Purpose,
    bool Passed,
    string? Failure,
    string? Fault,
    int GpuCount,
    CapacityModel Claim,
    CapacityModel? Proven,
    IReadOnlyList<VerificationPartModel> Parts,
    string? CertificateId,
    string? WorkerVersion,
    string? WorkerSha256,
    string RequestedAt,
    string? CompletedAt);

/// <summary>What a machine has to do.</summary>
/// <param name="Items">Its verifications that have not ended, oldest first.</param>
public sealed record OpenVerificationsModel(IReadOnlyList<VerificationModel> Items);

/// <summary>Takes the seeds of a part: the server's clock starts.</summary>
/// <param name="Attempt">1 at first; one more than the part's attempt to begin anew before the roots are in.</param>
public sealed record StartVerificationRequest(int? Attempt);

/// <summary>What the machine is asked.</summary>
/// <param name="VerificationId">The verification.</param>
/// <param name="Part">The part.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Protocol">Workload, shape, rounds and strictness.</param>
/// <param name="Seeds">32 bytes for each device, one after another, as base64.</param>
/// <param name="ExpiresAt">It fails unless it is complete by then.</param>
public sealed record StartedVerificationModel(string VerificationId, int Part, int Attempt, ProofProtocolModel Protocol, string Seeds, string ExpiresAt);

/// <summary>The parameters of a proof.</summary>
/// <param name="Name">The workload: <c>int8-tiles-2</c>, <c>bf16-tiles-1</c>, <c>fp64-chains-1</c> or <c>memory-passes-1</c>.</param>
/// <param name="Devices">Devices that do it at once, each with its own seed.</param>
/// <param name="Rounds">Rounds of each device; for memory, passes.</param>
/// <param name="Rows">M of a product M x K by K x N; blocks of 128 chains; blocks of 262,144 bytes.</param>
/// <param name="Columns">N of a product; units in a block of memory; else 1.</param>
/// <param name="Depth">K of a product; steps of a chain; mixes of a word in a pass over memory.</param>
/// <param name="Lag">How many rounds a root may come late into the chain of seeds.</param>
/// <param name="Draws">Units drawn once the roots are in.</param>
/// <param name="Epsilon">The accepted chance of a false pass, as decimal text.</param>
public sealed record ProofProtocolModel(
    string Name, int Devices, int Rounds, int Rows, int Columns, int Depth, int Lag, int Draws, string Epsilon);

/// <summary>Hands in the roots of all devices and rounds: the server's clock stops.</summary>
/// <param name="Attempt">The attempt they belong to.</param>
/// <param name="Roots">All roots, device by device and round by round, 32 bytes each, as base64.</param>
/// <param name="Reported">What the machine says about itself.</param>
public sealed record SubmitRootsRequest(int? Attempt, string? Roots, ReportedFactsModel? Reported);

/// <summary>What a machine says about itself; nothing of it is proven. Texts are 1 to 200 printable ASCII characters.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="LogicalCores">Cores used.</param>
/// <param name="MemoryMB">Host memory in 10^6 bytes.</param>
/// <param name="OperatingSystem">The operating system.</param>
/// <param name="Kernel">The arithmetic kernel used.</param>
/// <param name="WorkerVersion">The worker's version.</param>
/// <param name="WorkerSha256">SHA-256 of the worker's program file, 64 lower-case hexadecimal digits; may be left out.</param>
/// <param name="Devices">The devices used; may be left out where the processor is the device.</param>
public sealed record ReportedFactsModel(
    string? Processor,
    int? LogicalCores,
    long? MemoryMB,
    string? OperatingSystem,
    string? Kernel,
    string? WorkerVersion,
    string? WorkerSha256 = null,
    IReadOnlyList<ReportedDeviceModel?>? Devices = null);

/// <summary>What a machine says about one of its devices; nothing of it is proven.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Uuid">Its id by its driver.</param>
/// <param name="MemoryMB">Its memory in 10^6 bytes.</param>
/// <param name="Driver">The version of its driver.</param>
public sealed record ReportedDeviceModel(string? Name, string? Uuid, long? MemoryMB, string? Driver);

/// <summary>The units (tiles or blocks) to open.</summary>
/// <param name="VerificationId">The verification.</param>
/// <param name="Part">The part.</param>
/// <param name="Units">In order of device, round and unit.</param>
public sealed record ChallengeModel(string VerificationId, int Part, IReadOnlyList<UnitModel> Units);

/// <summary>One unit of one round of one device.</summary>
/// <param name="Device">0 and up.</param>
/// <param name="Round">0 and up.</param>
/// <param name="Unit">0 and up; tiles are numbered row by row.</param>
public sealed record UnitModel(int Device, int Round, int Unit);

/// <summary>Opens the drawn units.</summary>
/// <param name="Openings">
/// For each drawn unit, in order and without gaps: the digests of its group of 32, 8 bytes each, little-endian, then its path, 32 bytes a
/// node; all as one base64.
/// </param>
public sealed record SubmitOpeningsRequest(string? Openings);

/// <summary>A certificate of proven capacity.</summary>
/// <param name="CertificateId">Its id.</param>
/// <param name="Document">Canonical JSON; the signature is over these bytes in ASCII.</param>
/// <param name="Algorithm"><c>ES256</c>: ECDSA on P-256 with SHA-256.</param>
/// <param name="KeyId">The key, as <c>/v1/certificate-keys</c> lists it.</param>
/// <param name="Signature">64 bytes, r and s, as base64.</param>
/// <param name="Evidence">What the machine showed for each part; the document has its hashes, so the signature covers it.</param>
public sealed record CertificateModel(
    string CertificateId, string Document, string Algorithm, string KeyId, string Signature, IReadOnlyList<CertificateEvidenceModel> Evidence);

/// <summary>What a machine showed for a part of a certificate.</summary>
/// <param name="Roots">All roots, device by device and round by round, 32 bytes each, as base64.</param>
/// <param name="Openings">The openings of the drawn units, as base64.</param>
public sealed record CertificateEvidenceModel(string Roots, string Openings);

/// <summary>The keys that certificates are signed with.</summary>
/// <param name="Items">The keys.</param>
public sealed record CertificateKeysModel(IReadOnlyList<CertificateKeyModel> Items);

/// <summary>A key that certificates are signed with.</summary>
/// <param name="KeyId">Its id.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo, DER, as base64.</param>
public sealed record CertificateKeyModel(string KeyId, string PublicKey);
