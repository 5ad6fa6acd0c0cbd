using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Registry.Machines;

/// <summary>A registered compute resource: a machine in a cluster of a hub.</summary>
/// <param name="Id">Its id, for its provider.</param>
/// <param name="Provider">Whose machine it is.</param>
/// <param name="Identifier">Its public identifier.</param>
/// <param name="Name">What its provider calls it.</param>
/// <param name="Hub">The hub it stands in.</param>
/// <param name="Cluster">The English name of the cluster.</param>
/// <param name="Model">The class of its GPUs; a CPU class for a machine without.</param>
/// <param name="GpuCount">Its GPUs; 1 in a CPU class, where the unit is the whole machine.</param>
/// <param name="CpuCores">Cores of the host, as the provider states them.</param>
/// <param name="HostMemoryMB">Memory of the host in 10^6 bytes, as the provider states it.</param>
/// <param name="Pue">Power usage effectiveness of the site, 1.0 to 5.0; null where unstated.</param>
/// <param name="GridCarbonGramsPerKWh">Carbon of the site's power, 0 to 2,000; null where unstated.</param>
/// <param name="RegisteredAt">When it was registered.</param>
/// <param name="LastProof">The newest test that passed; null before the first.</param>
public sealed record Machine(
    MachineId Id,
    OrganisationId Provider,
    ResourceIdentifier Identifier,
    string Name,
    HubId Hub,
    string Cluster,
    GpuModelId Model,
    int GpuCount,
    int CpuCores,
    long HostMemoryMB,
    decimal? Pue,
    int? GridCarbonGramsPerKWh,
    Instant RegisteredAt,
    MachineTest? LastProof)
{
    /// <summary>The order book that the machine's listings are sold in.</summary>
    public BookKey Book => new(Model, Hub);
}

/// <summary>A test of a machine that has ended, passed or not.</summary>
/// <param name="VerificationId">The session.</param>
/// <param name="Purpose">What it was for.</param>
/// <param name="Passed">Whether the claim was proven.</param>
/// <param name="Failure">Why not; null when it passed.</param>
/// <param name="Claim">What was claimed, per GPU.</param>
/// <param name="Proven">What was proven, per GPU; null where nothing was.</param>
/// <param name="CertificateId">The certificate; null unless it passed.</param>
/// <param name="CompletedAt">When it ended.</param>
public sealed record MachineTest(
    VerificationId VerificationId,
    VerificationPurpose Purpose,
    bool Passed,
    VerificationFailure? Failure,
    Capacity Claim,
    Capacity? Proven,
    CertificateId? CertificateId,
    Instant CompletedAt);
