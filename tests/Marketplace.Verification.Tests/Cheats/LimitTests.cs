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

    /// <summary>A prover without memory makes every block from the keys, each time it needs it: right answers, for (R + 1)/2 times the mixes.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void Memory_that_is_recomputed_passes_and_costs_half_the_passes_in_mixes(int passes)
    {
        var parameters = new ProofParameters(Workload.MemoryPasses, 1, passes, 4, 1, 1, 0, 20, 1e-6);
        var (mixes, words) = (0L, new ulong[MemoryBlock.Words]);
        var seeds = HonestProver.Seeds(parameters, 3);
        var cheat = new HonestProver(parameters, seeds, (chain, unit, _) =>
        {
            var keys = Enumerable.Range(0, unit.Round + 1).Select(pass => MemoryBlock.Key(chain.AsSpan(pass * 32, 32))).ToArray();
            mixes += keys.Length;
            return MemoryBlock.Replay(keys, unit.Unit, words);
        });
        var drawn = UnitDraw.Draw(parameters, HonestProver.Bytes(4));
        Assert.True(ProofCheck.Check(parameters, seeds, cheat.Roots, drawn, cheat.Open(drawn)).Holds);
        Assert.Equal((passes + 1) / 2.0, (double)mixes / parameters.TotalUnits);
    }

    /// <summary>
    /// The fraction of memory that can be recomputed in time is 16·mu·(t1 - t0)/(V·R²). On GPUs it is a few per cent; on CPUs, whose memory is
    /// large for its bandwidth and passes are few, a machine of many cores can do without any of it.
    /// </summary>
    [Fact]
    public void Recomputable_memory_is_little_on_a_GPU_and_all_of_it_on_a_large_CPU()
    {
        var h200 = new GpuModel(VerificationScene.Gpu, "NVIDIA", "H200", "SXM", new Capacity(1_978_900, 989_400, 141_000, 4_800_000), 700, 0.85, ProvenOnCpu: false);
        var cpu = new GpuModel(VerificationScene.Cpu, "any", "CPU", "CPU", new Capacity(0, 0, 0, 0), 0, 0.85, ProvenOnCpu: true);
        Assert.InRange(Recomputable(h200, VerificationPurpose.Listing, new Capacity(0, 0, 141_000, 4_800_000), 2e12), 0, 0.045);
        Assert.InRange(Recomputable(h200, VerificationPurpose.Readiness, new Capacity(0, 0, 141_000, 4_800_000), 2e12), 0, 0.12);

        // 32 cores of 2 * 10^9 mixes a second each, 256 GB of memory at 200 GB/s.
        Assert.True(Recomputable(cpu, VerificationPurpose.Listing, new Capacity(1_000, 0, 256_000, 200_000), 6.4e10) > 0.5);

        static double Recomputable(GpuModel model, VerificationPurpose purpose, Capacity claim, double mixes)
        {
            var memory = ProofPlan.For(purpose, claim, 1, model).Single(part => part.Workload == Workload.MemoryPasses);
            var seconds = memory.TotalWork / (claim.MemoryBandwidthMBps * 1e6);
            return 16 * mixes * seconds / ((double)memory.ResidentBytes * memory.Rounds * memory.Rounds);
        }
    }

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
        var proven = ProvenFigures.Of(parameters, NodaTime.Duration.FromSeconds(seconds), 1)!;
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
