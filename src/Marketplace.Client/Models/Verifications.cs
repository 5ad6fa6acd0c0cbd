namespace Marketplace.Client.Models;

/// <summary>A verification.</summary>
/// <param name="VerificationId">Its id.</param>
/// <param name="Purpose"><c>listing</c> or <c>readiness</c>.</param>
/// <param name="Subject">The id of the listing or lease it is for.</param>
/// <param name="MachineId">The machine that must prove.</param>
/// <param name="ModelId">Its class.</param>
/// <param name="GpuCount">How many must prove at once; 1 in a CPU class.</param>
/// <param name="ClaimedInt8Gops">The int8 rate claimed for each, in 10^9 operations per second.</param>
/// <param name="State"><c>awaiting</c>, <c>started</c>, <c>challenged</c>, <c>passed</c> or <c>failed</c>.</param>
/// <param name="Attempt">How often the machine has begun; 0 before the first.</param>
/// <param name="RequestedAt">When it was requested.</param>
/// <param name="ExpiresAt">It fails unless it is complete by then.</param>
/// <param name="Failure">Why it failed: <c>notCompleted</c>, <c>proofInvalid</c> or <c>belowClaim</c>; null otherwise.</param>
/// <param name="Fault">What was wrong with the proof, such as <c>digestMismatch</c>; null where nothing was.</param>
/// <param name="ProvenInt8Gops">The int8 rate proven for each; null where nothing was.</param>
/// <param name="CertificateId">The certificate; null unless it passed.</param>
/// <param name="CompletedAt">When it ended; null before.</param>
public sealed record VerificationModel(
    string VerificationId,
    string Purpose,
    string Subject,
    string MachineId,
    string ModelId,
    int GpuCount,
    long ClaimedInt8Gops,
    string State,
    int Attempt,
    string RequestedAt,
    string ExpiresAt,
    string? Failure,
    string? Fault,
    long? ProvenInt8Gops,
    string? CertificateId,
    string? CompletedAt);

/// <summary>What a machine has to do.</summary>
/// <param name="Items">Its verifications that have not ended, oldest first.</param>
public sealed record OpenVerificationsModel(IReadOnlyList<VerificationModel> Items);

/// <summary>Takes the seed of a verification: the server's clock starts.</summary>
/// <param name="Attempt">1 at first; one more than the verification's attempt to begin anew before the roots are in.</param>
public sealed record StartVerificationRequest(int? Attempt);

/// <summary>What the machine is asked.</summary>
/// <param name="VerificationId">The verification.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Protocol">Workload, shape, rounds and strictness.</param>
/// <param name="Seeds">32 bytes for each device, one after another, as base64.</param>
/// <param name="ExpiresAt">It fails unless it is complete by then.</param>
public sealed record StartedVerificationModel(string VerificationId, int Attempt, ProofProtocolModel Protocol, string Seeds, string ExpiresAt);

/// <summary>The parameters of a proof.</summary>
/// <param name="Name">The workload: <c>int8-tiles-2</c>, <c>bf16-tiles-1</c>, <c>fp64-chains-1</c> or <c>memory-passes-1</c>.</param>
/// <param name="Devices">Devices that do it at once, each with its own seed.</param>
/// <param name="Rounds">Rounds of each device; for memory, passes.</param>
/// <param name="Rows">M of a product M x K by K x N; blocks of 128 chains; blocks of 262,144 bytes.</param>
/// <param name="Columns">N of a product; else 1.</param>
/// <param name="Depth">K of a product; steps of a chain; else 1.</param>
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
public sealed record ReportedFactsModel(
    string? Processor, int? LogicalCores, long? MemoryMB, string? OperatingSystem, string? Kernel, string? WorkerVersion);

/// <summary>The units (tiles or blocks) to open.</summary>
/// <param name="VerificationId">The verification.</param>
/// <param name="Units">In order of device, round and unit.</param>
public sealed record ChallengeModel(string VerificationId, IReadOnlyList<UnitModel> Units);

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
public sealed record CertificateModel(string CertificateId, string Document, string Algorithm, string KeyId, string Signature);

/// <summary>The keys that certificates are signed with.</summary>
/// <param name="Items">The keys.</param>
public sealed record CertificateKeysModel(IReadOnlyList<CertificateKeyModel> Items);

/// <summary>A key that certificates are signed with.</summary>
/// <param name="KeyId">Its id.</param>
/// <param name="PublicKey">SubjectPublicKeyInfo, DER, as base64.</param>
public sealed record CertificateKeyModel(string KeyId, string PublicKey);
