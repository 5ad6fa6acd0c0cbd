using System.Runtime.InteropServices;
using System.Text;

namespace Marketplace.BenchmarkWorker.Gpu.Nvml;

/// <summary>NVIDIA's management library, found by its soname. Functions that an older one lacks count as having no answer.</summary>
internal sealed unsafe class LibNvml : INvml
{
    private const string Soname = "libnvidia-ml.so.1";
    private const int Chip = 0;
    private readonly nint library;

    private LibNvml(nint library) => this.library = library;

    /// <summary>The library, started, or null.</summary>
    public static LibNvml? TryLoad()
    {
        if (!NativeLibrary.TryLoad(Soname, out var library)) return null;
        var start = (delegate* unmanaged<int>)Symbol(library, "nvmlInit_v2");
        return start != null && start() == 0 ? new LibNvml(library) : null;
    }

    /// <inheritdoc/>
    public bool TryDevice(string pciBusId, out nint device)
    {
        device = 0;
        var call = (delegate* unmanaged<byte*, nint*, int>)Symbol(library, "nvmlDeviceGetHandleByPciBusId_v2");
        if (call == null) return false;
        fixed (byte* id = Encoding.ASCII.GetBytes(pciBusId + "\0"))
        fixed (nint* to = &device) return call(id, to) == 0;
    }

    /// <inheritdoc/>
    public string? DriverVersion()
    {
        var call = (delegate* unmanaged<byte*, uint, int>)Symbol(library, "nvmlSystemGetDriverVersion");
        var text = stackalloc byte[96];
        return call != null && call(text, 96) == 0 ? Marshal.PtrToStringUTF8((nint)text) : null;
    }

    /// <inheritdoc/>
    public string? VbiosVersion(nint device)
    {
        var call = (delegate* unmanaged<nint, byte*, uint, int>)Symbol(library, "nvmlDeviceGetVbiosVersion");
        var text = stackalloc byte[96];
        return call != null && call(device, text, 96) == 0 ? Marshal.PtrToStringUTF8((nint)text) : null;
    }

    /// <inheritdoc/>
    public bool? EccEnabled(nint device) => Pair(device, "nvmlDeviceGetEccMode") is { } modes ? modes.First != 0 : null;

    /// <inheritdoc/>
    public bool? MigEnabled(nint device) => Pair(device, "nvmlDeviceGetMigMode") is { } modes ? modes.First != 0 : null;

    /// <inheritdoc/>
    public uint? PowerLimitMilliwatts(nint device) => Number(device, "nvmlDeviceGetEnforcedPowerLimit");

    /// <inheritdoc/>
    public (uint Least, uint Most)? PowerLimitRangeMilliwatts(nint device) => Pair(device, "nvmlDeviceGetPowerManagementLimitConstraints");

    /// <inheritdoc/>
    public uint? MaxClockMegahertz(nint device, NvmlClock clock) => Number(device, "nvmlDeviceGetMaxClockInfo", (int)clock);

    /// <inheritdoc/>
    public uint? ClockMegahertz(nint device, NvmlClock clock) => Number(device, "nvmlDeviceGetClockInfo", (int)clock);

    /// <inheritdoc/>
    public uint? PowerMilliwatts(nint device) => Number(device, "nvmlDeviceGetPowerUsage");

    /// <inheritdoc/>
    public uint? TemperatureCelsius(nint device) => Number(device, "nvmlDeviceGetTemperature", Chip);

    /// <inheritdoc/>
    public ulong? ThrottleReasons(nint device)
    {
        var call = (delegate* unmanaged<nint, ulong*, int>)Symbol(library, "nvmlDeviceGetCurrentClocksThrottleReasons");

        // Newer libraries call it event reasons; the bits are the same.
        if (call == null) call = (delegate* unmanaged<nint, ulong*, int>)Symbol(library, "nvmlDeviceGetCurrentClocksEventReasons");
        ulong value;
        return call != null && call(device, &value) == 0 ? value : null;
    }

    private static nint Symbol(nint library, string name) => NativeLibrary.TryGetExport(library, name, out var symbol) ? symbol : 0;

    private uint? Number(nint device, string name)
    {
        var call = (delegate* unmanaged<nint, uint*, int>)Symbol(library, name);
        uint value;
        return call != null && call(device, &value) == 0 ? value : null;
    }

    private uint? Number(nint device, string name, int which)
    {
        var call = (delegate* unmanaged<nint, int, uint*, int>)Symbol(library, name);
        uint value;
        return call != null && call(device, which, &value) == 0 ? value : null;
    }

    private (uint First, uint Second)? Pair(nint device, string name)
    {
        var call = (delegate* unmanaged<nint, uint*, uint*, int>)Symbol(library, name);
        uint first, second;
        return call != null && call(device, &first, &second) == 0 ? (first, second) : null;
    }
}
