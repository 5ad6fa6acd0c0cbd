using Marketplace.Contracts;

namespace Marketplace.Leasing.ProveReadiness;

/// <summary>What a machine must prove at the start of a lease.</summary>
public static class ReadinessClaim
{
    /// <summary>A part of what the listing had proven, rounded down, but nothing that was proven is left out.</summary>
    public static Capacity Of(Capacity proven, double fraction) =>
        new(
            Part(proven.Int8Gops, fraction),
            Part(proven.Bf16Gflops, fraction),
            Part(proven.MemoryMB, fraction),
            Part(proven.MemoryBandwidthMBps, fraction),
            Part(proven.Fp64Gflops, fraction));

    private static long Part(long figure, double fraction) => figure == 0 ? 0 : Math.Max(1, (long)(figure * fraction));
}
