using System.Text.Json.Serialization;

namespace Marketplace.Verification.Protocol;

/// <summary>
/// What one part of a proof asks: R rounds of a workload on each of N devices at once, and how closely it is checked. A round is cut
/// into units of equal work (tiles, blocks of chains, blocks of memory), each with a 64-bit digest. Chosen by the server; a worker only
/// ever receives it.
/// </summary>
/// <remarks>
/// Rows, columns and depth mean:
/// <list type="table">
/// <item><term>int8-tiles-2, bf16-tiles-1</term><description>M, N and K of C = A·B; M and N multiples of 128 to 131,072, K a multiple of 128 to 32,768 (int8) or 8,192 (bf16). A unit is a tile of 128 x 128 sums.</description></item>
/// <item><term>fp64-chains-1</term><description>blocks to 16,777,216, 1, and steps of each chain, a multiple of 64 from 64 to 65,536. A unit is a block of 128 chains.</description></item>
/// <item><term>memory-passes-1</term><description>blocks to 16,777,216, units in a block (1, 2, 4 or 8) and mixes of each word in a pass (1 to 64); the memory of a device is blocks·262,144 bytes. A round is a pass. The lag is 0. GPUs are asked 1 unit in a block and 1 mix; 2 mixes or more are asked of processors alone.</description></item>
/// </list>
/// </remarks>
public sealed record ProofParameters
{
    /// <summary>Rows and columns of one tile of C.</summary>
    public const int TileSize = 128;

    /// <summary>The largest M and N.</summary>
    public const int MaxSize = 131_072;

    /// <summary>The largest K of int8: sums of products of two int8 stay inside int32 up to 131,071, and the server's check stays short.</summary>
    public const int MaxInt8Depth = 32_768;

    /// <summary>
    /// The largest K of bf16. Elements are uniform on -256 to 255, so a sum of K products has mean K/4 and standard deviation
    /// 21,845·sqrt(K). At K = 8,192 the bound 2^24, under which fp32 adds integers exactly, is 8.5 deviations away: the chance that a sum
    /// passes it is 2e-17, and one in 10^4 that any of the 3·10^12 sums of a minute on the fastest card does. It then is off only if it
    /// is odd, and shows only if its tile is drawn.
    /// </summary>
    public const int MaxBf16Depth = 8_192;

    /// <summary>The most blocks of chains or of memory on one device.</summary>
    public const int MaxBlocks = 1 << 24;

    /// <summary>The most steps of a chain in one round.</summary>
    public const int MaxSteps = 65_536;

    /// <summary>The most units that a block of memory is cut into: the smaller they are, the less the server replays for each.</summary>
    public const int MaxUnitsInBlock = 8;

    /// <summary>The most mixes of a word in one pass over memory.</summary>
    public const int MaxMixes = 64;

    /// <summary>The most devices in one part.</summary>
    public const int MaxDevices = 64;

    /// <summary>The most rounds in one part.</summary>
    public const int MaxRounds = 4_096;

    /// <summary>The most passes over memory: the server replays up to this many mixes of each opened word.</summary>
    public const int MaxPasses = 512;

    /// <summary>The most roots, over all devices and rounds: 128 KiB.</summary>
    public const int MaxRoots = 4_096;

    /// <summary>The most units drawn in one part.</summary>
    public const int MaxDraws = 1_024;

