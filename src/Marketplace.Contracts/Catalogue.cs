namespace Marketplace.Contracts;

/// <summary>A GPU class of the catalogue. Rates are the datasheet's, dense, per GPU.</summary>
/// <param name="Id">Its id, such as <c>nvidia-h200-sxm</c>.</param>
/// <param name="Vendor">Who makes it.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="FormFactor">SXM, PCIe, OAM, or CPU.</param>
/// <param name="Datasheet">Upper bounds of a claim; 0 where the datasheet says nothing, and for a CPU class, whose machines differ.</param>
/// <param name="BoardPowerW">Board power in watts; 0 where unknown.</param>
/// <param name="AcceptedFraction">The proven part of a claim at which it passes, 0 to 1; 0.85 unless a floor was measured.</param>
/// <param name="ProvenOnCpu">Whether the worker proves this class on the CPU.</param>
public sealed record GpuModel(
    GpuModelId Id, string Vendor, string Name, string FormFactor, Capacity Datasheet, int BoardPowerW, double AcceptedFraction, bool ProvenOnCpu);

/// <summary>A national computing hub, the region of the market.</summary>
/// <param name="Id">Its id, such as <c>guizhou</c>.</param>
/// <param name="Code">Two capitals used in resource identifiers.</param>
/// <param name="Name">Its name in Chinese.</param>
/// <param name="EnglishName">Its name in English.</param>
/// <param name="Clusters">The data-centre clusters of the hub.</param>
public sealed record Hub(HubId Id, string Code, string Name, string EnglishName, IReadOnlyList<HubCluster> Clusters);

/// <summary>A data-centre cluster of a hub.</summary>
/// <param name="Name">Its name in Chinese.</param>
/// <param name="EnglishName">Its name in English.</param>
public sealed record HubCluster(string Name, string EnglishName);

/// <summary>The GPU classes and hubs, fixed for the life of a process.</summary>
public interface ICatalogue
{
    /// <summary>All GPU classes.</summary>
    IReadOnlyList<GpuModel> Models { get; }

    /// <summary>All hubs.</summary>
    IReadOnlyList<Hub> Hubs { get; }

    /// <summary>A class, or null.</summary>
    GpuModel? FindModel(GpuModelId id);

    /// <summary>A hub, or null.</summary>
    Hub? FindHub(HubId id);
}
