using Marketplace.Contracts;
using Marketplace.Registry.Directory;
using Marketplace.Registry.ExpireListing;
using Marketplace.Registry.Listings;
using Marketplace.Registry.Machines;
using Marketplace.Registry.ResolveResource;
using Marketplace.Registry.ReviseListing;
using Marketplace.Registry.RevokeKey;
using Marketplace.Registry.SubmitListing;
using Marketplace.Registry.Tests.Scenario;
using Marketplace.Registry.WithdrawListing;

namespace Marketplace.Registry.Tests.Listings;

public sealed class ListingLifeTests
{
    private static readonly DirectoryFilter Everything = new([], [], null, null, null, null);

    [Fact]
    public async Task Passing_proof_activates_a_listing_and_tells_the_market()
    {
        await using var scenario = new RegistryScenario();
        var machine = await ProvenMachineAsync(scenario);
        var pending = (await scenario.SubmitAsync(await scenario.DraftAsync(machine))).Value;
        Assert.Equal(ListingStatus.PendingVerification, pending.Status);
        await scenario.Market.RunAsync();
        var request = Assert.Single(scenario.Sent.Of<RequestVerification>());
        Assert.Equal((pending.VerificationId, pending.Id.ToString(), pending.Claim), (request.VerificationId, request.Subject, request.Claim));
        Assert.Empty(scenario.Sent.Of<ListingActivated>());

        await scenario.VerdictAsync(pending, passed: true, new Capacity(260, 0, 0, 0));
        var active = await scenario.ReadAsync(pending);
        Assert.Equal(ListingStatus.Active, active.Status);
        var activated = Assert.Single(scenario.Sent.Of<ListingActivated>());
        Assert.Equal((active.Id, 260, machine.Identifier.ToString()), (activated.ListingId, activated.Proven.Int8Gops, activated.ResourceIdentifier));
        var entry = Assert.Single((await scenario.Get<DirectoryReader>().SearchAsync(Everything, 50, null, default)).Items);
        Assert.Equal(active.Id, entry.Id);

        var resource = await scenario.Get<ResourceReader>().FindAsync(machine.Identifier, default);
        Assert.Equal(active, Assert.Single(resource!.ActiveListings));
        Assert.Equal(260, resource.Machine.LastProof!.Proven!.Int8Gops);
        Assert.True(Assert.Single(resource.Tests).Passed);
    }

    [Fact]
    public async Task Failed_proof_rejects_a_listing_with_claim_and_proven_figure_and_a_lower_claim_may_be_submitted()
    {
        await using var scenario = new RegistryScenario();
        var machine = await ProvenMachineAsync(scenario);
        var pending = (await scenario.SubmitAsync(await scenario.DraftAsync(machine, claim: new Capacity(500, 0, 0, 0)))).Value;
        await scenario.VerdictAsync(pending, passed: false, new Capacity(250, 0, 0, 0));
        var rejected = await scenario.ReadAsync(pending);
        Assert.Equal(
            (ListingStatus.Rejected, VerificationFailure.BelowClaim, 500, 250),
            (rejected.Status, rejected.Failure, rejected.Claim.Int8Gops, rejected.Proven!.Int8Gops));
        Assert.Empty(scenario.Sent.Of<ListingActivated>());
        Assert.False(Assert.Single((await scenario.Get<ResourceReader>().FindAsync(machine.Identifier, default))!.Tests).Passed);

        var revised = (await ReviseAsync(scenario, rejected, new Capacity(240, 0, 0, 0))).Value;
        var again = (await scenario.SubmitAsync(revised)).Value;
        Assert.Null(again.Failure);
        Assert.NotEqual(pending.VerificationId, again.VerificationId);
        await scenario.VerdictAsync(again, passed: true);
        Assert.Equal(ListingStatus.Active, (await scenario.ReadAsync(again)).Status);
    }

    [Fact]
    public async Task Verdict_on_an_earlier_proof_changes_nothing()
    {
        await using var scenario = new RegistryScenario();
        var machine = await ProvenMachineAsync(scenario);
        var first = (await scenario.SubmitAsync(await scenario.DraftAsync(machine))).Value;
        await scenario.VerdictAsync(first, passed: false);
        var second = (await scenario.SubmitAsync(first)).Value;
        await scenario.VerdictAsync(first, passed: true);
        Assert.Equal(second, await scenario.ReadAsync(second));
    }

    [Fact]
    public async Task Only_a_machine_with_a_key_that_is_not_revoked_can_be_submitted()
    {
        await using var scenario = new RegistryScenario();
        var machine = await scenario.MachineAsync((await scenario.OrganisationAsync()).Id);
        var draft = await scenario.DraftAsync(machine);
        Assert.Equal(SubmitListingRefusal.NoEnrolledKey, (await scenario.SubmitAsync(draft)).Refusal);
        var key = await scenario.KeyAsync(machine);
        await scenario.Get<RevokeKeyHandler>().ExecuteAsync(new RevokeKey.RevokeKey(machine.Provider, key.Enrolment.Id, "lost", machine.Id), default);
        Assert.Equal(SubmitListingRefusal.NoEnrolledKey, (await scenario.SubmitAsync(draft)).Refusal);
        await scenario.KeyAsync(machine);
        Assert.True((await scenario.SubmitAsync(draft)).IsAccepted);
    }

