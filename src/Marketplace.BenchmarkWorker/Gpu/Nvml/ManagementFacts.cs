namespace Marketplace.BenchmarkWorker.Gpu.Nvml;

/// <summary>What the management library says of a GPU; null where it has no answer. Reported, never proven.</summary>
/// <param name="DriverVersion">Such as 550.54.15.</param>
/// <param name="VbiosVersion">The card's firmware.</param>
/// <param name="EccEnabled">Whether memory errors are corrected.</param>
/// <param name="MigEnabled">Whether the card is cut into slices.</param>
/// <param name="PowerLimitMilliwatts">What it may draw now.</param>
/// <param name="LeastPowerLimitMilliwatts">What an owner may lower that to.</param>
/// <param name="MostPowerLimitMilliwatts">What an owner may raise it to.</param>
/// <param name="MaxMultiprocessorClockMegahertz">The highest clock of the multiprocessors.</param>
/// <param name="MaxMemoryClockMegahertz">The highest clock of the memory.</param>
internal sealed record ManagementFacts(
    string? DriverVersion,
    string? VbiosVersion,
    bool? EccEnabled,
    bool? MigEnabled,
    uint? PowerLimitMilliwatts,
    uint? LeastPowerLimitMilliwatts,
    uint? MostPowerLimitMilliwatts,
    uint? MaxMultiprocessorClockMegahertz,
    uint? MaxMemoryClockMegahertz)
{
    /// <summary>Asks about the card at a place; null where there is no library or no such card.</summary>
    public static ManagementFacts? Read(INvml? nvml, string pciBusId)
    {
        if (nvml is null || !nvml.TryDevice(pciBusId, out var device)) return null;
        var range = nvml.PowerLimitRangeMilliwatts(device);
        return new ManagementFacts(
            nvml.DriverVersion(),
            nvml.VbiosVersion(device),
            nvml.EccEnabled(device),
            nvml.MigEnabled(device),
            nvml.PowerLimitMilliwatts(device),
            range?.Least,
            range?.Most,
            nvml.MaxClockMegahertz(device, NvmlClock.Multiprocessor),
            nvml.MaxClockMegahertz(device, NvmlClock.Memory));
    }
}
