using System.Net;
using Marketplace.Api.Auth;
using Marketplace.Api.Tests.Trading;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Api.Tests.Leasing;

public sealed class LeaseTests
{
    [Fact]
    public async Task A_lease_is_proven_ready_metered_and_completed()
    {
        await using var market = await MarketWalk.StartAsync();
        var lease = await market.LeaseAsync();
        Assert.Equal("scheduled", lease.State);
        Assert.Equal("2026-11-02T10:00:00Z", (await market.Machine.ListMachineLeasesAsync()).NextStartsAt);
        await market.Host.AdvanceAsync(Duration.FromHours(2));
        lease = await market.Buyer.GetLeaseAsync(lease.LeaseId);
        Assert.Equal("preparing", lease.State);
        var ofMachine = await market.Machine.ListMachineLeasesAsync();
        Assert.Empty(ofMachine.Items);
        Assert.Null(ofMachine.NextStartsAt);

        await ProveAsync(market, lease, passed: true);
        lease = await market.Provider.GetLeaseAsync(lease.LeaseId);
        Assert.Equal(("active", "2026-11-02T10:00:00Z"), (lease.State, lease.ReadyAt));
        Assert.Equal(lease.LeaseId, Assert.Single((await market.Machine.ListMachineLeasesAsync()).Items).LeaseId);

        await market.Host.AdvanceAsync(Duration.FromHours(2));
        Assert.Equal("completed", Assert.Single((await market.Buyer.ListLeasesAsync()).Items).State);
        Assert.Empty((await market.Machine.ListMachineLeasesAsync()).Items);
    }

    [Fact]
    public async Task A_machine_that_does_not_prove_itself_fails_the_lease_and_loses_its_listing()
    {
        await using var market = await MarketWalk.StartAsync();
        var lease = await market.LeaseAsync();
        await market.Host.AdvanceAsync(Duration.FromHours(2));
        for (var tries = 1; tries <= 3; tries++)
        {
            lease = await market.Buyer.GetLeaseAsync(lease.LeaseId);
            Assert.Equal("preparing", lease.State);
            await ProveAsync(market, lease, passed: false);
        }

        lease = await market.Buyer.GetLeaseAsync(lease.LeaseId);
        Assert.Equal(("failed", "readinessFailed", null), (lease.State, lease.Failure, lease.ReadyAt));
        Assert.Equal("suspended", (await market.Provider.GetListingAsync(market.Listing.ListingId)).Status);
        var bid = await market.Buyer.PlaceBidAsync(MarketWalk.Bid("9.00", 12, 14), "again", waitSeconds: 10);
        Assert.Equal("resting", bid.Status);
    }

    [Fact]
    public async Task A_terminated_leases_hours_can_be_bought_again()
    {
        await using var market = await MarketWalk.StartAsync();
        var lease = await market.LeaseAsync();
        var notYours = await Assert.ThrowsAsync<ProblemException>(() => market.Provider.TerminateLeaseAsync(lease.LeaseId));
        Assert.Equal("not_the_buyer", notYours.Code);
        Assert.Equal("terminated", (await market.Buyer.TerminateLeaseAsync(lease.LeaseId)).State);
        Assert.Equal("terminated", (await market.Buyer.TerminateLeaseAsync(lease.LeaseId)).State);
        await market.Host.WhenIdleAsync();
        Assert.Equal("filled", (await market.Buyer.PlaceBidAsync(MarketWalk.Bid(), "again", waitSeconds: 10)).Status);
        var over = await Assert.ThrowsAsync<ProblemException>(() => market.Provider.FailLeaseAsync(lease.LeaseId, new FailLeaseRequest("too late")));
        Assert.Equal("lease_is_over", over.Code);
    }

