using Marketplace.Contracts;
using Marketplace.Registry.Machines;
using Marketplace.Registry.Organisations;
using NodaTime;

namespace Marketplace.Registry.RegisterMachine;

/// <summary>Decides on registrations of machines.</summary>
public static class MachineRules
{
    private const int MaxNameLength = 100;
    private const int MaxGpus = 1024;
    private const int MaxCores = 65_536;
    private const long MaxHostMemoryMB = 1_000_000_000;
    private const decimal MaxPue = 5.0m;
    private const int MaxCarbonGramsPerKWh = 2000;

    /// <summary>Why a command is refused, or null.</summary>
    public static RegisterMachineRefusal? Check(RegisterMachine command, Organisation? provider, ICatalogue catalogue)
    {
        if (provider is not { Provides: true }) return RegisterMachineRefusal.NotAProvider;
        if (string.IsNullOrWhiteSpace(command.Name) || command.Name.Length > MaxNameLength || command.Name.Any(char.IsControl))
        {
            return RegisterMachineRefusal.NameMalformed;
        }

        if (catalogue.FindHub(command.Hub) is not { } hub) return RegisterMachineRefusal.HubUnknown;
        if (hub.Clusters.All(cluster => cluster.EnglishName != command.Cluster)) return RegisterMachineRefusal.ClusterUnknown;
        if (catalogue.FindModel(command.Model) is not { } model) return RegisterMachineRefusal.ModelUnknown;
        if (command.GpuCount is < 1 or > MaxGpus) return RegisterMachineRefusal.GpuCountOutOfRange;
        if (model.ProvenOnCpu && command.GpuCount != 1) return RegisterMachineRefusal.CpuMachineIsOneUnit;
        if (command.CpuCores is < 1 or > MaxCores || command.HostMemoryMB is < 1 or > MaxHostMemoryMB) return RegisterMachineRefusal.HostOutOfRange;
        if (command.Pue is < 1.0m or > MaxPue) return RegisterMachineRefusal.PueOutOfRange;
        if (command.GridCarbonGramsPerKWh is < 0 or > MaxCarbonGramsPerKWh) return RegisterMachineRefusal.GridCarbonOutOfRange;
        return null;
    }

    /// <summary>The machine of a command that was not refused.</summary>
    public static Machine Make(RegisterMachine command, MachineId id, ResourceIdentifier identifier, Instant now) => new(
        id,
        command.Provider,
        identifier,
        command.Name,
        command.Hub,
        command.Cluster,
        command.Model,
        command.GpuCount,
        command.CpuCores,
        command.HostMemoryMB,
        command.Pue,
        command.GridCarbonGramsPerKWh,
        now,
        LastProof: null);
}
