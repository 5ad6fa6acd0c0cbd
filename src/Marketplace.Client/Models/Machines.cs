namespace Marketplace.Client.Models;

/// <summary>Registers a machine.</summary>
/// <param name="Name">What its provider calls it, 1 to 100 characters.</param>
/// <param name="HubId">The hub it stands in.</param>
/// <param name="Cluster">The English name of a cluster of the hub.</param>
/// <param name="ModelId">The class of its GPUs; a CPU class for a machine without.</param>
/// <param name="GpuCount">Its GPUs, 1 to 1,024; 1 in a CPU class.</param>
/// <param name="CpuCores">Cores of the host, 1 to 65,536.</param>
/// <param name="HostMemoryMB">Memory of the host in 10^6 bytes.</param>
/// <param name="Pue">Power usage effectiveness of the site, 1.0 to 5.0; absent where unknown.</param>
/// <param name="GridCarbonGramsPerKWh">Carbon of the site's power, 0 to 2,000; absent where unknown.</param>
public sealed record RegisterMachineRequest(
    string? Name,
    string? HubId,
    string? Cluster,
    string? ModelId,
    int? GpuCount,
    int? CpuCores,
    long? HostMemoryMB,
    decimal? Pue = null,
    int? GridCarbonGramsPerKWh = null);

/// <summary>A registered machine, for its provider.</summary>
/// <param name="MachineId">Its id.</param>
/// <param name="ResourceIdentifier">Its public identifier.</param>
/// <param name="Name">What its provider calls it.</param>
/// <param name="HubId">The hub it stands in.</param>
/// <param name="Cluster">The English name of the cluster.</param>
/// <param name="ModelId">The class of its GPUs.</param>
/// <param name="GpuCount">Its GPUs.</param>
/// <param name="CpuCores">Cores of the host.</param>
/// <param name="HostMemoryMB">Memory of the host in 10^6 bytes.</param>
/// <param name="Pue">Power usage effectiveness of the site.</param>
/// <param name="GridCarbonGramsPerKWh">Carbon of the site's power.</param>
/// <param name="LastProof">The newest test that passed; null before the first.</param>
/// <param name="RegisteredAt">When it was registered.</param>
public sealed record MachineModel(
    string MachineId,
    string ResourceIdentifier,
    string Name,
    string HubId,
    string Cluster,
    string ModelId,
    int GpuCount,
    int CpuCores,
    long HostMemoryMB,
    decimal? Pue,
    int? GridCarbonGramsPerKWh,
    MachineTestModel? LastProof,
    string RegisteredAt);

/// <summary>A test of a machine that has ended.</summary>
/// <param name="VerificationId">The verification.</param>
/// <param name="Purpose"><c>listing</c>, <c>readiness</c> or <c>recheck</c>.</param>
/// <param name="Passed">Whether the claim was proven.</param>
/// <param name="Failure">Why not: <c>notCompleted</c>, <c>proofInvalid</c> or <c>belowClaim</c>; null when it passed.</param>
/// <param name="Claim">What was claimed, per GPU.</param>
/// <param name="Proven">What was proven, per GPU; null where nothing was.</param>
/// <param name="CertificateId">The certificate; null unless it passed.</param>
/// <param name="CompletedAt">When it ended.</param>
public sealed record MachineTestModel(
    string VerificationId,
    string Purpose,
    bool Passed,
    string? Failure,
    CapacityModel Claim,
    CapacityModel? Proven,
    string? CertificateId,
    string CompletedAt);

