using System.Globalization;
using System.Text;
using Marketplace.BenchmarkWorker.Gpu.Blas;
using Marketplace.BenchmarkWorker.Gpu.Driver;
using Marketplace.BenchmarkWorker.Gpu.Nvml;

namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>What was found of GPUs.</summary>
/// <param name="Usable">Those that can prove, in the driver's order.</param>
/// <param name="Facts">What all of them say of themselves, usable or not.</param>
/// <param name="Note">Why there is none, or why one is left out; null where all are usable.</param>
internal sealed record GpuSurvey(IReadOnlyList<GpuDevice> Usable, IReadOnlyList<GpuFacts> Facts, string? Note);

/// <summary>Finds the GPUs of this machine. A machine without any is no fault.</summary>
internal static class GpuDevices
{
    /// <summary>Our kernels need bf16 on tensor cores and asynchronous copies: Ampere, 2020.</summary>
    private const int LeastMajor = 8;

    /// <summary>The GPUs that can prove; empty where there is no driver or no device.</summary>
    public static IReadOnlyList<GpuDevice> Find() => Survey().Usable;

    /// <summary>All that can be said of this machine's GPUs.</summary>
    /// <param name="useLibrary">Whether products are made by cuBLAS where it is installed.</param>
    public static GpuSurvey Survey(bool useLibrary = true) => Survey(LibCuda.TryLoad(), LibNvml.TryLoad(), useLibrary ? LibCublas.TryLoad() : null);

    /// <summary>The same of given libraries.</summary>
    internal static GpuSurvey Survey(ICudaDriver? driver, INvml? nvml, ICublas? blas)
    {
        if (driver is null) return None("no NVIDIA driver (libcuda.so.1)");
        var code = driver.Init();
        if (code == CudaCode.NoDevice) return None("the NVIDIA driver finds no GPU");
        if (code != CudaCode.Success) return None($"the NVIDIA driver does not start: {driver.ErrorName(code)}");
        if (driver.DeviceCount(out var count) != CudaCode.Success || count == 0) return None("the NVIDIA driver finds no GPU");
        var (usable, all, notes) = (new List<GpuDevice>(), new List<GpuFacts>(), new List<string>());
        for (var i = 0; i < count; i++)
        {
            if (driver.Device(i, out var handle) != CudaCode.Success)
            {
                notes.Add($"GPU {i} gives no answer");
                continue;
            }

            var facts = FactsOf(driver, handle, nvml);
            all.Add(facts);
            if (facts.ComputeMajor >= LeastMajor) usable.Add(new GpuDevice(driver, handle, facts, blas));
            else notes.Add(string.Create(CultureInfo.InvariantCulture, $"GPU {i} ({facts.Name}) has compute capability {facts.ComputeCapability}, 8.0 is needed"));
        }

        return new GpuSurvey(usable, all, notes.Count == 0 ? null : string.Join("; ", notes));
    }

    private static GpuSurvey None(string why) => new([], [], why);

    private static GpuFacts FactsOf(ICudaDriver driver, int handle, INvml? nvml)
    {
        Span<byte> text = stackalloc byte[256];
        text.Clear();
        var name = driver.DeviceName(handle, text) == CudaCode.Success ? Text(text) : "unknown";
        text.Clear();
        var pci = driver.DevicePciBusId(handle, text) == CudaCode.Success ? Text(text) : "unknown";
        Span<byte> uuid = stackalloc byte[16];
        var hasUuid = driver.DeviceUuid(handle, uuid) == CudaCode.Success;
        _ = driver.DriverVersion(out var cuda);
        _ = driver.DeviceTotalMemory(handle, out var memory);
        return new GpuFacts(
            name,
            hasUuid ? new Guid(uuid, bigEndian: true).ToString() : "unknown",
            pci,
            string.Create(CultureInfo.InvariantCulture, $"{cuda / 1000}.{cuda % 1000 / 10}"),
            Attribute(driver, handle, CudaAttribute.ComputeMajor),
            Attribute(driver, handle, CudaAttribute.ComputeMinor),
            Attribute(driver, handle, CudaAttribute.Multiprocessors),
            (long)memory,
            ManagementFacts.Read(nvml, pci));
    }

    private static int Attribute(ICudaDriver driver, int handle, int attribute) =>
        driver.DeviceAttribute(handle, attribute, out var value) == CudaCode.Success ? value : 0;

    private static string Text(ReadOnlySpan<byte> zeroTerminated)
    {
        var end = zeroTerminated.IndexOf((byte)0);
        return Encoding.ASCII.GetString(zeroTerminated[..(end < 0 ? zeroTerminated.Length : end)]);
    }
}