    /// <summary>States a part's parameters.</summary>
    /// <param name="workload">What is done.</param>
    /// <param name="devices">N, how many devices do it at once, each with its own seed; 1 to 64.</param>
    /// <param name="rounds">R, 1 to 4,096 (memory: 512), and at most 4,096 over all devices.</param>
    /// <param name="rows">See the remarks.</param>
    /// <param name="columns">See the remarks.</param>
    /// <param name="depth">See the remarks.</param>
    /// <param name="lag">
    /// The seed of round t+1 takes in the root of round t - lag, so that hashing may overlap computing; 0 to 8. For memory it must be 0:
    /// a prover that knows the keys of two passes makes both in one and halves the traffic.
    /// </param>
    /// <param name="draws">q, how many units are drawn with replacement over all devices and rounds, 1 to 1,024.</param>
    /// <param name="epsilon">The chance we accept that a machine which skipped the fraction f* of the work passes, over 0 and under 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public ProofParameters(Workload workload, int devices, int rounds, int rows, int columns, int depth, int lag, int draws, double epsilon)
    {
        Require(workload is >= Workload.Int8Tiles and <= Workload.MemoryPasses, nameof(workload), (int)workload);
        Require(devices is >= 1 and <= MaxDevices, nameof(devices), devices);
        Require(rounds >= 1 && rounds <= (workload == Workload.MemoryPasses ? MaxPasses : MaxRounds) && rounds * devices <= MaxRoots, nameof(rounds), rounds);
        var isTiles = workload is Workload.Int8Tiles or Workload.Bf16Tiles;
        Require(isTiles ? IsMultiple(rows, TileSize, MaxSize) : rows is >= 1 and <= MaxBlocks, nameof(rows), rows);
        Require(
            isTiles ? IsMultiple(columns, TileSize, MaxSize)
            : workload == Workload.MemoryPasses ? columns is >= 1 and <= MaxUnitsInBlock && int.IsPow2(columns)
            : columns == 1,
            nameof(columns),
            columns);
        Require(
            workload switch
            {
                Workload.Int8Tiles => IsMultiple(depth, TileSize, MaxInt8Depth),
                Workload.Bf16Tiles => IsMultiple(depth, TileSize, MaxBf16Depth),
                Workload.Fp64Chains => IsMultiple(depth, 64, MaxSteps),
                _ => depth is >= 1 and <= MaxMixes,
            },
            nameof(depth),
            depth);
        Require(lag >= 0 && lag <= (workload == Workload.MemoryPasses ? 0 : 8), nameof(lag), lag);
        Require(draws is >= 1 and <= MaxDraws, nameof(draws), draws);
        if (epsilon is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "Over 0 and under 1.");
        (Workload, Devices, Rounds, Rows, Columns, Depth, Lag, Draws, Epsilon) = (workload, devices, rounds, rows, columns, depth, lag, draws, epsilon);
    }

    /// <summary>What is done.</summary>
    public Workload Workload { get; }

    /// <summary>N: devices that do it at once.</summary>
    public int Devices { get; }

    /// <summary>R: rounds of each device; for memory, passes.</summary>
    public int Rounds { get; }

    /// <summary>M, or blocks.</summary>
    public int Rows { get; }

    /// <summary>N, or 1, or units in a block of memory.</summary>
    public int Columns { get; }

    /// <summary>K, or steps of a chain, or mixes of a word in a pass.</summary>
    public int Depth { get; }

    /// <summary>How many rounds a root may come late into the chain of seeds.</summary>
    public int Lag { get; }

    /// <summary>q: units drawn once the roots are in.</summary>
    public int Draws { get; }

    /// <summary>The accepted chance of a false pass.</summary>
    public double Epsilon { get; }

    /// <summary>Whether the units are tiles of a product.</summary>
    [JsonIgnore]
    public bool IsTiles => Workload is Workload.Int8Tiles or Workload.Bf16Tiles;

    /// <summary>Whether it passes over the memory of a processor: two mixes of a word or more, which no GPU is asked for.</summary>
    [JsonIgnore]
    public bool IsOfProcessor => Workload == Workload.MemoryPasses && Depth > 1;

    /// <summary>Units in one round of one device, numbered row by row.</summary>
    [JsonIgnore]
    public int UnitsPerRound => IsTiles ? Rows / TileSize * (Columns / TileSize) : Rows * Columns;

    /// <summary>Units over all devices and rounds.</summary>
    [JsonIgnore]
    public long TotalUnits => (long)Devices * Rounds * UnitsPerRound;

    /// <summary>Bytes of all seeds, and of one root of each device.</summary>
    [JsonIgnore]
    public int SeedsLength => Devices * SeedChain.Length;

    /// <summary>Bytes of all roots.</summary>
    [JsonIgnore]
    public int RootsLength => Devices * Rounds * SeedChain.Length;

    /// <summary>
    /// The work of all devices and rounds: multiplications and additions (2MNK a round; 2 a step), or bytes read and written. The first pass
    /// over memory only writes.
    /// </summary>
    [JsonIgnore]
    public double TotalWork => (TotalUnits * UnitWork) - (Workload == Workload.MemoryPasses ? (double)Devices * ResidentBytes : 0);

