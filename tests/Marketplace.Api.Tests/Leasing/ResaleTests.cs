using System.Net;
using Marketplace.Api.Auth;
using Marketplace.Api.Tests.Registry;
using Marketplace.Api.Tests.Trading;
using Marketplace.Client;
using Marketplace.Client.Models;
using Marketplace.Contracts;
using NodaTime;

namespace Marketplace.Api.Tests.Leasing;

/// <summary>An organisation that buys and can be paid leases 10:00 to 14:00 and sells 11:00 to 13:00 on.</summary>
public sealed class ResaleTests
{
    private static readonly ResellHoursRequest Request = new(1, WindowOf(11, 13), new PriceScheduleModel("2.40", "USD"));

    [Fact]
    public async Task Resold_hours_are_leased_proven_and_metered_beside_the_lease_they_are_of()
    {
        await using var market = await MarketWalk.StartAsync();
        var (reseller, lease) = await LeaseAsync(market);
        var resale = await reseller.ResellHoursAsync(lease.LeaseId, Request, "offer");
        Assert.Equal(("open", 0, "2026-11-02T08:00:00Z", null), (resale.Status, resale.Trades, resale.OfferedAt, resale.StoppedAt));
        Assert.Equal(resale, await reseller.ResellHoursAsync(lease.LeaseId, Request, "offer"));

        var sublease = await market.LeaseAsync(11, 13);
        Assert.Equal(
            (lease.BuyerId, lease.LeaseId, lease.MachineId, resale.ListingId, "2.4"),
            (sublease.ProviderId, sublease.ResoldLeaseId, sublease.MachineId, sublease.ListingId, sublease.Price.PerGpuHour?.TrimEnd('0')));
        Assert.Equal(1, (await reseller.GetResaleAsync(lease.LeaseId)).Trades);
        Assert.Equal(2, (await reseller.ListLeasesAsync()).Items.Count);

        await market.Host.AdvanceAsync(Duration.FromHours(2));
        await ProveAsync(market, lease, lease.LeaseId);
        await market.Host.AdvanceAsync(Duration.FromHours(1));
        await ProveAsync(market, lease, sublease.LeaseId);
        Assert.Equal(
            new[] { lease.LeaseId, sublease.LeaseId }.Order(), (await market.Machine.ListMachineLeasesAsync()).Items.Select(l => l.LeaseId).Order());
        var tests = (await market.Provider.GetResourceAsync(market.Listing.ResourceIdentifier)).Tests;
        Assert.Equal(3, tests.Count);

        await market.Host.AdvanceAsync(Duration.FromHours(2));
        Assert.Equal("completed", (await market.Buyer.GetLeaseAsync(sublease.LeaseId)).State);
        Assert.Equal(("closed", "2026-11-02T13:00:00Z"), await reseller.GetResaleAsync(lease.LeaseId) is var over ? (over.Status, over.StoppedAt) : default);
    }

    [Fact]
    public async Task Lease_is_given_up_only_when_nothing_of_it_is_on_offer_or_resold()
    {
        await using var market = await MarketWalk.StartAsync();
        var (reseller, lease) = await LeaseAsync(market);
        await reseller.ResellHoursAsync(lease.LeaseId, Request, "offer");
        var sublease = await market.LeaseAsync(11, 13);
        Assert.Equal("resale_is_open", await CodeAsync(() => reseller.TerminateLeaseAsync(lease.LeaseId)));
        var stopped = await reseller.StopResaleAsync(lease.LeaseId, waitSeconds: 10);
        Assert.Equal(("closed", 1), (stopped.Status, stopped.Trades));
        Assert.Equal(stopped, await reseller.StopResaleAsync(lease.LeaseId));
        Assert.Equal("hours_resold", await CodeAsync(() => reseller.TerminateLeaseAsync(lease.LeaseId)));
        Assert.Equal("hours_resold", await CodeAsync(() => reseller.ResellHoursAsync(lease.LeaseId, Request, "again")));

        await market.Buyer.TerminateLeaseAsync(sublease.LeaseId);
        await market.Host.WhenIdleAsync();
        Assert.Equal("resting", (await market.Buyer.PlaceBidAsync(MarketWalk.Bid(fromHour: 11, toHour: 13), "late", waitSeconds: 10)).Status);
        Assert.Equal("terminated", (await reseller.TerminateLeaseAsync(lease.LeaseId)).State);
        await market.Host.WhenIdleAsync();
        Assert.Equal("lease_is_over", await CodeAsync(() => reseller.ResellHoursAsync(lease.LeaseId, Request, "over")));
    }

