using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using Marketplace.Verification.Tests.Protocol;
using Marketplace.Verification.Tests.Sessions;

namespace Marketplace.Verification.Tests.Cheats;

/// <summary>What passes, and what it costs the cheat: the limits that the module's README states.</summary>
public sealed class LimitTests
{
    /// <summary>An answer has no place: work relayed to a machine elsewhere, or a fast card that poses as two slow ones, is a right answer in time.</summary>
    [Fact]
    public void Relayed_work_and_one_fast_device_for_two_slow_ones_pass()
    {
        var parameters = Shapes.Fp64;
        var seeds = HonestProver.Seeds(parameters, 3);

        // One device does all rounds of both seeds, one after another, wherever it stands.
        var relayed = new HonestProver(parameters, seeds);
        var drawn = UnitDraw.Draw(parameters, HonestProver.Bytes(4));
        Assert.True(ProofCheck.Check(parameters, seeds, relayed.Roots, drawn, relayed.Open(drawn)).Holds);
    }

    /// <summary>
    /// bf16 by int8 units is exact and passes. It takes two products that nearly fit int8 and one of bits, so a class whose int8 is more than about
    /// twice as fast as its bf16 can prove more bf16 than it has; there only the datasheet bounds the claim.
    /// </summary>
    [Fact]
    public void Bf16_by_two_int8_products_and_one_of_bits_passes()
    {
        var parameters = Shapes.Bf16;
        var seeds = HonestProver.Seeds(parameters, 3);
        var cheat = new HonestProver(parameters, seeds, TileCheats.ByInt8Digits(parameters));
        var drawn = UnitDraw.Draw(parameters, HonestProver.Bytes(4));
        Assert.True(ProofCheck.Check(parameters, seeds, cheat.Roots, drawn, cheat.Open(drawn)).Holds);
    }

    /// <summary>
    /// The fraction of a GPU's memory that can be recomputed in time is about 16·mu·(t1 - t0)/(V·R²), an estimate that its figure does not leave off;
    /// with f*, which may be skipped where it costs the most, somewhat more.
    /// </summary>
    [Fact]
    public void Recomputable_memory_is_little_on_a_GPU()
    {
        var h200 = new GpuModel(VerificationScene.Gpu, "NVIDIA", "H200", "SXM", new Capacity(1_978_900, 989_400, 141_000, 4_800_000), 700, 0.85, ProvenOnCpu: false);
        Assert.InRange(Recomputable(VerificationPurpose.Listing), 0, 0.045);
        Assert.InRange(Recomputable(VerificationPurpose.Readiness), 0, 0.12);

        double Recomputable(VerificationPurpose purpose)
        {
            var claim = new Capacity(0, 0, 141_000, 4_800_000);
            var memory = Assert.Single(ProofPlan.For(purpose, claim, 1, h200));
            Assert.Equal((1, 1), (memory.Columns, memory.Depth));
            return 16 * 2e12 * ProofPlan.SecondsOf(memory, claim) / ((double)memory.ResidentBytes * memory.Rounds * memory.Rounds);
        }
    }

    /// <summary>
    /// What a processor's memory figure leaves off hangs on the int8 rate that is claimed. Who claims a tenth of its arithmetic, or hides a GPU, is
    /// taken for slower than it is, and can do without more than is left off: a stated limit.
    /// </summary>
    [Theory]
    [InlineData(2_800, 0.15)]
    [InlineData(280, 0.25)]
    public void Arithmetic_that_is_not_claimed_can_recompute_memory(long claimedGops, double most)
    {
        // 32 cores with AVX2, 256 GB of memory at 200 GB/s.
        var claim = new Capacity(claimedGops, 0, 256_000, 200_000);
        var memory = ProofPlan.For(VerificationPurpose.Listing, claim, 1, Cpu)[^1];
        var seconds = ProofPlan.SecondsOf(memory, claim);
        var leftOff = ProvenFigures.MissingFraction(memory, NodaTime.Duration.FromSeconds(seconds), 1, claim);
        var real = memory.MissingFraction(seconds, 1, 2_800e9 / ProvenFigures.OperationsOfMix);
        Assert.InRange(leftOff, memory.UndetectedFraction, 0.15);
        Assert.InRange(real, most - 0.05, most);
    }

    private static readonly GpuModel Cpu = new(VerificationScene.Cpu, "any", "CPU", "CPU", new Capacity(0, 0, 0, 0), 0, 0.85, ProvenOnCpu: true);

    /// <summary>Two passes can't be made at one reading only as long as each key hangs on the pass before: a lag is refused.</summary>
    [Fact]
    public void Memory_passes_have_no_lag() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProofParameters(Workload.MemoryPasses, 1, 4, 4, 1, 1, 1, 20, 1e-6));

    /// <summary>
    /// The proof bounds the sum over all devices, and a claim passes from 0.85 of it. So of eight devices none may be missing, of ten one: the
    /// others do its work in time. Each buyer still gets the accepted fraction or more of what is claimed.
    /// </summary>
    [Theory]
    [InlineData(8, false)]
    [InlineData(10, true)]
    public void One_of_ten_devices_may_be_missing_and_none_of_eight(int devices, bool passes)
    {
        var parameters = new ProofParameters(Workload.Bf16Tiles, devices, 100, 8192, 8192, 8192, 1, ProofPlan.Draws, ProofPlan.Epsilon);
        var seconds = parameters.TotalWork / ((devices - 1) * 800e12);
        var proven = ProvenFigures.Of(parameters, NodaTime.Duration.FromSeconds(seconds), 1, new Capacity(0, 800_000, 0, 0))!;
        Assert.Equal(passes, ProvenFigures.Suffice(Workload.Bf16Tiles, proven, new Capacity(0, 800_000, 0, 0), 0.85));
    }

    /// <summary>Bandwidth that is claimed without memory is not that of a cache, and takes time enough that the way to the server weighs little.</summary>
    [Theory]
    [InlineData(20_000)]
    [InlineData(4_800_000)]
    public void Bandwidth_without_memory_is_proven_over_more_than_a_cache_and_for_two_seconds(long claimedMBps)
    {
        var memory = Assert.Single(ProofPlan.For(VerificationPurpose.Listing, new Capacity(0, 0, 0, claimedMBps), 1, null));
        Assert.True(memory.ResidentBytes > 1_000_000_000);
        Assert.True(memory.TotalWork / (claimedMBps * 1e6) > 1.9);
    }
}
