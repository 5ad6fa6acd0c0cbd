using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using NodaTime;

namespace Marketplace.Verification.Tests.Sessions;

public sealed class ProofPlanTests(ITestOutputHelper output)
{
    private static readonly GpuModel Cpu = Model(true, new Capacity(0, 0, 0, 0));
    private static readonly GpuModel H200 = Model(false, new Capacity(1_978_900, 989_400, 141_000, 4_800_000, 34_000));

    private static GpuModel Model(bool provenOnCpu, Capacity datasheet) =>
        new(GpuModelId.Parse("x"), "any", "x", "x", datasheet, 0, 0.85, provenOnCpu);

    [Theory]
    [InlineData(VerificationPurpose.Listing)]
    [InlineData(VerificationPurpose.Readiness)]
    public void A_CPU_that_has_what_it_claims_is_busy_for_two_seconds(VerificationPurpose purpose)
    {
        foreach (var gops in new long[] { 1, 2, 5, 10, 50, 100, 200, 350, 500, 1_000, 5_000, 10_000 })
        {
            var plan = Assert.Single(ProofPlan.For(purpose, new Capacity(gops, 0, 0, 0), 1, Cpu));
            Assert.Equal(plan, ProofPlan.Int8OnCpu(purpose, gops));
            Assert.InRange(plan.TotalWork / (gops * 1e9), 2, 2 * 1.06);
            Assert.InRange(plan.Rounds, 20, 256);
        }
    }

    [Theory]
    [InlineData(VerificationPurpose.Listing, 1, 118)]
    [InlineData(VerificationPurpose.Listing, 8, 118)]
    [InlineData(VerificationPurpose.Readiness, 8, 28)]
    public void A_GPU_that_has_what_it_claims_is_busy_for_the_planned_time_in_each_part(VerificationPurpose purpose, int devices, double total)
    {
        var claim = new Capacity(1_900_000, 800_000, 141_000, 4_500_000, 30_000);
        var parts = ProofPlan.For(purpose, claim, devices, H200);
        Assert.Equal([Workload.Bf16Tiles, Workload.Int8Tiles, Workload.Fp64Chains, Workload.MemoryPasses], parts.Select(part => part.Workload));
        var rates = new[] { 800e12, 1_900e12, 30e12, 4_500e9 };
        var seconds = parts.Zip(rates, (part, rate) => part.TotalWork / part.Devices / rate).ToList();
        Assert.All(parts.Zip(seconds), pair => Assert.InRange(pair.Second / ProofPlan.Seconds(purpose, pair.First.Workload, false), 0.99, 1.06));
        Assert.InRange(seconds.Sum(), total, total * 1.05);
        Assert.All(parts, part => Assert.Equal(devices, part.Devices));
        Assert.InRange(parts[3].ResidentBytes / 141e9, 0.9499, 0.95);
        Assert.True(parts.Where(part => part.IsTiles).All(part => part.Depth == 6_144));
        Assert.Equal((1, 1), (parts[3].Columns, parts[3].Depth));
    }

    /// <summary>Few passes would let a prover recompute instead of keeping.</summary>
    [Fact]
    public void Memory_is_passed_over_often_even_where_it_is_slow()
    {
        var part = Assert.Single(ProofPlan.For(VerificationPurpose.Readiness, new Capacity(0, 0, 24_000, 0), 1, null));
        Assert.Equal(16, part.Rounds);
        Assert.Equal(0, part.Lag);
        var bandwidthOnly = ProofPlan.For(VerificationPurpose.Listing, new Capacity(500, 0, 0, 20_000), 1, Cpu)[^1];
        Assert.InRange(bandwidthOnly.ResidentBytes / 1e6, 1_000, 1_024);
        Assert.InRange(bandwidthOnly.TotalWork / 20e9, 20, 60);
    }

