using Marketplace.Contracts;
using Marketplace.Leasing.FailLease;
using Marketplace.Leasing.LifeCycle;
using Marketplace.Leasing.TerminateLease;
using NodaTime;
using static Marketplace.Leasing.Tests.Given;

namespace Marketplace.Leasing.Tests;

public sealed class LeaseFlowTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.4)]
    public async Task Trade_becomes_a_lease_that_is_proven_billed_and_completed(double disorderRate)
    {
        await using var others = new Others(disorderRate);
        await others.Simulated.SendAsync(Trade);
        await others.Simulated.RunAsync();
        Assert.Equal(LeaseState.Scheduled, (await others.LeaseAsync()).State);
        Assert.Empty(others.Said);

        await others.Simulated.RunUntilAsync(At(10));
        var request = others.Only<RequestVerification>();
        Assert.Equal((VerificationPurpose.Readiness, Trade.LeaseId.ToString(), 4, At(10, 15)), (request.Purpose, request.Subject, request.GpuCount, request.ExpiresAt));
        Assert.Equal(new Capacity(800, 0, 112_800, 1), request.Claim);

        await others.AnswerAsync(request, passed: true, At(10, 3));
        Assert.Equal(new LeaseReady(Trade.LeaseId, Trade.Buyer, Trade.Provider, Trade.MachineId, 4, Trade.Window, Trade.Price, At(10, 3)), others.Only<LeaseReady>());
        Assert.Equal(Trade.LeaseId, Assert.Single((await others.Queries.ListOfMachineAsync(Trade.MachineId, default)).Active).LeaseId);

        await others.Simulated.RunUntilAsync(At(14));
        Assert.Equal(new LeaseStopped(Trade.LeaseId, LeaseEnding.Completed, At(14), null, Trade.Buyer), others.Only<LeaseStopped>());
        Assert.Empty(others.Of<ReturnHours>());
        Assert.Empty(others.Of<SuspendListing>());
        foreach (var party in (OrganisationId[])[Trade.Buyer, Trade.Provider])
        {
            Assert.Equal(LeaseState.Completed, Assert.Single(await others.Queries.ListAsync(party, null, 50, default)).State);
        }

        Assert.Empty(others.Simulated.Messages.DeadLetters);
    }

    [Fact]
    public async Task Missing_proof_suspends_the_listing_and_bills_nothing()
    {
        await using var others = new Others();
        await others.Simulated.SendAsync(Trade);
        await others.Simulated.RunUntilAsync(At(10, 16));
        Assert.Equal((LeaseState.Failed, (LeaseFailure?)LeaseFailure.ReadinessTimedOut), ((await others.LeaseAsync()).State, (await others.LeaseAsync()).Failure));
        Assert.Equal(new ReturnHours(Trade.Book, Trade.TradeId, Trade.ListingId, 4, Hours(11, 14), StopOffering: true), others.Only<ReturnHours>());
        Assert.Equal((Trade.Provider, Trade.ListingId), (others.Only<SuspendListing>().Provider, others.Only<SuspendListing>().ListingId));

        await others.AnswerAsync(others.Only<RequestVerification>(), passed: true, At(10, 14));
        await others.Simulated.RunUntilAsync(At(15));
        Assert.Empty(others.Of<LeaseReady>());
        Assert.Empty(others.Of<LeaseStopped>());
    }

    [Fact]
    public async Task Buyer_who_terminates_before_the_start_gets_no_bill_and_the_hours_go_back_once()
    {
        await using var others = new Others();
        await others.Simulated.SendAsync(Trade);
        await others.Simulated.RunAsync();
        var terminate = others.Simulated.Get<TerminateLease.TerminateLease>();
        Assert.Equal(TerminateLeaseRefusal.UnknownLease, (await terminate.ExecuteAsync(OrganisationId.From(Number(50)), Trade.LeaseId, default)).Refusal);
        Assert.Equal(TerminateLeaseRefusal.NotTheBuyer, (await terminate.ExecuteAsync(Trade.Provider, Trade.LeaseId, default)).Refusal);
        var first = await terminate.ExecuteAsync(Trade.Buyer, Trade.LeaseId, default);
        var again = await terminate.ExecuteAsync(Trade.Buyer, Trade.LeaseId, default);
        Assert.Equal(first.Value, again.Value);
        await others.Simulated.RunUntilAsync(At(15));
        Assert.Equal(new ReturnHours(Trade.Book, Trade.TradeId, Trade.ListingId, 4, Trade.Window), others.Only<ReturnHours>());
        Assert.Empty(others.Of<RequestVerification>());
        Assert.Empty(others.Of<LeaseStopped>());
    }

    [Fact]
    public async Task Reported_failure_stops_billing_and_credits_the_running_hour()
    {
        await using var others = new Others();
        await others.Simulated.SendAsync(Trade);
        await others.Simulated.RunUntilAsync(At(10));
        await others.AnswerAsync(others.Only<RequestVerification>(), passed: true, At(10, 1));
        await others.Simulated.RunUntilAsync(At(12, 20));
        var fail = others.Simulated.Get<FailLease.FailLease>();
        Assert.Equal(FailLeaseRefusal.NotTheProvider, (await fail.ExecuteAsync(Trade.Buyer, Trade.LeaseId, "mine", default)).Refusal);
        Assert.True((await fail.ExecuteAsync(null, Trade.LeaseId, "fire", default)).IsAccepted);
        await others.Simulated.RunUntilAsync(At(15));
        Assert.Equal(new LeaseStopped(Trade.LeaseId, LeaseEnding.Failed, At(12, 20), At(12), Trade.Buyer), others.Only<LeaseStopped>());
        Assert.Equal(Hours(13, 14), others.Only<ReturnHours>().Window);
        Assert.Contains("fire", others.Only<SuspendListing>().Reason, StringComparison.Ordinal);
        Assert.Empty((await others.Queries.ListOfMachineAsync(Trade.MachineId, default)).Active);
    }

    [Fact]
    public async Task Verification_of_a_listing_is_nothing_to_a_lease()
    {
        await using var others = new Others();
        await others.Simulated.SendAsync(new VerificationCompleted(
            Proof, VerificationPurpose.Listing, Trade.ListingId.ToString(), Trade.Provider, Trade.MachineId, true, null, Trade.Proven, Trade.Proven, null, Monday));
        await others.Simulated.RunAsync();
        Assert.Empty(others.Simulated.Messages.DeadLetters);
    }
}
