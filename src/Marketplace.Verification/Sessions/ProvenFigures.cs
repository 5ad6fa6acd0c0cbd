using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using NodaTime;

namespace Marketplace.Verification.Sessions;

/// <summary>From a checked part to the figures that it proves for each device, and whether they are enough.</summary>
public static class ProvenFigures
{
    private static readonly Capacity Nothing = new(0, 0, 0, 0);

    /// <summary>What a part proves for each device, rounded down to whole units; null where no time has passed by our clock.</summary>
    /// <param name="parameters">The part.</param>
    /// <param name="elapsed">t1 - t0.</param>
    /// <param name="attempts">How often it was begun.</param>
    public static Capacity? Of(ProofParameters parameters, Duration elapsed, int attempts)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (elapsed <= Duration.Zero) return null;
        var rate = parameters.ProvenWorkPerSecond(elapsed.TotalSeconds, attempts) / parameters.Devices;
        return parameters.Workload switch
        {
            Workload.Int8Tiles => Nothing with { Int8Gops = (long)(rate / 1e9) },
            Workload.Bf16Tiles => Nothing with { Bf16Gflops = (long)(rate / 1e9) },
            Workload.Fp64Chains => Nothing with { Fp64Gflops = (long)(rate / 1e9) },
            _ => Nothing with
            {
                MemoryMB = (long)((1 - parameters.UndetectedFractionAfter(attempts)) * parameters.ResidentBytes / 1e6),
                MemoryBandwidthMBps = (long)(rate / 1e6),
            },
        };
    }

    /// <summary>What all parts so far prove together; null where none does.</summary>
    public static Capacity? Sum(IEnumerable<SessionPart> parts) =>
        parts.Select(part => part.Proven).OfType<Capacity>().Aggregate(default(Capacity), (sum, next) => sum is null ? next : Add(sum, next));

    /// <summary>Sums figure by figure.</summary>
    public static Capacity Add(Capacity one, Capacity other) => new(
        one.Int8Gops + other.Int8Gops,
        one.Bf16Gflops + other.Bf16Gflops,
        one.MemoryMB + other.MemoryMB,
        one.MemoryBandwidthMBps + other.MemoryBandwidthMBps,
        one.Fp64Gflops + other.Fp64Gflops);

    /// <summary>Whether what a part proves is at least a fraction of what is claimed of its figures.</summary>
    public static bool Suffice(Workload workload, Capacity proven, Capacity claim, double fraction)
    {
        ArgumentNullException.ThrowIfNull(proven);
        ArgumentNullException.ThrowIfNull(claim);
        return workload switch
        {
            Workload.Int8Tiles => proven.Int8Gops >= fraction * claim.Int8Gops,
            Workload.Bf16Tiles => proven.Bf16Gflops >= fraction * claim.Bf16Gflops,
            Workload.Fp64Chains => proven.Fp64Gflops >= fraction * claim.Fp64Gflops,
            _ => proven.MemoryMB >= fraction * claim.MemoryMB && proven.MemoryBandwidthMBps >= fraction * claim.MemoryBandwidthMBps,
        };
    }
}
