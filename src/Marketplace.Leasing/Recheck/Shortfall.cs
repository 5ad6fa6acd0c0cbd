using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Leasing.Recheck;

/// <summary>A machine failed a re-check while it was leased, or got out of one.</summary>
/// <param name="Claim">What it had to prove per GPU; 0 where a figure was not asked for.</param>
/// <param name="Proven">What it proved per GPU; null where nothing.</param>
public sealed record FailedCheck(Capacity Claim, Capacity? Proven);

/// <summary>The part of what a lease cost that its buyer gets back, because its machine proved less than was sold.</summary>
/// <param name="From">Start of the first hour it is of.</param>
/// <param name="To">Start of the hour after the last: that in which the machine failed, which is free.</param>
/// <param name="BasisPoints">The part, in ten-thousandths: 1 to 10,000.</param>
public sealed record Shortfall(Instant From, Instant To, int BasisPoints)
{
    /// <summary>All of it.</summary>
    public const int Whole = 10_000;

    /// <summary>
    /// Nobody knows since when the machine had less than was sold; what is known is the last time that it had it. So the missing part of
    /// every hour from that of the last passed proof on is given back. The figure that is furthest below what was sold counts, and the part
    /// is rounded up. A machine that proves nothing has nothing.
    /// </summary>
    /// <param name="sold">What was sold per GPU.</param>
    /// <param name="check">The failed re-check.</param>
    /// <param name="provenAt">The last passed proof of this lease: at its start, or in a re-check since.</param>
    /// <param name="freeFrom">Start of the hour in which the machine failed.</param>
    /// <returns>Null where nothing is missing, or no hour lies between.</returns>
    public static Shortfall? Of(Capacity sold, FailedCheck check, Instant provenAt, Instant freeFrom)
    {
        var from = HourSlot.Containing(provenAt).Start;
        var missing = check.Proven is { } proven ? Missing(sold, check.Claim, proven) : Whole;
        return missing > 0 && from < freeFrom ? new Shortfall(from, freeFrom, missing) : null;
    }

    private static int Missing(Capacity sold, Capacity claim, Capacity proven) => new[]
    {
        Missing(sold.Int8Gops, claim.Int8Gops, proven.Int8Gops),
        Missing(sold.Bf16Gflops, claim.Bf16Gflops, proven.Bf16Gflops),
        Missing(sold.MemoryMB, claim.MemoryMB, proven.MemoryMB),
        Missing(sold.MemoryBandwidthMBps, claim.MemoryBandwidthMBps, proven.MemoryBandwidthMBps),
        Missing(sold.Fp64Gflops, claim.Fp64Gflops, proven.Fp64Gflops),
    }.Max();

    private static int Missing(long sold, long claim, long proven) =>
        sold == 0 || claim == 0 || proven >= sold ? 0 : (int)((((Int128)(sold - proven) * Whole) + sold - 1) / sold);
}