    [Fact]
    public async Task A_reported_failure_makes_its_hour_free()
    {
        await using var market = await MarketWalk.StartAsync();
        var lease = await market.LeaseAsync(toHour: 14);
        await market.Host.AdvanceAsync(Duration.FromHours(2));
        await ProveAsync(market, await market.Buyer.GetLeaseAsync(lease.LeaseId), passed: true);
        await market.Host.AdvanceAsync(Duration.FromMinutes(90));
        var notYours = await Assert.ThrowsAsync<ProblemException>(() => market.Buyer.FailLeaseAsync(lease.LeaseId, new FailLeaseRequest("slow")));
        Assert.Equal("not_the_provider", notYours.Code);
        var failed = await market.Provider.FailLeaseAsync(lease.LeaseId, new FailLeaseRequest("power cut"));
        Assert.Equal(("failed", "reported", "power cut"), (failed.State, failed.Failure, failed.FailureDetail));
        Assert.Equal(("2026-11-02T11:30:00Z", "2026-11-02T11:00:00Z"), (failed.EndedAt, failed.CreditedFrom));
        await market.Host.WhenIdleAsync();
        Assert.Equal("suspended", (await market.Provider.GetListingAsync(market.Listing.ListingId)).Status);
    }

    [Fact]
    public async Task Strangers_find_no_lease_and_operators_do()
    {
        await using var market = await MarketWalk.StartAsync();
        var lease = await market.LeaseAsync();
        var stranger = market.Host.Client(market.Host.TokenOf(market.Host.NewOrganisation()));
        Assert.Equal("not_found", (await Assert.ThrowsAsync<ProblemException>(() => stranger.GetLeaseAsync(lease.LeaseId))).Code);
        Assert.Equal("not_found", (await Assert.ThrowsAsync<ProblemException>(() => stranger.TerminateLeaseAsync(lease.LeaseId))).Code);
        Assert.Equal("not_found", (await Assert.ThrowsAsync<ProblemException>(() => stranger.FailLeaseAsync(lease.LeaseId, new FailLeaseRequest("x")))).Code);
        Assert.Empty((await stranger.ListLeasesAsync()).Items);
        Assert.Equal("scheduled", (await market.Buyer.GetLeaseAsync(lease.LeaseId)).State);
        var staff = market.Host.Client(market.Host.StaffToken(Scopes.Operator));
        Assert.Equal("failed", (await staff.FailLeaseAsync(lease.LeaseId, new FailLeaseRequest("rack removed"))).State);
    }

    [Fact]
    public async Task Bad_requests_about_leases_are_refused()
    {
        await using var market = await MarketWalk.StartAsync();
        var lease = await market.LeaseAsync();
        var http = market.Host.Http(market.BuyerToken);
        using var good = await http.GetAsync($"/v1/leases/{lease.LeaseId}");
        Assert.Equal("\"1\"", good.Headers.ETag?.Tag);
        using var nothing = await http.GetAsync("/v1/leases/bid_01JABCDEFGHJKMNPQRSTVWXYZ0");
        await nothing.ProblemAsync(HttpStatusCode.NotFound, "not_found");
        using var blank = await http.SendAsync(Answers.Post($"/v1/leases/{lease.LeaseId}/failure", "k", Answers.Json("""{"reason":" "}""")));
        await blank.ProblemAsync(HttpStatusCode.BadRequest, "invalid_fields");
        using var noMachine = await http.GetAsync("/v1/machine/leases");
        Assert.Contains(noMachine.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden });
    }

    private static async Task ProveAsync(MarketWalk market, LeaseModel lease, bool passed)
    {
        await market.Host.SendAsync(new VerificationCompleted(
            VerificationId.Parse(lease.VerificationId!), VerificationPurpose.Readiness, lease.LeaseId, OrganisationId.Parse(lease.ProviderId),
            MachineId.Parse(lease.MachineId), passed, passed ? null : VerificationFailure.BelowClaim, new Capacity(200, 0, 0, 0),
            new Capacity(passed ? 260 : 10, 0, 0, 0), passed ? CertificateId.From(Ulid.Create(2, 2)) : null, market.Host.Time.Now));
        await market.Host.WhenIdleAsync();
    }
}
