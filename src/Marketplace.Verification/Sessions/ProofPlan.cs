using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using NodaTime;

namespace Marketplace.Verification.Sessions;

/// <summary>
/// Chooses the parts of a session and their sizes from the claim and the purpose, so that a machine that has what it claims is busy for a set
/// time in each: on GPUs 60 s of bf16, 20 s of int8, 20 s of fp64 and 18 s of memory for a listing, together 28 s at other times; on a CPU 2 s of
/// each rate, and of memory 48 passes or more, always.
/// </summary>
/// <remarks>
/// A part lasts 2 s or more: a hundred round trips of 20 ms. The round trip is inside the measured time, so a machine farther away proves a little
/// less than it has, never more. Memory comes last, since on a CPU it takes the longest: minutes where it is large for its bandwidth.
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

    // A processor's memory: what is cut from a block so that its check stays short; the passes that a short proof needs as much as a long one;
    // and the most mixes of a word, in a pass and in all, which bound the check.
    private const int ProcessorUnitsInBlock = 4;
    private const int FewestProcessorPasses = 48;
    private const int MostMixesInPass = 16;
    private const int MostMixes = 2_048;

    // The fraction of words that could be made anew at exactly the claimed rates; see ProofParameters.MissingFraction.
    private const double Recomputable = 0.04;

    // Int8 operations in the time of one mix and of everything else that our kernel does with a word (measured: 29 and 88).
    private const double OperationsOfMix = 32;
    private const double OperationsOfWord = 96;

    // Where a processor's bandwidth is not claimed: slow, so that the plan has enough passes for what has less.
    private const double UnknownOperationsOfByte = 64;
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
        if (claim.Fp64Gflops > 0) parts.Add(Chains(Seconds(purpose, Workload.Fp64Chains, isCpu) * claim.Fp64Gflops * 1e9, isCpu ? 4_096 : 16_384, devices));
        if (claim.MemoryMB > 0 || claim.MemoryBandwidthMBps > 0)
        {
            var seconds = Seconds(purpose, Workload.MemoryPasses, isCpu);
            parts.Add(isCpu ? ProcessorMemory(seconds, claim, devices) : Memory(seconds, claim, devices));
        }

        return parts;
    }

    /// <summary>
    /// A claim with the bandwidth that belongs to its memory: a card that claims memory must fill it at two thirds of its datasheet's bandwidth,
    /// claimed or not. Or one card could hold the memory of several one after another, and would only be slow.
    /// </summary>
    public static Capacity WithBandwidth(Capacity claim, GpuModel? model)
    {
        ArgumentNullException.ThrowIfNull(claim);
        return claim.MemoryMB > 0 && model is { ProvenOnCpu: false }
            ? claim with { MemoryBandwidthMBps = Math.Max(claim.MemoryBandwidthMBps, model.Datasheet.MemoryBandwidthMBps * 2 / 3) }
            : claim;
    }

    /// <summary>The int8 part of one CPU, as <see cref="For"/> chooses it.</summary>
    /// <param name="purpose">What the proof is for.</param>
    /// <param name="claimedGops">The claimed rate in 10^9 operations per second, over 0.</param>
    public static ProofParameters Int8OnCpu(VerificationPurpose purpose, long claimedGops)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(claimedGops);
        return Tiles(Workload.Int8Tiles, Seconds(purpose, Workload.Int8Tiles, isCpu: true) * claimedGops * 1e9, 1);
    }

    /// <summary>How long a machine that has exactly what it claims is busy with a part; longer where the fewest passes over its memory take longer.</summary>
    public static double Seconds(VerificationPurpose purpose, Workload workload, bool isCpu) => (purpose == VerificationPurpose.Listing, isCpu, workload) switch
    {
        // Where machines prove together, so that what they begin apart weighs little.
        (_, true, _) when purpose == VerificationPurpose.Recheck => 5,
        (true, true, Workload.MemoryPasses) => 60,
        (_, true, _) => 2,
        (true, false, Workload.Bf16Tiles) => 60,
        (true, false, Workload.MemoryPasses) => 18,
        (true, false, _) => 20,
        (false, false, Workload.Bf16Tiles) => 10,
        (false, false, Workload.MemoryPasses) => 8,
        (false, false, _) => 5,
    };

    /// <summary>How long after its first start a session must be complete: twice the planned time and a minute, three minutes at least.</summary>
    public static Duration Limit(VerificationPurpose purpose, Capacity claim, IReadOnlyList<SessionPart> parts)
    {
        var planned = parts.Sum(part => Math.Max(Seconds(purpose, part.Parameters.Workload, isCpu: false), SecondsOf(part.Parameters, claim)));
        return Duration.Max(LeastLimit, Duration.FromSeconds(2 * planned) + Slack);
    }

    /// <summary>How long a memory part takes a machine that has what it claims, by its real size; 0 for other workloads, which have no least size.</summary>
    public static double SecondsOf(ProofParameters part, Capacity claim)
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(claim);
        return part.Workload == Workload.MemoryPasses ? part.TotalWork / part.Devices / MemoryRate(claim, part.IsOfProcessor) : 0;
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
    private static ProofParameters Memory(double seconds, Capacity claim, int devices)
    {
        var most = Math.Min(MostPasses, ProofParameters.MaxRoots / devices);
        var rate = MemoryRate(claim, isCpu: false);

        // Where no memory is claimed, so much that no cache holds it and that the most passes take the least time of a part.
        var blocks = Blocks(claim.MemoryMB > 0 ? MemoryShare * 1e6 * claim.MemoryMB : Math.Max(UnclaimedMemoryMB * 1e6, LeastSeconds * rate / (2 * most)));
        return new ProofParameters(
            Workload.MemoryPasses, devices, (int)Math.Clamp(PassesIn(seconds, rate, blocks), FewestPasses, most), blocks, 1, 1, 0, Draws, Epsilon);
    }

    /// <summary>
    /// A processor passes over all that is claimed of it: no datasheet counts what nobody can use. It mixes each word as often as its kernel can in
    /// the time in which the memory moves one, so that honest machines go on at the memory's speed; and makes so many passes that what is left
    /// of the arithmetic which it claims, at its best, makes few words anew.
    /// </summary>
    private static ProofParameters ProcessorMemory(double seconds, Capacity claim, int devices)
    {
        var rate = MemoryRate(claim, isCpu: true);
        var operations = claim.Int8Gops * 1e9 * BytesOfWord / rate;
        var mixes = (int)Math.Clamp((operations - OperationsOfWord) / OperationsOfMix, 2, MostMixesInPass);
        var possible = operations / ProvenFigures.OperationsOfMix / mixes;
        var blocks = Blocks(1e6 * (claim.MemoryMB > 0 ? claim.MemoryMB : UnclaimedMemoryMB));
        var passes = Math.Max(PassesIn(seconds, rate, blocks), 1 + (2 * (possible - 1) / Recomputable));
        var most = Math.Min(Math.Min(MostPasses, MostMixes / mixes), ProofParameters.MaxRoots / devices);
        return new ProofParameters(
            Workload.MemoryPasses, devices, (int)Math.Clamp(passes, FewestProcessorPasses, most), blocks, ProcessorUnitsInBlock, mixes, 0, Draws, Epsilon);
    }

    // Read and written in one pass.
    private const double BytesOfWord = 16;

    private static double MemoryRate(Capacity claim, bool isCpu) =>
        claim.MemoryBandwidthMBps > 0 ? 1e6 * claim.MemoryBandwidthMBps
        : isCpu && claim.Int8Gops > 0 ? 1e9 * claim.Int8Gops / UnknownOperationsOfByte
        : 1e6 * UnknownBandwidthMBps;

    private static int Blocks(double bytes) => (int)Math.Clamp(bytes / MemoryBlock.Bytes, 1, ProofParameters.MaxBlocks);

    private static double PassesIn(double seconds, double rate, int blocks) => Math.Ceiling((seconds * rate / blocks / MemoryBlock.Bytes / 2) + 0.5);
}
