using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using NodaTime;

namespace Marketplace.Verification.Sessions;

/// <summary>From a checked part to the figures that it proves for each device, and whether they are enough.</summary>
public static class ProvenFigures
{
    /// <summary>
    /// Int8 operations in the time in which a processor mixes one word of memory, at its best. Measured on an AMD EPYC with AVX2, per second of one
    /// core's time: 88·10^9 operations of our int8 kernel, and 3.7·10^9 mixes of a loop in C (gcc 12, eight chains of eight words), which is
    /// one for 24. The same loop in C# with four chains makes 3.2·10^9. With AVX-512 both double about alike (an estimate, not measured).
    /// </summary>
    public const double OperationsOfMix = 24;

    private static readonly Capacity Nothing = new(0, 0, 0, 0);

    /// <summary>What a part proves for each device, rounded down to whole units; null where no time has passed by our clock.</summary>
    /// <param name="parameters">The part.</param>
    /// <param name="elapsed">t1 - t0.</param>
    /// <param name="attempts">How often it was begun.</param>
    /// <param name="claim">What each device is claimed to do: the int8 rate bounds the mixes that a processor can make, see <see cref="MissingFraction"/>.</param>
    public static Capacity? Of(ProofParameters parameters, Duration elapsed, int attempts, Capacity claim)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(claim);
        if (elapsed <= Duration.Zero) return null;
        var rate = parameters.ProvenWorkPerSecond(elapsed.TotalSeconds, attempts) / parameters.Devices;
        var missing = MissingFraction(parameters, elapsed, attempts, claim);
        return parameters.Workload switch
        {
            Workload.Int8Tiles => Nothing with { Int8Gops = (long)(rate / 1e9) },
            Workload.Bf16Tiles => Nothing with { Bf16Gflops = (long)(rate / 1e9) },
            Workload.Fp64Chains => Nothing with { Fp64Gflops = (long)(rate / 1e9) },
            _ => Nothing with
            {
                MemoryMB = (long)((1 - missing) * parameters.ResidentBytes / 1e6),

                // What was made anew was not read.
                MemoryBandwidthMBps = (long)(Math.Min(rate, (1 - missing) * parameters.TotalWork / parameters.Devices / elapsed.TotalSeconds) / 1e6),
            },
        };
    }

    /// <summary>
    /// The fraction of its units that a part does not prove: f*, and of a processor's memory also what it could have made anew from the keys with all
    /// the arithmetic that it claims. What nobody claims can't be bounded: without an int8 rate a processor's memory is proven by nothing.
    /// </summary>
    /// <inheritdoc cref="Of"/>
    public static double MissingFraction(ProofParameters parameters, Duration elapsed, int attempts, Capacity claim)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(claim);
        if (!parameters.IsOfProcessor) return parameters.UndetectedFractionAfter(attempts);
        if (claim.Int8Gops <= 0) return 1;
        return parameters.MissingFraction(elapsed.TotalSeconds, attempts, parameters.Devices * claim.Int8Gops * 1e9 / OperationsOfMix);
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
