using System.Globalization;
using NodaTime;

namespace Marketplace.BenchmarkWorker.Meter;

/// <summary>The machine's last start, as its kernel tells it.</summary>
/// <param name="BootId">A name that each start has for itself.</param>
/// <param name="Ago">How long ago that was.</param>
internal sealed record MachineStart(string BootId, Duration Ago)
{
    /// <summary>Reads it. Outside Linux every start looks the same, so that no absence is ever told.</summary>
    public static MachineStart Read()
    {
        if (!OperatingSystem.IsLinux()) return new MachineStart("unknown", Duration.Zero);
        var uptime = File.ReadAllText("/proc/uptime").Split(' ')[0];
        return new MachineStart(
            File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(), Duration.FromSeconds(double.Parse(uptime, CultureInfo.InvariantCulture)));
    }
}
