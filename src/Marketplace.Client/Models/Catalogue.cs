namespace Marketplace.Client.Models;

/// <summary>What one GPU can do; in a CPU class, one machine. What is absent in a request is not claimed.</summary>
/// <param name="Int8Gops">Dense int8 matrix rate, 10^9 operations per second; a multiply-add is two.</param>
/// <param name="Bf16Gflops">Dense bf16 matrix rate, 10^9 operations per second.</param>
/// <param name="MemoryMB">Device memory, 10^6 bytes.</param>
/// <param name="MemoryBandwidthMBps">Device memory bandwidth, 10^6 bytes per second.</param>
/// <param name="Fp64Gflops">Double-precision rate outside tensor cores, 10^9 operations per second.</param>
public sealed record CapacityModel(long? Int8Gops, long? Bf16Gflops, long? MemoryMB, long? MemoryBandwidthMBps, long? Fp64Gflops = null);

/// <summary>A class of the catalogue.</summary>
/// <param name="ModelId">Its id.</param>
/// <param name="Vendor">Who makes it.</param>
/// <param name="Name">Its name.</param>
/// <param name="FormFactor">SXM, PCIe, OAM or CPU.</param>
/// <param name="Datasheet">Upper bounds of claims, dense, per GPU; 0 where the datasheet says nothing.</param>
/// <param name="BoardPowerW">Board power in watts; 0 where unknown.</param>
/// <param name="AcceptedFraction">The proven part of a claim at which it passes.</param>
/// <param name="ProvenOnCpu">Whether it is proven on the CPU; then the unit is the whole machine.</param>
public sealed record GpuModelModel(
    string ModelId, string Vendor, string Name, string FormFactor, CapacityModel Datasheet, int BoardPowerW, double AcceptedFraction, bool ProvenOnCpu);

/// <summary>A national computing hub.</summary>
/// <param name="HubId">Its id.</param>
/// <param name="Code">Two capitals, the first part of resource identifiers.</param>
/// <param name="Name">Its name in Chinese.</param>
/// <param name="EnglishName">Its name in English.</param>
/// <param name="Clusters">Its data-centre clusters.</param>
public sealed record HubModel(string HubId, string Code, string Name, string EnglishName, IReadOnlyList<ClusterModel> Clusters);

/// <summary>A data-centre cluster of a hub.</summary>
/// <param name="Name">Its name in Chinese.</param>
/// <param name="EnglishName">Its name in English, by which machines name it.</param>
public sealed record ClusterModel(string Name, string EnglishName);
