using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using NodaTime;

namespace Marketplace.Verification.Sessions;

/// <summary>
/// Chooses the parts of a session and their sizes from the claim and the purpose, so that a machine that has what it claims is busy for a set
/// time in each: on GPUs 60 s of bf16, 20 s of int8, 18 s of memory and 20 s of fp64 for a listing, together 28 s at other times; on a CPU 2 s of
/// each, and 10 s of memory for a listing.
/// </summary>
/// <remarks>
/// A part lasts 2 s or more: a hundred round trips of 20 ms. The round trip is inside the measured time, so a machine farther away proves a little
/// less than it has, never more.
/// </remarks>
public static class ProofPlan
{
    /// <summary>Units drawn in each part: the bound then takes 4.5 % off, and the check stays under 2 s.</summary>
    public const int Draws = 300;

    /// <summary>The accepted chance that a machine which skipped more than the bound allows passes a part.</summary>
    public const double Epsilon = 1e-6;

    private const int Lag = 1;
    private const int MaxDepth = 6_144;
    private const double MemoryShare = 0.95;
    private const int FewestPasses = 16;
    private const int MostPasses = 340;
    private const double LeastSeconds = 2;
    private const double UnclaimedMemoryMB = 1_024;
    private const double UnknownBandwidthMBps = 10_000;
    private static readonly int[] Sizes = [128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 8192, 16_384, 32_768, 65_536, 131_072];
    private static readonly Duration LeastLimit = Duration.FromMinutes(3);
    private static readonly Duration Slack = Duration.FromMinutes(1);

    /// <summary>The parts for a claim, in the order in which they are proven; none where nothing is claimed.</summary>
    /// <param name="purpose">What the proof is for.</param>
    /// <param name="claim">What each device is claimed to do.</param>
    /// <param name="devices">How many.</param>
    /// <param name="model">The class of the machine; null where it is unknown.</param>
    public static IReadOnlyList<ProofParameters> For(VerificationPurpose purpose, Capacity claim, int devices, GpuModel? model)
    {
        ArgumentNullException.ThrowIfNull(claim);
        var isCpu = model?.ProvenOnCpu ?? false;
        var parts = new List<ProofParameters>();
        if (claim.Bf16Gflops > 0) parts.Add(Tiles(Workload.Bf16Tiles, Seconds(purpose, Workload.Bf16Tiles, isCpu) * claim.Bf16Gflops * 1e9, devices));
        if (claim.Int8Gops > 0) parts.Add(Tiles(Workload.Int8Tiles, Seconds(purpose, Workload.Int8Tiles, isCpu) * claim.Int8Gops * 1e9, devices));
        if (claim.MemoryMB > 0 || claim.MemoryBandwidthMBps > 0)
            parts.Add(Memory(Seconds(purpose, Workload.MemoryPasses, isCpu), claim, model?.Datasheet.MemoryBandwidthMBps ?? 0, devices));
        if (claim.Fp64Gflops > 0) parts.Add(Chains(Seconds(purpose, Workload.Fp64Chains, isCpu) * claim.Fp64Gflops * 1e9, isCpu ? 4_096 : 16_384, devices));
        return parts;
    }

    /// <summary>The int8 part of one CPU, as <see cref="For"/> chooses it.</summary>
    /// <param name="purpose">What the proof is for.</param>
    /// <param name="claimedGops">The claimed rate in 10^9 operations per second, over 0.</param>
    public static ProofParameters Int8OnCpu(VerificationPurpose purpose, long claimedGops)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(claimedGops);
        return Tiles(Workload.Int8Tiles, Seconds(purpose, Workload.Int8Tiles, isCpu: true) * claimedGops * 1e9, 1);
    }

    /// <summary>How long a machine that has exactly what it claims is busy with a part.</summary>
    public static double Seconds(VerificationPurpose purpose, Workload workload, bool isCpu) => (purpose == VerificationPurpose.Listing, isCpu, workload) switch
    {
        // Where machines prove together, so that what they begin apart weighs little.
        (_, true, _) when purpose == VerificationPurpose.Recheck => 5,
        (true, true, Workload.MemoryPasses) => 10,
        (_, true, _) => 2,
        (true, false, Workload.Bf16Tiles) => 60,
        (true, false, Workload.MemoryPasses) => 18,
        (true, false, _) => 20,
        (false, false, Workload.Bf16Tiles) => 10,
        (false, false, Workload.MemoryPasses) => 8,
        (false, false, _) => 5,
    };

    /// <summary>How long after its first start a session must be complete: twice the planned time and a minute, three minutes at least.</summary>
    public static Duration Limit(VerificationPurpose purpose, IReadOnlyList<SessionPart> parts)
    {
        var planned = parts.Sum(part => Seconds(purpose, part.Parameters.Workload, isCpu: false));
        return Duration.Max(LeastLimit, Duration.FromSeconds(2 * planned) + Slack);
    }

    /// <summary>
    /// The smallest size that needs few rounds: large enough that generating and hashing cost little, and still dozens of rounds, so that one late
    /// answer of the network weighs little against the whole. K is at most 6,144 so that the check stays short.
    /// </summary>
    private static ProofParameters Tiles(Workload workload, double operations, int devices)
    {
        var size = Sizes.FirstOrDefault(n => Rounds(n) <= MostRounds(n), Sizes[^1]);
        return new ProofParameters(workload, devices, (int)Math.Clamp(Rounds(size), 1, MostRounds(size)), size, size, Math.Min(size, MaxDepth), Lag, Draws, Epsilon);

        double Rounds(int n) => Math.Ceiling(operations / (2.0 * n * n * Math.Min(n, MaxDepth)));

        int MostRounds(int n) => Math.Min(n <= 4_096 ? 256 : 1_024, ProofParameters.MaxRoots / devices);
    }

    private static ProofParameters Chains(double operations, int steps, int devices)
    {
        var most = Math.Min(256, ProofParameters.MaxRoots / devices);
        var blocks = 64;
        while (blocks < 1 << 20 && Rounds() > most) blocks *= 2;
        return new ProofParameters(Workload.Fp64Chains, devices, (int)Math.Clamp(Rounds(), 1, most), blocks, 1, steps, Lag, Draws, Epsilon);

        double Rounds() => Math.Ceiling(operations / (2.0 * blocks * ChainBlock.Chains * steps));
    }

    // Many passes, or recomputing blocks would be as cheap as keeping them; not more than the check can replay in time.
    private static ProofParameters Memory(double seconds, Capacity claim, long datasheetMBps, int devices)
    {
        var most = Math.Min(MostPasses, ProofParameters.MaxRoots / devices);
        var rate = 1e6 * (claim.MemoryBandwidthMBps > 0 ? claim.MemoryBandwidthMBps : datasheetMBps > 0 ? datasheetMBps : UnknownBandwidthMBps);

        // Where no memory is claimed, so much that no cache holds it and that the most passes take the least time of a part.
        var bytes = claim.MemoryMB > 0 ? MemoryShare * 1e6 * claim.MemoryMB : Math.Max(UnclaimedMemoryMB * 1e6, LeastSeconds * rate / (2 * most));
        var blocks = (int)Math.Clamp(bytes / MemoryBlock.Bytes, 1, ProofParameters.MaxBlocks);
        var passes = Math.Ceiling((seconds * rate / blocks / MemoryBlock.Bytes / 2) + 0.5);
        return new ProofParameters(Workload.MemoryPasses, devices, (int)Math.Clamp(passes, FewestPasses, most), blocks, 1, 1, 0, Draws, Epsilon);
    }
}
