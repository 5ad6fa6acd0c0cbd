namespace Marketplace.BenchmarkWorker.Gpu.Nvml;

/// <summary>What a GPU reported at one moment; null where it had no answer.</summary>
/// <param name="Seconds">Since the series began.</param>
/// <param name="MultiprocessorClockMegahertz">Clock of the multiprocessors.</param>
/// <param name="MemoryClockMegahertz">Clock of the memory.</param>
/// <param name="PowerMilliwatts">What it draws.</param>
/// <param name="TemperatureCelsius">Of the chip.</param>
/// <param name="ThrottleReasons">Why it is slower than it could be, bits as in nvml.h; 0 if it is not.</param>
internal sealed record ClockSample(
    int Seconds, uint? MultiprocessorClockMegahertz, uint? MemoryClockMegahertz, uint? PowerMilliwatts, uint? TemperatureCelsius, ulong? ThrottleReasons);

/// <summary>
/// Notes once a second what a GPU reports of its clocks, power and heat while it works. It explains a rate that disappoints, to the
/// machine's owner; it proves nothing.
/// </summary>
internal sealed class ClockSeries : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly INvml nvml;
    private readonly nint device;
    private readonly ITimer timer;
    private readonly Lock guard = new();
    private readonly List<ClockSample> samples = [];

    private ClockSeries(INvml nvml, nint device, TimeProvider time)
    {
        (this.nvml, this.device) = (nvml, device);
        timer = time.CreateTimer(_ => Note(), null, TimeSpan.Zero, Second);
    }

    /// <summary>What was noted so far.</summary>
    public IReadOnlyList<ClockSample> Samples
    {
        get
        {
            lock (guard) return [.. samples];
        }
    }

    /// <summary>Begins a series; null where there is no library or no such card.</summary>
    public static ClockSeries? TryBegin(INvml? nvml, string pciBusId, TimeProvider time) =>
        nvml is not null && nvml.TryDevice(pciBusId, out var device) ? new ClockSeries(nvml, device, time) : null;

    /// <inheritdoc/>
    public void Dispose() => timer.Dispose();

    private void Note()
    {
        lock (guard)
        {
            samples.Add(new ClockSample(
                samples.Count,
                nvml.ClockMegahertz(device, NvmlClock.Multiprocessor),
                nvml.ClockMegahertz(device, NvmlClock.Memory),
                nvml.PowerMilliwatts(device),
                nvml.TemperatureCelsius(device),
                nvml.ThrottleReasons(device)));
        }
    }
}
