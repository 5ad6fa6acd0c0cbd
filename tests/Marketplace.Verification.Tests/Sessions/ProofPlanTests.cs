using Marketplace.Contracts;
using Marketplace.Verification.Sessions;

namespace Marketplace.Verification.Tests.Sessions;

public sealed class ProofPlanTests
{
    [Theory]
    [InlineData(VerificationPurpose.Listing, 2.0)]
    [InlineData(VerificationPurpose.Readiness, 1.0)]
    public void A_machine_that_has_what_it_claims_is_busy_for_the_target(VerificationPurpose purpose, double seconds)
    {
        foreach (var gops in new long[] { 1, 2, 5, 10, 50, 100, 200, 350, 500, 1_000, 5_000, 10_000 })
        {
            var plan = ProofPlan.For(purpose, gops);
            Assert.InRange(plan.TotalOperations / (gops * 1e9), seconds, seconds * 1.06);
            Assert.InRange(plan.Rounds, 20, 256);
        }
    }

    [Fact]
    public void An_absurd_claim_gets_the_largest_plan_and_no_more()
    {
        var plan = ProofPlan.For(VerificationPurpose.Listing, 1_000_000_000);
        Assert.Equal((4096, 256), (plan.Size, plan.Rounds));
    }
}