    [Fact]
    public async Task Second_offer_sells_what_is_left_and_by_the_hour_of_the_week()
    {
        await using var market = await MarketWalk.StartAsync();
        var (reseller, lease) = await LeaseAsync(market);
        await reseller.ResellHoursAsync(lease.LeaseId, Request, "offer");
        Assert.Equal("resale_is_open", await CodeAsync(() => reseller.ResellHoursAsync(lease.LeaseId, Request, "second")));
        await reseller.StopResaleAsync(lease.LeaseId, waitSeconds: 10);

        // Monday 12:00 costs 2.30, every other hour 9.00.
        var week = Enumerable.Range(0, 168).Select(string? (hour) => hour == 12 ? "2.30" : "9.00").ToList();
        var resale = await reseller.ResellHoursAsync(lease.LeaseId, new ResellHoursRequest(1, WindowOf(11, 14), new PriceScheduleModel(null, "USD", week)), "second");
        Assert.Equal(week.Select(price => price!.TrimEnd('0')), resale.Price.PerGpuHourOfWeek!.Select(price => price!.TrimEnd('0')));
        Assert.Equal(resale.ListingId, (await market.LeaseAsync(12, 13)).ListingId);
        Assert.Equal("resting", (await market.Buyer.PlaceBidAsync(MarketWalk.Bid(fromHour: 11, toHour: 12), "dear", waitSeconds: 10)).Status);
    }

    [Fact]
    public async Task Failed_machine_fails_what_was_resold()
    {
        await using var market = await MarketWalk.StartAsync();
        var (reseller, lease) = await LeaseAsync(market);
        await reseller.ResellHoursAsync(lease.LeaseId, Request, "offer");
        var sublease = await market.LeaseAsync(11, 12);
        Assert.Equal("not_the_provider", await CodeAsync(() => reseller.FailLeaseAsync(sublease.LeaseId, new FailLeaseRequest("not mine"))));
        await market.Provider.FailLeaseAsync(lease.LeaseId, new FailLeaseRequest("power cut"));
        await market.Host.WhenIdleAsync();
        var failed = await market.Buyer.GetLeaseAsync(sublease.LeaseId);
        Assert.Equal(("failed", "machineFailed", "a failure was reported: power cut"), (failed.State, failed.Failure, failed.FailureDetail));
        Assert.Equal("closed", (await reseller.GetResaleAsync(lease.LeaseId)).Status);
        Assert.Equal("suspended", (await market.Provider.GetListingAsync(market.Listing.ListingId)).Status);
        Assert.Equal("resting", (await market.Buyer.PlaceBidAsync(MarketWalk.Bid(fromHour: 12, toHour: 13), "late", waitSeconds: 10)).Status);
    }

    [Fact]
    public async Task Offers_that_the_lease_does_not_allow_are_refused()
    {
        await using var market = await MarketWalk.StartAsync();
        var (reseller, lease) = await LeaseAsync(market);
        Assert.Equal("gpu_count_above_lease", await RefusedAsync(Request with { GpuCount = 2 }));
        Assert.Equal("window_outside_lease", await RefusedAsync(Request with { Window = WindowOf(13, 15) }));
        await market.Host.AdvanceAsync(Duration.FromMinutes(181));
        Assert.Equal("window_has_begun", await RefusedAsync(Request));

        async Task<string> RefusedAsync(ResellHoursRequest request) =>
            await CodeAsync(() => reseller.ResellHoursAsync(lease.LeaseId, request, RegistryWalk.NewKey()));
    }

    [Fact]
    public async Task Resold_hours_are_not_resold_and_only_who_can_be_paid_resells()
    {
        await using var market = await MarketWalk.StartAsync();
        var (reseller, lease) = await LeaseAsync(market);
        await reseller.ResellHoursAsync(lease.LeaseId, Request, "offer");
        var sublease = await market.LeaseAsync(11, 13);
        Assert.Equal("hours_of_a_resale", await CodeAsync(() => market.Buyer.ResellHoursAsync(sublease.LeaseId, Request, "offer")));

        await using var other = await MarketWalk.StartAsync();
        var own = await other.LeaseAsync(10, 14);
        Assert.Equal("no_payout_account", await CodeAsync(() => other.Buyer.ResellHoursAsync(own.LeaseId, Request, "offer")));
    }

