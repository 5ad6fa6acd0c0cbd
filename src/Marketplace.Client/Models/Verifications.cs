namespace Marketplace.Client.Models;

/// <summary>A verification.</summary>
/// <param name="VerificationId">Its id.</param>
/// <param name="Purpose"><c>listing</c>, <c>readiness</c> or <c>recheck</c>.</param>
/// <param name="Subject">The id of the listing, lease or window it is for.</param>
/// <param name="MachineId">The machine that must prove.</param>
/// <param name="ModelId">Its class.</param>
/// <param name="GpuCount">How many must prove at once; 1 in a CPU class.</param>
/// <param name="ClaimedInt8Gops">The int8 rate claimed for each, in 10^9 operations per second.</param>
/// <param name="State">
/// <c>awaiting</c>, <c>started</c>, <c>challenged</c>, <c>held</c> (passed by itself; its window is not decided), <c>passed</c> or <c>failed</c>.
/// </param>
/// <param name="Attempt">How often the machine has begun; 0 before the first.</param>
/// <param name="RequestedAt">When it was requested.</param>
/// <param name="ExpiresAt">It fails unless it is complete by then.</param>
/// <param name="Failure">Why it failed: <c>notCompleted</c>, <c>proofInvalid</c> or <c>belowClaim</c>; null otherwise.</param>
/// <param name="Fault">What was wrong with the proof, such as <c>digestMismatch</c>; null where nothing was.</param>
/// <param name="ProvenInt8Gops">The int8 rate proven for each; null where nothing was.</param>
/// <param name="CertificateId">The certificate; null unless it passed.</param>
/// <param name="CompletedAt">When it ended; null before.</param>
/// <param name="OpensAt">When the machine must begin, with the others of its window; null where it begins when it likes.</param>
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
    string? CompletedAt,
    string? OpensAt = null);

/// <summary>What a machine has to do.</summary>
/// <param name="Items">Its verifications that have not ended, oldest first.</param>
public sealed record OpenVerificationsModel(IReadOnlyList<VerificationModel> Items);

/// <summary>Takes the seed of a verification: the server's clock starts.</summary>
/// <param name="Attempt">1 at first; one more than the verification's attempt to begin anew before the roots are in.</param>
public sealed record StartVerificationRequest(int? Attempt);

/// <summary>What the machine is asked.</summary>
/// <param name="VerificationId">The verification.</param>
/// <param name="Attempt">The attempt.</param>
/// <param name="Protocol">Shape, rounds and strictness.</param>
/// <param name="Seed">32 bytes as base64.</param>
/// <param name="ExpiresAt">It fails unless it is complete by then.</param>
public sealed record StartedVerificationModel(string VerificationId, int Attempt, ProofProtocolModel Protocol, string Seed, string ExpiresAt);

/// <summary>The parameters of a proof.</summary>
/// <param name="Name">The protocol: <c>int8-tiles-1</c>.</param>
/// <param name="Size">n: rows and columns of the matrices.</param>
/// <param name="Rounds">Products to compute.</param>
/// <param name="TileSize">Rows and columns of a tile.</param>
/// <param name="Lag">How many rounds a root may come late into the chain of seeds.</param>
/// <param name="Draws">Tiles drawn once the roots are in.</param>
/// <param name="Epsilon">The accepted chance of a false pass, as decimal text.</param>
public sealed record ProofProtocolModel(string Name, int Size, int Rounds, int TileSize, int Lag, int Draws, string Epsilon);

/// <summary>Hands in the roots of all rounds: the server's clock stops.</summary>
/// <param name="Attempt">The attempt they belong to.</param>
/// <param name="Roots">All roots one after another, 32 bytes each, as base64.</param>
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

/// <summary>The tiles to open.</summary>
/// <param name="VerificationId">The verification.</param>
/// <param name="Tiles">In order of round, row and column.</param>
public sealed record ChallengeModel(string VerificationId, IReadOnlyList<TileModel> Tiles);

/// <summary>One tile of one round.</summary>
/// <param name="Round">0 and up.</param>
/// <param name="Row">Row of tiles.</param>
/// <param name="Column">Column of tiles.</param>
public sealed record TileModel(int Round, int Row, int Column);

/// <summary>Opens the drawn tiles.</summary>
/// <param name="Rounds">The rounds with drawn tiles, in order.</param>
public sealed record SubmitOpeningsRequest(IReadOnlyList<RoundOpeningModel?>? Rounds);

/// <summary>An opened round.</summary>
/// <param name="Round">0 and up.</param>
/// <param name="Nodes">All nodes of the round, 32 bytes each, as base64.</param>
/// <param name="Rows">The rows with drawn tiles, in order.</param>
public sealed record RoundOpeningModel(int? Round, string? Nodes, IReadOnlyList<RowOpeningModel?>? Rows);

/// <summary>An opened row of tiles.</summary>
/// <param name="Row">Row of tiles.</param>
/// <param name="Digests">The digests of its tiles in order of columns, 8 bytes each, little-endian, as base64.</param>
public sealed record RowOpeningModel(int? Row, string? Digests);

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
