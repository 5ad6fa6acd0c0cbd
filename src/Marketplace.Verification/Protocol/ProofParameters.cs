using System.Text.Json.Serialization;

namespace Marketplace.Verification.Protocol;

/// <summary>
/// What a proof session asks of a machine: R rounds, each an exact int8 product C = A·B of n x n matrices with int32 sums, and how
/// closely it is checked. Chosen by the server; a worker only ever receives it.
/// </summary>
public sealed record ProofParameters
{
    /// <summary>Names the protocol: another precision, digest or chain is another name.</summary>
    public const string ProtocolName = "int8-tiles-1";

    /// <summary>Rows and columns of one tile of C.</summary>
    public const int TileSize = 128;

    /// <summary>The largest n: element indices stay under 2^32 and sums of n products of two int8 stay inside int32 (that holds to 131,071).</summary>
    public const int MaxSize = 32_768;

    /// <summary>The most rounds in one session.</summary>
    public const int MaxRounds = 4_096;

    /// <summary>The most tiles drawn in one session.</summary>
    public const int MaxDraws = 4_096;

    /// <summary>States a session's parameters.</summary>
    /// <param name="size">n, a multiple of 128 from 128 to 32,768.</param>
    /// <param name="rounds">R, 1 to 4,096.</param>
    /// <param name="lag">The seed of round t+1 takes in the root of round t - lag, so that hashing may overlap computing; 0 to 8.</param>
    /// <param name="draws">q, how many tiles are drawn with replacement over all rounds, 1 to 4,096.</param>
    /// <param name="epsilon">The chance we accept that a machine which skipped the fraction f* of the work passes, over 0 and under 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A parameter is outside its range.</exception>
    public ProofParameters(int size, int rounds, int lag, int draws, double epsilon)
    {
        if (size is < TileSize or > MaxSize || size % TileSize != 0) throw new ArgumentOutOfRangeException(nameof(size), size, "A multiple of 128 from 128 to 32,768.");
        ArgumentOutOfRangeException.ThrowIfLessThan(rounds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rounds, MaxRounds);
        ArgumentOutOfRangeException.ThrowIfNegative(lag);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lag, 8);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(draws, MaxDraws);
        if (epsilon is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(epsilon), epsilon, "Over 0 and under 1.");
        (Size, Rounds, Lag, Draws, Epsilon) = (size, rounds, lag, draws, epsilon);
    }

    /// <summary>n: rows and columns of A, B and C.</summary>
    public int Size { get; }

    /// <summary>R: how many products.</summary>
    public int Rounds { get; }

    /// <summary>How many rounds a root may come late into the seed chain.</summary>
    public int Lag { get; }

    /// <summary>q: tiles drawn once the roots are in.</summary>
    public int Draws { get; }

    /// <summary>The accepted chance of a false pass.</summary>
    public double Epsilon { get; }

    /// <summary>Tiles along one side of C.</summary>
    [JsonIgnore]
    public int TilesPerSide => Size / TileSize;

    /// <summary>Tiles over all rounds.</summary>
    [JsonIgnore]
    public long TotalTiles => (long)Rounds * TilesPerSide * TilesPerSide;

    /// <summary>Multiplications and additions of all rounds: R·2n³.</summary>
    [JsonIgnore]
    public double TotalOperations => 2.0 * Rounds * Size * Size * Size;

    /// <summary>
    /// f* = 1 - epsilon^(1/q). Each draw hits a wrong tile with the chance f that the machine skipped, so all q miss with (1 - f)^q,
    /// which is at most epsilon once f reaches f*.
    /// </summary>
    [JsonIgnore]
    public double UndetectedFraction => 1 - Math.Pow(Epsilon, 1.0 / Draws);

    /// <summary>
    /// The rate that a passed session proves, in operations per second: (1 - f*)·R·2n³/(t1 - t0). Holds with confidence 1 - epsilon.
    /// </summary>
    /// <param name="elapsedSeconds">By the server's clock, from handing out the seed to having all roots; over 0.</param>
    public double ProvenOperationsPerSecond(double elapsedSeconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(elapsedSeconds);
        return (1 - UndetectedFraction) * TotalOperations / elapsedSeconds;
    }
}
