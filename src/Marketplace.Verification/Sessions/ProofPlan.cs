using Marketplace.Contracts;
using Marketplace.Verification.Protocol;

namespace Marketplace.Verification.Sessions;

/// <summary>Chooses the size of a proof from the claim, so that a machine that has what it claims is busy for a set time.</summary>
public static class ProofPlan
{
    /// <summary>Tiles drawn: the bound then takes 4.5 % off, and the check costs well under a second.</summary>
    public const int Draws = 300;

    /// <summary>The accepted chance that a machine which skipped more than the bound allows passes an attempt.</summary>
    public const double Epsilon = 1e-6;

    private const int Lag = 1;
    private const int MostRounds = 256;
    private static readonly int[] Sizes = [128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096];

    /// <summary>
    /// How long an honest machine is busy: 2 s for a listing, 1 s for readiness, 5 s where machines prove together, so that what they begin
    /// apart weighs little.
    /// </summary>
    public static double TargetSeconds(VerificationPurpose purpose) => purpose switch
    {
        VerificationPurpose.Listing => 2.0,
        VerificationPurpose.Readiness => 1.0,
        VerificationPurpose.Recheck => 5.0,
    };

    /// <summary>
    /// The smallest size that needs at most 256 rounds: large enough that generating and hashing cost little, and still dozens of
    /// rounds, so that one late answer of the network weighs little against the whole.
    /// </summary>
    /// <param name="purpose">What the proof is for.</param>
    /// <param name="claimedGops">The int8 rate claimed for all GPUs together, in 10^9 operations per second, over 0.</param>
    public static ProofParameters For(VerificationPurpose purpose, long claimedGops)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(claimedGops);
        var operations = TargetSeconds(purpose) * claimedGops * 1e9;
        var size = Sizes.FirstOrDefault(n => Rounds(operations, n) <= MostRounds, Sizes[^1]);
        return new ProofParameters(size, (int)Math.Clamp(Rounds(operations, size), 1, MostRounds), Lag, Draws, Epsilon);
    }

    private static double Rounds(double operations, int size) => Math.Ceiling(operations / (2.0 * size * size * size));
}