    /// <summary>The most work in one unit.</summary>
    [JsonIgnore]
    public double UnitWork => Workload switch
    {
        Workload.Fp64Chains => 2.0 * ChainBlock.Chains * Depth,
        Workload.MemoryPasses => 2.0 * MemoryBlock.Bytes / Columns,
        _ => 2.0 * TileSize * TileSize * Depth,
    };

    /// <summary>Bytes that a memory part keeps resident on each device; 0 for other workloads.</summary>
    [JsonIgnore]
    public long ResidentBytes => Workload == Workload.MemoryPasses ? (long)Rows * MemoryBlock.Bytes : 0;

    /// <summary>
    /// f* = 1 - epsilon^(1/q). Each draw hits a wrong unit with the chance f that the machine skipped, so all q miss with (1 - f)^q,
    /// which is at most epsilon once f reaches f*. The draw is over all devices together, so it bounds their sum.
    /// </summary>
    [JsonIgnore]
    public double UndetectedFraction => UndetectedFractionAfter(1);

    /// <summary>
    /// f* where the part was begun k times: with epsilon/k in place of epsilon, so that the chance that any of the k attempts passes
    /// with more skipped stays under epsilon.
    /// </summary>
    public double UndetectedFractionAfter(int attempts)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(attempts);
        return 1 - Math.Pow(Epsilon / attempts, 1.0 / Draws);
    }

    /// <summary>
    /// The rate that a checked part proves for all devices together, in work per second: (work - f*·units·work of a unit)/(t1 - t0), which is
    /// (1 - f*)·work/(t1 - t0) where all units are equal. Holds with confidence 1 - epsilon.
    /// </summary>
    /// <param name="elapsedSeconds">By the server's clock, from handing out the seeds to having all roots; over 0.</param>
    /// <param name="attempts">How often the part was begun, this attempt included; 1 or more.</param>
    public double ProvenWorkPerSecond(double elapsedSeconds, int attempts = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(elapsedSeconds);
        return (TotalWork - (UndetectedFractionAfter(attempts) * TotalUnits * UnitWork)) / elapsedSeconds;
    }

    /// <summary>
    /// The fraction of a memory part's words that a prover may have done without: it skipped f* of the units, those of missing words in the last
    /// passes, and made the words of the others anew from the keys. 0 to 1; f* itself where it had no mixes left for that.
    /// </summary>
    /// <remarks>
    /// Of n words it keeps all but m. Those cost D·R mixes each; a missing one, skipped in the last f*·R/m passes, D·R(R + 1)/2·(1 - f*/m)² or more.
    /// With M mixes in all, in units of the honest n·D·R, (1 - m) + m·(1 - f*/m)²·(R + 1)/2 is at most M: a quadratic in m. Without skipping it
    /// would be m = 2(M - 1)/(R - 1).
    /// </remarks>
    /// <param name="elapsedSeconds">By the server's clock, over 0.</param>
    /// <param name="attempts">How often the part was begun.</param>
    /// <param name="mixesPerSecond">What all of its devices together can mix.</param>
    public double MissingFraction(double elapsedSeconds, int attempts, double mixesPerSecond)
    {
        var skipped = UndetectedFractionAfter(attempts);
        // In one pass a missing word costs no more than a kept one.
        if (Rounds == 1) return 1;
        var made = mixesPerSecond * elapsedSeconds / ((double)Devices * Rows * MemoryBlock.Words * Depth * Rounds);
        var more = (Rounds + 1.0) / (Rounds - 1.0);
        var half = (skipped * more) + ((made - 1) / (Rounds - 1));
        var square = (half * half) - (skipped * skipped * more);
        return half > 0 && square > 0 ? Math.Min(1, half + Math.Sqrt(square)) : skipped;
    }

    private static bool IsMultiple(int value, int of, int most) => value >= of && value <= most && value % of == 0;

    private static void Require(bool holds, string name, int value)
    {
        if (!holds) throw new ArgumentOutOfRangeException(name, value, "Outside its range.");
    }
}
