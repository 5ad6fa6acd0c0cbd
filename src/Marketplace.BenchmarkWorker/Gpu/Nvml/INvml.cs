namespace Marketplace.BenchmarkWorker.Gpu.Nvml;

/// <summary>
/// The functions of NVIDIA's management library that we use, as they stand in nvml.h but for names. False and null say that the
/// library, the card or our rights do not have an answer, which is common and no fault.
/// </summary>
internal interface INvml
{
    /// <summary>nvmlDeviceGetHandleByPciBusId_v2.</summary>
    bool TryDevice(string pciBusId, out nint device);

    /// <summary>nvmlSystemGetDriverVersion.</summary>
    string? DriverVersion();

    /// <summary>nvmlDeviceGetVbiosVersion.</summary>
    string? VbiosVersion(nint device);

    /// <summary>nvmlDeviceGetEccMode, the current mode.</summary>
    bool? EccEnabled(nint device);

    /// <summary>nvmlDeviceGetMigMode, the current mode.</summary>
    bool? MigEnabled(nint device);

    /// <summary>nvmlDeviceGetEnforcedPowerLimit, in milliwatts.</summary>
    uint? PowerLimitMilliwatts(nint device);

    /// <summary>nvmlDeviceGetPowerManagementLimitConstraints, in milliwatts.</summary>
    (uint Least, uint Most)? PowerLimitRangeMilliwatts(nint device);

    /// <summary>nvmlDeviceGetMaxClockInfo, in megahertz.</summary>
    uint? MaxClockMegahertz(nint device, NvmlClock clock);

    /// <summary>nvmlDeviceGetClockInfo, in megahertz.</summary>
    uint? ClockMegahertz(nint device, NvmlClock clock);

    /// <summary>nvmlDeviceGetPowerUsage, in milliwatts.</summary>
    uint? PowerMilliwatts(nint device);

    /// <summary>nvmlDeviceGetTemperature of the chip, in degrees Celsius.</summary>
    uint? TemperatureCelsius(nint device);

    /// <summary>nvmlDeviceGetCurrentClocksThrottleReasons, bits as in nvml.h.</summary>
    ulong? ThrottleReasons(nint device);
}

/// <summary>nvmlClockType_t.</summary>
internal enum NvmlClock
{
    /// <summary>The multiprocessors'.</summary>
    Multiprocessor = 1,

    /// <summary>The memory's.</summary>
    Memory = 2,
}
