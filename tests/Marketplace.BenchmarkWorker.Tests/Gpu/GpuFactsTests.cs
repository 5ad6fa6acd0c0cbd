using Marketplace.BenchmarkWorker.Gpu;
using Marketplace.BenchmarkWorker.Gpu.Nvml;

namespace Marketplace.BenchmarkWorker.Tests.Gpu;

public sealed class GpuFactsTests
{
    [Fact]
    public void Facts_of_every_device_are_reported_with_what_the_management_library_adds()
    {
        var survey = GpuDevices.Survey(new FakeDriver(2), new FakeNvml { Known = "0000:01:00.0" }, null);
        Assert.Null(survey.Note);
        Assert.Equal(["01010101-0101-0101-0101-010101010101", "02020202-0202-0202-0202-020202020202"], survey.Facts.Select(facts => facts.Uuid));
        Assert.All(survey.Facts, facts => Assert.Equal(("Interpreter", "12.4", "9.0", 1), (facts.Name, facts.CudaVersion, facts.ComputeCapability, facts.Multiprocessors)));
        Assert.Null(survey.Facts[0].Management);
        Assert.Equal(new ManagementFacts("550.54", null, true, false, 700_000, 200_000, 700_000, 1_980, 2_619), survey.Facts[1].Management);
    }

    [Fact]
    public void A_series_notes_once_a_second_until_it_ends()
    {
        var time = new TickingTime();
        var nvml = new FakeNvml { Known = "0000:00:00.0" };
        var series = ClockSeries.TryBegin(nvml, "0000:00:00.0", time)!;
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(1)), time.Asked);
        for (var i = 0; i < 3; i++) time.Tick();
        series.Dispose();
        time.Tick();
        Assert.Equal(3, series.Samples.Count);
        Assert.Equal(new ClockSample(2, 1_755, 2_619, 650_000, 61, 4), series.Samples[2]);
        Assert.Null(ClockSeries.TryBegin(nvml, "0000:07:00.0", time));
    }

    /// <summary>A clock whose one timer fires when the test says so.</summary>
    private sealed class TickingTime : TimeProvider, ITimer
    {
        private TimerCallback? fire;

        public (TimeSpan First, TimeSpan Then) Asked { get; private set; }

        public void Tick() => fire?.Invoke(null);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (fire, Asked) = (callback, (dueTime, period));
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose() => fire = null;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>A management library that knows one card and not everything about it.</summary>
    private sealed class FakeNvml : INvml
    {
        public required string Known { get; init; }

        public bool TryDevice(string pciBusId, out nint device)
        {
            device = 1;
            return pciBusId == Known;
        }

        public string? DriverVersion() => "550.54";

        public string? VbiosVersion(nint device) => null;

        public bool? EccEnabled(nint device) => true;

        public bool? MigEnabled(nint device) => false;

        public uint? PowerLimitMilliwatts(nint device) => 700_000;

        public (uint Least, uint Most)? PowerLimitRangeMilliwatts(nint device) => (200_000, 700_000);

        public uint? MaxClockMegahertz(nint device, NvmlClock clock) => clock == NvmlClock.Memory ? 2_619u : 1_980u;

        public uint? ClockMegahertz(nint device, NvmlClock clock) => clock == NvmlClock.Memory ? 2_619u : 1_755u;

        public uint? PowerMilliwatts(nint device) => 650_000;

        public uint? TemperatureCelsius(nint device) => 61;

        public ulong? ThrottleReasons(nint device) => 4;
    }
}
