namespace Marketplace.BenchmarkWorker.Gpu;

/// <summary>How many blocks kernels get whose threads stride over their work: as many as the device runs at once, or fewer where there is less to do.</summary>
/// <param name="Multiprocessors">Of the device.</param>
internal readonly record struct GpuGrid(int Multiprocessors)
{
    /// <summary>Threads of such a block.</summary>
    public const int Threads = 256;

    private const int BlocksPerMultiprocessor = 8;

    /// <summary>Blocks for a number of items.</summary>
    public int BlocksFor(long items) => (int)Math.Min(Multiprocessors * BlocksPerMultiprocessor, (items + Threads - 1) / Threads);
}
