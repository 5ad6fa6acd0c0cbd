using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.BenchmarkWorker.Gpu;
using Marketplace.BenchmarkWorker.Proof;
using Marketplace.BenchmarkWorker.Rehearse;
using Marketplace.Client.Models;
using Marketplace.Verification.Protocol;

namespace Marketplace.BenchmarkWorker.Report;

/// <summary>What a machine says and measures of itself. Nothing of it is a proof.</summary>
/// <param name="Host">What goes into certificates, marked as unproven.</param>
/// <param name="System">The host in more detail.</param>
/// <param name="Int8">Its int8 rate, to choose a claim by.</param>
/// <param name="Memory">Its memory's bandwidth: reading and writing together.</param>
/// <param name="Disk">The disk of a folder; null where it could not be measured.</param>
/// <param name="Gpus">What its GPUs say of themselves.</param>
internal sealed record MachineReport(
    ReportedFactsModel Host, SystemReport System, RateMeasurement Int8, MemoryReport Memory, DiskReport? Disk, IReadOnlyList<GpuFacts> Gpus)
{
    /// <summary>Reads and measures, for some six seconds.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="folder">The folder whose disk is measured.</param>
    /// <param name="cancellation">Ends it.</param>
    public static MachineReport Make(ProvingMachine machine, string folder, CancellationToken cancellation)
    {
        var int8 = Rehearsal.Run(machine, Workload.Int8Tiles, cancellation);
        var memory = Rehearsal.Run(machine, Workload.MemoryPasses, cancellation);
        return new MachineReport(
            machine.Facts with { Kernel = int8.KernelPath },
            SystemReport.Read(),
            RateMeasurement.Of(int8),
            new MemoryReport(memory.BareWorkPerSecond, memory.ProvableWorkPerSecond),
            MeasureDisk(folder),
            GpuDevices.Survey().Facts);
    }

    private static DiskReport? MeasureDisk(string folder)
    {
        try
        {
            return DiskReport.Measure(folder);
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"The disk of '{folder}' is left out: {cannot.Message}");
            return null;
        }
    }
}

/// <summary>A memory's bandwidth, bytes read and bytes written together.</summary>
/// <param name="BareBytesPerSecond">Reading and writing it with next to no arithmetic.</param>
/// <param name="ProvableBytesPerSecond">In passes of the protocol.</param>
internal sealed record MemoryReport(double BareBytesPerSecond, double ProvableBytesPerSecond);

/// <summary>The host as its kernel describes it.</summary>
/// <param name="KernelRelease">The operating system's kernel.</param>
/// <param name="LogicalCores">Cores that this process may use.</param>
/// <param name="ProcessorFeatures">Instruction sets that matter here.</param>
/// <param name="TotalMemoryBytes">Main memory; null where it is not told.</param>
/// <param name="AvailableMemoryBytes">What of it is free for programs.</param>
/// <param name="NvidiaDriver">The NVIDIA driver's version line; null where there is none.</param>
/// <param name="UptimeSeconds">How long the machine has been up.</param>
internal sealed record SystemReport(
    string KernelRelease,
    int LogicalCores,
    IReadOnlyList<string> ProcessorFeatures,
    long? TotalMemoryBytes,
    long? AvailableMemoryBytes,
    string? NvidiaDriver,
    long UptimeSeconds)
{
    private static readonly string[] Interesting = ["avx2", "fma", "avx_vnni", "avx512f", "avx512bw", "avx512_vnni", "amx_int8", "amx_bf16", "sha_ni"];

    /// <summary>Reads it; what an operating system other than Linux does not tell is null or empty.</summary>
    public static SystemReport Read()
    {
        var flags = (Line("/proc/cpuinfo", "flags") ?? "").Split(' ');
        return new SystemReport(
            Text("/proc/sys/kernel/osrelease") ?? RuntimeInformation.OSDescription,
            Environment.ProcessorCount,
            [.. Interesting.Intersect(flags)],
            Kilobytes("MemTotal"),
            Kilobytes("MemAvailable"),
            Line("/proc/driver/nvidia/version", "NVRM version"),
            Environment.TickCount64 / 1000);
    }

    private static long? Kilobytes(string name) =>
        Line("/proc/meminfo", name)?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0] is { } text && long.TryParse(text, out var kilobytes) ? kilobytes * 1024 : null;

    private static string? Text(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : null;

    private static string? Line(string path, string name)
    {
        if (!File.Exists(path)) return null;
        var line = File.ReadLines(path).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(MachineReport))]
internal sealed partial class ReportJson : JsonSerializerContext;
