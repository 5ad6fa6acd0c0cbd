using System.Globalization;
using System.Text.Json.Serialization;
using Marketplace.BenchmarkWorker.Gpu.Nvml;

namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>What a GPU says of itself through its driver. Reported, never proven.</summary>
/// <param name="Name">The model.</param>
/// <param name="Uuid">The card's own id; under MIG the slice's.</param>
/// <param name="PciBusId">Where it sits, such as 0000:19:00.0.</param>
/// <param name="CudaVersion">The newest CUDA the driver speaks, such as 12.4.</param>
/// <param name="ComputeMajor">Generation: 8 Ampere and Ada, 9 Hopper, 10 and 12 Blackwell.</param>
/// <param name="ComputeMinor">Within the generation.</param>
/// <param name="Multiprocessors">How many it lets us use; under MIG the slice's.</param>
/// <param name="MemoryBytes">Memory it lets us use.</param>
/// <param name="Management">What the management library adds; null where it is not installed or does not know the card.</param>
internal sealed record GpuFacts(
    string Name,
    string Uuid,
    string PciBusId,
    string CudaVersion,
    [property: JsonIgnore] int ComputeMajor,
    [property: JsonIgnore] int ComputeMinor,
    int Multiprocessors,
    long MemoryBytes,
    ManagementFacts? Management)
{
    /// <summary>Such as 9.0.</summary>
    public string ComputeCapability => string.Create(CultureInfo.InvariantCulture, $"{ComputeMajor}.{ComputeMinor}");
}
