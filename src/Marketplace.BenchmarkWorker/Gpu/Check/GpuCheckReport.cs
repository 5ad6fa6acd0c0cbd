using System.Text.Json.Serialization;
using Marketplace.BenchmarkWorker.Gpu.Nvml;

namespace Marketplace.BenchmarkWorker.Gpu.Check;

/// <summary>What a GPU reached in a dry run, without protocol and with it, by this machine's own clock: nothing of it is a proof.</summary>
/// <param name="Gpu">What it says of itself.</param>
/// <param name="Parts">One per workload that was tried.</param>
/// <param name="HostToDeviceBytesPerSecond">Copying from pinned memory to the device.</param>
/// <param name="DeviceToHostBytesPerSecond">Copying back.</param>
/// <param name="Series">What it reported once a second; null without a management library.</param>
internal sealed record GpuCheckReport(
    GpuFacts Gpu, IReadOnlyList<GpuPartCheck> Parts, double HostToDeviceBytesPerSecond, double DeviceToHostBytesPerSecond, IReadOnlyList<ClockSample>? Series);

/// <summary>One workload of a dry run.</summary>
/// <param name="Workload">Its name.</param>
/// <param name="KernelPath">How the arithmetic was done.</param>
/// <param name="BarePerSecond">Operations or bytes a second without protocol: the product alone, or a plain device copy.</param>
/// <param name="ProvenPerSecond">What a server would have certified, its bound included.</param>
/// <param name="Wanted">The least ratio of the two that we ask of ourselves; null where we ask none.</param>
/// <param name="Seconds">How long the run with protocol took.</param>
/// <param name="Rounds">Its rounds.</param>
/// <param name="Checked">Whether the server's check of 300 drawn units holds.</param>
internal sealed record GpuPartCheck(
    string Workload, string KernelPath, double BarePerSecond, double ProvenPerSecond, double? Wanted, double Seconds, int Rounds, bool Checked)
{
    /// <summary>Proven over bare.</summary>
    public double Ratio => ProvenPerSecond / BarePerSecond;

    /// <summary>Whether it is checked and reaches what we ask.</summary>
    public bool IsMet => Checked && (Wanted is null || Ratio >= Wanted);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<GpuCheckReport>))]
internal sealed partial class GpuCheckJson : JsonSerializerContext;
