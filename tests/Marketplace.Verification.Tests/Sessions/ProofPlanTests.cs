using Marketplace.Contracts;
using Marketplace.Verification.Protocol;
using Marketplace.Verification.Sessions;
using NodaTime;

namespace Marketplace.Verification.Tests.Sessions;

public sealed class ProofPlanTests
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
        Assert.Equal([Workload.Bf16Tiles, Workload.Int8Tiles, Workload.MemoryPasses, Workload.Fp64Chains], parts.Select(part => part.Workload));
        var rates = new[] { 800e12, 1_900e12, 4_500e9, 30e12 };
        var seconds = parts.Zip(rates, (part, rate) => part.TotalWork / part.Devices / rate).ToList();
        Assert.All(parts.Zip(seconds), pair => Assert.InRange(pair.Second / ProofPlan.Seconds(purpose, pair.First.Workload, false), 0.99, 1.06));
        Assert.InRange(seconds.Sum(), total, total * 1.05);
        Assert.All(parts, part => Assert.Equal(devices, part.Devices));
        Assert.InRange(parts[2].ResidentBytes / 141e9, 0.9499, 0.95);
        Assert.True(parts.Where(part => part.IsTiles).All(part => part.Depth == 6_144));
    }

    /// <summary>Few passes would let a prover recompute instead of keeping.</summary>
    [Fact]
    public void Memory_is_passed_over_often_even_where_it_is_slow()
    {
        var part = Assert.Single(ProofPlan.For(VerificationPurpose.Readiness, new Capacity(0, 0, 24_000, 0), 1, null));
        Assert.Equal(16, part.Rounds);
        Assert.Equal(0, part.Lag);
        var bandwidthOnly = Assert.Single(ProofPlan.For(VerificationPurpose.Listing, new Capacity(0, 0, 0, 20_000), 1, Cpu));
        Assert.InRange(bandwidthOnly.ResidentBytes / 1e6, 1_000, 1_024);
        Assert.InRange(bandwidthOnly.TotalWork / 20e9, 9.9, 10.3);
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
        SessionPart[] Parts(Capacity claim, GpuModel model) => [.. ProofPlan.For(VerificationPurpose.Listing, claim, 1, model).Select(SessionPart.Of)];
        Assert.Equal(Duration.FromMinutes(3), ProofPlan.Limit(VerificationPurpose.Listing, Parts(new Capacity(100, 0, 0, 0), Cpu)));
        Assert.Equal(Duration.FromSeconds(296), ProofPlan.Limit(VerificationPurpose.Listing, Parts(new Capacity(100, 100, 100, 100, 100), H200)));
    }
}