    [Fact]
    public async Task Only_the_buyer_resells_and_sees_the_offer()
    {
        await using var market = await MarketWalk.StartAsync();
        var (reseller, lease) = await LeaseAsync(market);
        Assert.Equal("not_found", await CodeAsync(() => reseller.GetResaleAsync(lease.LeaseId)));
        Assert.Equal("not_found", await CodeAsync(() => reseller.StopResaleAsync(lease.LeaseId)));
        Assert.Equal("not_the_buyer", await CodeAsync(() => market.Provider.ResellHoursAsync(lease.LeaseId, Request, "offer")));
        Assert.Equal("not_found", await CodeAsync(() => market.Buyer.ResellHoursAsync(lease.LeaseId, Request, "offer")));
        await reseller.ResellHoursAsync(lease.LeaseId, Request, "offer");
        Assert.Equal("idempotency_key_reused", await CodeAsync(() => reseller.ResellHoursAsync(lease.LeaseId, Request with { Window = WindowOf(11, 12) }, "offer")));
        Assert.Equal("not_found", await CodeAsync(() => market.Provider.GetResaleAsync(lease.LeaseId)));
        Assert.Equal("not_the_buyer", await CodeAsync(() => market.Provider.StopResaleAsync(lease.LeaseId)));
        Assert.Equal("not_found", await CodeAsync(() => market.Buyer.StopResaleAsync(lease.LeaseId)));
        Assert.Equal("open", (await market.Host.Client(market.Host.StaffToken(Scopes.Operator)).GetResaleAsync(lease.LeaseId)).Status);

        var http = market.Host.Http(market.BuyerToken);
        using var noFields = await http.SendAsync(Answers.Post($"/v1/leases/{lease.LeaseId}/resale", "k", Answers.Json("{}")));
        await noFields.ProblemAsync(HttpStatusCode.BadRequest, "invalid_fields");
    }

    private static WindowModel WindowOf(int from, int to) => new($"2026-11-02T{from:D2}:00:00Z", $"2026-11-02T{to:D2}:00:00Z");

    private static async Task<(MarketplaceClient Reseller, LeaseModel Lease)> LeaseAsync(MarketWalk market)
    {
        var organisation = await market.Host.Client(market.Host.StaffToken()).RegisterOrganisationAsync(
            new RegisterOrganisationRequest("Vision Lab", "finance@example.com", "CN", ["provider", "buyer"]), RegistryWalk.NewKey());
        var reseller = market.Host.Client(market.Host.TokenOf(OrganisationId.Parse(organisation.OrganisationId)));
        var bid = await reseller.PlaceBidAsync(MarketWalk.Bid(fromHour: 10, toHour: 14), "bid", waitSeconds: 10);
        await market.Host.WhenIdleAsync();
        return (reseller, await reseller.GetLeaseAsync(bid.Trades![0].LeaseId));
    }

    private static async Task<string> CodeAsync<T>(Func<Task<T>> request) => (await Assert.ThrowsAsync<ProblemException>(request)).Code;

    // The machine's owner is who sold the lease that the hours are of.
    private static async Task ProveAsync(MarketWalk market, LeaseModel head, string leaseId)
    {
        var verification = Assert.Single((await market.Machine.ListMachineVerificationsAsync()).Items, v => v.Subject == leaseId);
        Assert.Equal(leaseId, (await market.Provider.GetVerificationAsync(verification.VerificationId)).Subject);
        await market.Host.SendAsync(new VerificationCompleted(
            VerificationId.Parse(verification.VerificationId), VerificationPurpose.Readiness, leaseId, OrganisationId.Parse(head.ProviderId),
            MachineId.Parse(head.MachineId), true, null, new Capacity(200, 0, 0, 0), new Capacity(260, 0, 0, 0), CertificateId.From(Ulid.Create(2, 2)),
            market.Host.Time.Now));
        await market.Host.WhenIdleAsync();
    }
}
