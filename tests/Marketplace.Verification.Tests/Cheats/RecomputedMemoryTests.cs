using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using Marketplace.Verification.Tests.Protocol;
using NodaTime;

namespace Marketplace.Verification.Tests.Cheats;

/// <summary>
/// A processor that makes words of its memory anew instead of keeping them. Its answers are right, so no draw finds it; what holds is the
/// count of the mixes that it must make, and the figure that leaves off as much as could be made anew in the time.
/// </summary>
public sealed class RecomputedMemoryTests(ITestOutputHelper output)
{
    private const int Units = 64;
    private const long ClaimedGops = 24;

    // 4.2 MB in 16 passes of three mixes.
    private static readonly ProofParameters Part = new(Workload.MemoryPasses, 1, 16, Units / 4, 4, 3, 0, ProofPlan.Draws, ProofPlan.Epsilon);
    private static readonly Capacity Claim = new(ClaimedGops, 0, 4, 0);

    /// <summary>The mixes a second that the claimed int8 rate stands for.</summary>
    private const double MixesPerSecond = ClaimedGops * 1e9 / ProvenFigures.OperationsOfMix;

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    public void Recomputed_units_are_right_and_no_draw_finds_them(int kept)
    {
        var (prover, seeds, mixes) = Play(kept, _ => false);
        for (var draw = 0; draw < 3; draw++)
        {
            var drawn = UnitDraw.Draw(Part, HonestProver.Bytes(draw));
            Assert.True(ProofCheck.Check(Part, seeds, prover.Roots, drawn, prover.Open(drawn)).Holds);
        }

        // D mixes a pass for a kept word, and for the others all since the start.
        const long once = 8_192 * 3;
        Assert.Equal((kept * 16 * once) + ((Units - kept) * 16 * 17 / 2 * once), mixes);
    }

    /// <summary>
    /// However much it keeps, and also where it skips as many units as a draw may miss, the dearest ones: after the time in which it can have made its
    /// mixes, the figure that is proven is no more than what it kept. Not far less either, or honest machines would lose by it.
    /// </summary>
    [Theory]
    [InlineData(64, false)]
    [InlineData(60, false)]
    [InlineData(60, true)]
    [InlineData(48, false)]
    [InlineData(48, true)]
    [InlineData(32, true)]
    [InlineData(0, true)]
    public void Proven_memory_is_at_most_what_was_kept(int kept, bool skips)
    {
        var most = skips ? (int)(Part.UndetectedFraction * Part.TotalUnits) : 0;
        var skipped = Enumerable.Range(0, 16).SelectMany(pass => Enumerable.Range(kept, Units - kept).Select(unit => new UnitAddress(0, pass, unit))).TakeLast(most).ToHashSet();
        var (_, _, mixes) = Play(kept, skipped.Contains);
        var elapsed = Duration.FromSeconds(mixes / MixesPerSecond);
        var missing = ProvenFigures.MissingFraction(Part, elapsed, 1, Claim);
        output.WriteLine($"keeps {kept} of {Units}, {(skips ? "skips f*, " : "")}{mixes} mixes in {elapsed.TotalSeconds:0.###} s: {missing:0.000} left off");
        Assert.InRange(1 - missing, ((double)kept / Units) - 0.13, ((double)kept / Units) + 1e-9);
        var proven = ProvenFigures.Of(Part, elapsed, 1, Claim)!;
        Assert.True(proven.MemoryMB * 1e6 <= (double)kept / Units * Part.ResidentBytes, $"{proven.MemoryMB} MB");
        Assert.True(proven.MemoryBandwidthMBps * 1e6 * elapsed.TotalSeconds <= (double)kept / Units * Part.TotalWork);
    }

    /// <summary>A machine that claims ten times the arithmetic may have made ten times the mixes; one that claims none is not bounded at all.</summary>
    [Fact]
    public void Memory_is_proven_by_what_the_claimed_arithmetic_can_not_recompute()
    {
        var elapsed = Duration.FromSeconds(0.1);
        long[] proven = [.. new long[] { 1, 24, 240, 2_400 }.Select(gops => ProvenFigures.Of(Part, elapsed, 1, Claim with { Int8Gops = gops })!.MemoryMB)];
        Assert.Equal([4, 2, 0, 0], proven);
        Assert.Equal(0, ProvenFigures.Of(Part, elapsed, 1, Claim with { Int8Gops = 0 })!.MemoryMB);
    }

    private static (HonestProver Prover, byte[] Seeds, long Mixes) Play(int kept, Func<UnitAddress, bool> isSkipped)
    {
        var (seeds, mixes) = (HonestProver.Seeds(Part, 3), 0L);
        var prover = new HonestProver(Part, seeds, OtherCheats.Recomputing(Part, kept, isSkipped, made => mixes += made));
        return (prover, seeds, mixes);
    }
}
