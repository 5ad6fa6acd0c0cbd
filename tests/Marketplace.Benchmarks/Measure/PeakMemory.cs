namespace Marketplace.Benchmarks.Measure;

/// <summary>The most memory that the process held while something ran, looked at every 20 ms: all of it, not the heap alone.</summary>
internal sealed class PeakMemory : IDisposable
{
    private readonly Timer timer;
    private long peakBytes;

    private PeakMemory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        timer = new Timer(_ => Look(), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(20));
    }

    public double MiB => Interlocked.Read(ref peakBytes) / (1024.0 * 1024);

    /// <summary>Gives back what earlier work left behind and begins to look.</summary>
    public static PeakMemory Watch() => new();

    public void Dispose()
    {
        timer.Dispose();
        Look();
    }

    private void Look()
    {
        var now = Environment.WorkingSet;
        for (var peak = Interlocked.Read(ref peakBytes); now > peak; peak = Interlocked.Read(ref peakBytes))
        {
            if (Interlocked.CompareExchange(ref peakBytes, now, peak) == peak) return;
        }
    }
}
