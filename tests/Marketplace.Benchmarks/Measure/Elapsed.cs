using System.Diagnostics;

namespace Marketplace.Benchmarks.Measure;

/// <summary>How long something took: on the wall, and of the processor.</summary>
internal readonly record struct Elapsed(double WallSeconds, double CpuSeconds)
{
    /// <summary>Collects what earlier work left behind and starts the clocks.</summary>
    public static Running Begin()
    {
        GC.Collect();
        return new Running(Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
    }

    /// <summary>Clocks that run.</summary>
    internal readonly record struct Running(long Began, TimeSpan Cpu)
    {
        public Elapsed End() => new(Stopwatch.GetElapsedTime(Began).TotalSeconds, (Environment.CpuUsage.TotalTime - Cpu).TotalSeconds);
    }
}