    [Fact]
    public async Task Suspended_listing_leaves_the_market_and_comes_back_only_by_a_new_proof()
    {
        await using var scenario = new RegistryScenario();
        var active = await scenario.ActiveAsync(await ProvenMachineAsync(scenario));
        await scenario.Market.SendAsync(new Contracts.SuspendListing(active.Provider, active.Id, "The machine did not start."));
        await scenario.Market.RunAsync();
        var suspended = await scenario.ReadAsync(active);
        Assert.Equal((ListingStatus.Suspended, "The machine did not start."), (suspended.Status, suspended.SuspensionReason));
        Assert.Equal(active.Id, Assert.Single(scenario.Sent.Of<ListingClosed>()).ListingId);
        Assert.Empty((await scenario.Get<DirectoryReader>().SearchAsync(Everything, 50, null, default)).Items);

        var pending = (await scenario.SubmitAsync(suspended)).Value;
        await scenario.VerdictAsync(pending, passed: true);
        Assert.Equal(ListingStatus.Active, (await scenario.ReadAsync(active)).Status);
        Assert.Single((await scenario.Get<DirectoryReader>().SearchAsync(Everything, 50, null, default)).Items);
    }

    [Fact]
    public async Task Listing_expires_when_its_window_is_over()
    {
        await using var scenario = new RegistryScenario();
        var machine = await ProvenMachineAsync(scenario);
        var active = await scenario.ActiveAsync(machine, fromHours: 1, hours: 4);
        await scenario.Market.RunUntilAsync(active.Window.End - NodaTime.Duration.FromSeconds(1));
        Assert.Equal(ListingStatus.Active, (await scenario.ReadAsync(active)).Status);
        await scenario.Market.RunUntilAsync(active.Window.End);
        Assert.Equal(ListingStatus.Expired, (await scenario.ReadAsync(active)).Status);
        Assert.Equal(active.Id, Assert.Single(scenario.Sent.Of<ListingClosed>()).ListingId);
        Assert.Equal(WithdrawListingRefusal.WrongState, (await scenario.WithdrawAsync(active)).Refusal);
    }

    [Fact]
    public async Task Proof_that_passes_after_the_window_activates_nothing()
    {
        await using var scenario = new RegistryScenario();
        var draft = await scenario.DraftAsync(await ProvenMachineAsync(scenario), fromHours: 1, hours: 1);
        var pending = (await scenario.SubmitAsync(draft)).Value;
        scenario.Market.Time.JumpTo(pending.Window.End);
        await scenario.VerdictAsync(pending, passed: true);
        Assert.Equal(ListingStatus.Expired, (await scenario.ReadAsync(pending)).Status);
        Assert.Empty(scenario.Sent.Of<ListingActivated>());
    }

    [Fact]
    public async Task Correction_of_a_stale_version_is_refused_and_the_same_correction_is_answered_again()
    {
        await using var scenario = new RegistryScenario();
        var draft = await scenario.DraftAsync(await ProvenMachineAsync(scenario));
        var revised = (await ReviseAsync(scenario, draft, new Capacity(200, 0, 0, 0))).Value;
        Assert.Equal(revised, (await ReviseAsync(scenario, draft, new Capacity(200, 0, 0, 0))).Value);
        Assert.Equal(ReviseListingRefusal.VersionStale, (await ReviseAsync(scenario, draft, new Capacity(100, 0, 0, 0))).Refusal);
        Assert.Equal(200, (await scenario.ReadAsync(draft)).Claim.Int8Gops);
    }

    [Fact]
    public async Task Other_organisations_have_no_such_listing()
    {
        await using var scenario = new RegistryScenario();
        var draft = await scenario.DraftAsync(await ProvenMachineAsync(scenario));
        var thief = (await scenario.OrganisationAsync()).Id;
        Assert.Equal(SubmitListingRefusal.ListingUnknown, (await scenario.SubmitAsync(draft with { Provider = thief })).Refusal);
        Assert.Equal(WithdrawListingRefusal.ListingUnknown, (await scenario.WithdrawAsync(draft with { Provider = thief })).Refusal);
        Assert.Equal(ReviseListingRefusal.ListingUnknown, (await ReviseAsync(scenario, draft with { Provider = thief }, draft.Claim)).Refusal);
    }

    private static async Task<Machine> ProvenMachineAsync(RegistryScenario scenario)
    {
        var machine = await scenario.MachineAsync((await scenario.OrganisationAsync()).Id);
        await scenario.KeyAsync(machine);
        return machine;
    }

    private static Task<Result<Listing, ReviseListingRefusal>> ReviseAsync(RegistryScenario scenario, Listing listing, Capacity claim) =>
        scenario.Get<ReviseListingHandler>().ExecuteAsync(
            new ReviseListing.ReviseListing(listing.Provider, listing.Id, listing.Version, null, null, claim), default);
}