    /// <summary>
    /// Processors from a small one to the largest: what is claimed is the int8 rate, the memory and its bandwidth (0 where only the real one, which
    /// is given too, says how long it takes). They mix as fast as our kernel, 29 int8 operations a mix and 88 for the rest of a word, or as
    /// fast as their memory goes.
    /// </summary>
    [Theory]
    [InlineData(158, 4_000, 12_000, 12_000)]
    [InlineData(158, 4_000, 0, 12_000)]
    [InlineData(80, 16_000, 5_000, 5_000)]
    [InlineData(700, 16_000, 40_000, 40_000)]
    [InlineData(5_600, 256_000, 190_000, 190_000)]
    [InlineData(5_600, 256_000, 0, 190_000)]
    [InlineData(16_800, 512_000, 280_000, 280_000)]
    [InlineData(30_000, 768_000, 450_000, 450_000)]
    public void A_processor_passes_with_what_it_has_and_its_plan_is_checked_in_time(long gops, long memoryMB, long claimedMBps, long realMBps)
    {
        var claim = new Capacity(gops, 0, memoryMB, claimedMBps);
        foreach (var purpose in Enum.GetValues<VerificationPurpose>())
        {
            var part = ProofPlan.For(purpose, claim, 1, Cpu)[^1];
            Assert.InRange(part.ResidentBytes / 1e6, memoryMB - 1, memoryMB);
            Assert.InRange(part.Rounds, 48, 340);
            Assert.InRange(part.Rounds * part.Depth, 96, 2_048);
            var mixing = part.TotalUnits * (part.UnitWork / 16) * ((29 * part.Depth) + 88) / (gops * 1e9);
            var moving = part.TotalWork / (realMBps * 1e6);
            var seconds = Math.Max(moving, mixing);
            Assert.True(ProofPlan.SecondsOf(part, claim) > seconds * 0.95, "The plan takes it for faster than it is.");
            var proven = ProvenFigures.Of(part, Duration.FromSeconds(seconds), 1, claim)!;
            Assert.True(ProvenFigures.Suffice(Workload.MemoryPasses, proven, claim, 0.85), $"{proven} after {seconds} s of {part}");
            if (purpose == VerificationPurpose.Listing) output.WriteLine($"{claim}: {part.Depth} mixes, {part.Rounds} passes, {moving:0} s moving, {mixing:0} s mixing, proven {proven.MemoryMB} MB at {proven.MemoryBandwidthMBps} MB/s");
        }
    }

    [Fact]
    public void An_absurd_claim_gets_the_largest_plan_and_no_more()
    {
        foreach (var devices in new[] { 1, 8, 64 })
        {
            var parts = ProofPlan.For(VerificationPurpose.Listing, new Capacity(1_000_000_000, 1_000_000_000, 1_000_000_000, 1_000_000_000, 1_000_000_000), devices, H200);
            Assert.Equal(4, parts.Count);
            Assert.All(parts, part => Assert.InRange(part.RootsLength, 32, 128 * 1024));
        }
    }

    [Fact]
    public void A_session_has_twice_its_planned_time_and_three_minutes_at_least()
    {
        Assert.Equal(Duration.FromMinutes(3), Limit(VerificationPurpose.Listing, new Capacity(100, 0, 0, 0), Cpu));
        Assert.InRange(Limit(VerificationPurpose.Listing, new Capacity(100, 100, 100, 1_000, 100), H200).TotalSeconds, 296, 297);

        // The fewest passes over memory that is large for its bandwidth take longer than any plan of seconds; sessions must last as long.
        foreach (var purpose in Enum.GetValues<VerificationPurpose>())
        {
            var large = new Capacity(500, 0, 64_000, 10_000);
            var passes = ProofPlan.For(purpose, large, 1, Cpu)[^1].Rounds;
            Assert.InRange(Limit(purpose, large, Cpu).TotalSeconds, 2 * 12.7 * passes, (2 * 12.8 * passes) + 60 + (2 * 20));

            // 31 readings or writings of 22.8 GB at 0.1 GB/s.
            Assert.InRange(Limit(purpose, new Capacity(0, 1, 24_000, 100), H200).TotalSeconds, 2 * 31 * 227, (2 * 31 * 228) + 60 + (2 * 60));
        }

        static Duration Limit(VerificationPurpose purpose, Capacity claim, GpuModel model) =>
            ProofPlan.Limit(purpose, claim, [.. ProofPlan.For(purpose, claim, 1, model).Select(SessionPart.Of)]);
    }
}
