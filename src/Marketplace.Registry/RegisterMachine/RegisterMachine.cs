namespace Marketplace.Registry.RegisterMachine;

/// <summary>Command: register a machine as a compute resource with a public identifier.</summary>
/// <param name="Provider">Whose machine it is.</param>
/// <param name="Name">What its provider calls it: 1 to 100 characters, none of them a control character.</param>
/// <param name="Hub">The hub it stands in.</param>
/// <param name="Cluster">The English name of a cluster of the hub.</param>
/// <param name="Model">The class of its GPUs.</param>
/// <param name="GpuCount">Its GPUs, 1 to 1,024; 1 in a CPU class.</param>
/// <param name="CpuCores">Cores of the host, 1 to 65,536.</param>
/// <param name="HostMemoryMB">Memory of the host in 10^6 bytes, 1 to 10^9.</param>
/// <param name="Pue">Power usage effectiveness of the site, 1.0 to 5.0; null where unstated.</param>
/// <param name="GridCarbonGramsPerKWh">Carbon of the site's power, 0 to 2,000; null where unstated.</param>
public sealed record RegisterMachine(
    OrganisationId Provider,
    string Name,
    HubId Hub,
    string Cluster,
    GpuModelId Model,
    int GpuCount,
    int CpuCores,
    long HostMemoryMB,
    decimal? Pue,
    int? GridCarbonGramsPerKWh);

/// <summary>Why a machine is not registered; the first that applies.</summary>
public enum RegisterMachineRefusal
{
    /// <summary>The organisation is unknown or not registered as a provider.</summary>
    NotAProvider,

    /// <summary>The name is empty, longer than 100 characters, or has control characters.</summary>
    NameMalformed,

    /// <summary>There is no such hub.</summary>
    HubUnknown,

    /// <summary>The hub has no such cluster.</summary>
    ClusterUnknown,

    /// <summary>The catalogue has no such class.</summary>
    ModelUnknown,

    /// <summary>The number of GPUs is not from 1 to 1,024.</summary>
    GpuCountOutOfRange,

    /// <summary>A machine of a CPU class counts as one unit.</summary>
    CpuMachineIsOneUnit,

    /// <summary>The host's cores are not from 1 to 65,536 or its memory not from 1 MB to 10^9 MB.</summary>
    HostOutOfRange,

    /// <summary>The power usage effectiveness is not from 1.0 to 5.0.</summary>
    PueOutOfRange,

    /// <summary>The carbon of the power is not from 0 to 2,000 grams per kWh.</summary>
    GridCarbonOutOfRange,

    /// <summary>The hub has given out its last serial number.</summary>
    HubFull,
}