/// <summary>A registered compute resource, as everybody may see it.</summary>
/// <param name="ResourceIdentifier">Its public identifier.</param>
/// <param name="ProviderId">Whose machine it is.</param>
/// <param name="HubId">The hub it stands in.</param>
/// <param name="Cluster">The English name of the cluster.</param>
/// <param name="ModelId">The class of its GPUs.</param>
/// <param name="GpuCount">Its GPUs.</param>
/// <param name="CpuCores">Cores of the host, as stated by its provider.</param>
/// <param name="HostMemoryMB">Memory of the host in 10^6 bytes, as stated by its provider.</param>
/// <param name="Pue">Power usage effectiveness of the site, as stated by its provider.</param>
/// <param name="GridCarbonGramsPerKWh">Carbon of the site's power, as stated by its provider.</param>
/// <param name="Proven">What was proven last, per GPU; null before the first proof.</param>
/// <param name="Offers">What is offered of it now.</param>
/// <param name="Tests">Its newest tests, at most 50, passed or not.</param>
/// <param name="RegisteredAt">When it was registered.</param>
public sealed record ResourceModel(
    string ResourceIdentifier,
    string ProviderId,
    string HubId,
    string Cluster,
    string ModelId,
    int GpuCount,
    int CpuCores,
    long HostMemoryMB,
    decimal? Pue,
    int? GridCarbonGramsPerKWh,
    CapacityModel? Proven,
    IReadOnlyList<OfferModel> Offers,
    IReadOnlyList<MachineTestModel> Tests,
    string RegisteredAt);

/// <summary>An enrolment of a key for a machine.</summary>
/// <param name="EnrolmentId">Its id, and the key id of the machine's tokens.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Status">
/// <c>open</c>, <c>expired</c>, <c>enrolled</c>, <c>rotating</c> (another key is there, and this one still signs), <c>retired</c> or <c>revoked</c>.
/// </param>
/// <param name="ExpiresAt">From then on its code is void.</param>
/// <param name="EnrolledAt">When the key was posted; null before.</param>
/// <param name="PredecessorId">The enrolment whose key signed this one; null where a code enrolled it.</param>
/// <param name="SuccessorId">The enrolment of the key that the machine went over to; null where it has not.</param>
/// <param name="RetiresAt">From then on the key signs nothing, because the machine went over to another; null where it has not.</param>
/// <param name="RevokedAt">When it was revoked; null where it is not.</param>
/// <param name="RevocationReason">Why it was revoked; null where it is not.</param>
public sealed record EnrolmentModel(
    string EnrolmentId,
    string MachineId,
    string Status,
    string ExpiresAt,
    string? EnrolledAt,
    string? PredecessorId = null,
    string? SuccessorId = null,
    string? RetiresAt = null,
    string? RevokedAt = null,
    string? RevocationReason = null);

/// <summary>Revokes an enrolment.</summary>
/// <param name="Reason">Why, 1 to 500 characters.</param>
public sealed record RevokeEnrolmentRequest(string? Reason);

/// <summary>Goes over to a new key.</summary>
/// <param name="PublicKey">The new key: ECDSA P-256 SubjectPublicKeyInfo, DER, as base64.</param>
/// <param name="Signature">64 bytes, r and s, as base64: the present key's over the lines of <see cref="KeyRotationFormat"/>.</param>
public sealed record RotateKeyRequest(string? PublicKey, string? Signature);

/// <summary>A one-time code, shown once.</summary>
/// <param name="EnrolmentId">The enrolment.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="Code">For the machine; null where the request is repeated after the code was used, revoked or has expired.</param>
/// <param name="ExpiresAt">From then on the code is void.</param>
public sealed record EnrolmentCodeModel(string EnrolmentId, string MachineId, string? Code, string ExpiresAt);

/// <summary>Enrols a machine's key.</summary>
/// <param name="Code">The one-time code.</param>
/// <param name="PublicKey">ECDSA P-256 SubjectPublicKeyInfo, DER, as base64.</param>
public sealed record EnrolKeyRequest(string? Code, string? PublicKey);

/// <summary>A key that is enrolled.</summary>
/// <param name="EnrolmentId">The key id of the machine's tokens.</param>
/// <param name="MachineId">The machine.</param>
/// <param name="ResourceIdentifier">The machine's public identifier.</param>
/// <param name="EnrolledAt">When it was enrolled.</param>
public sealed record MachineKeyModel(string EnrolmentId, string MachineId, string ResourceIdentifier, string EnrolledAt);
