using System.Net;
using Marketplace.Client;
using Marketplace.Client.Models;

namespace Marketplace.Api.Tests.Registry;

[Collection(RegistryTests.Name)]
public sealed class RegistryStoryTests(SharedHost shared)
{
    private readonly ApiHost host = shared.Host;

    [Fact]
    public async Task Provider_goes_from_registration_to_a_public_offer()
    {
        var (provider, _) = await host.ProviderAsync();
        var machine = await provider.EnrolledMachineAsync();
        var resource = await host.Client().GetResourceAsync(machine.ResourceIdentifier);
        Assert.Null(resource.Proven);

        var draft = await provider.CreateListingAsync(RegistryWalk.ListingOf(machine.MachineId), RegistryWalk.NewKey());
        Assert.Equal(("draft", 1, "2.10"), (draft.Status, draft.Version, draft.Price.PerGpuHour));
        var pending = await provider.SubmitListingAsync(draft.ListingId, RegistryWalk.NewKey());
        Assert.Equal("pendingVerification", pending.Status);
        await host.VerdictAsync(pending, resource.ProviderId, 260, passed: true);

        Assert.Equal("active", (await provider.GetListingAsync(draft.ListingId, waitSeconds: 5)).Status);
        var offer = Assert.Single((await host.Client().ListOffersAsync("guizhou", "cpu-x86-64")).Items);
        Assert.Equal((draft.ListingId, 260L, machine.ResourceIdentifier), (offer.ListingId, offer.Proven.Int8Gops, offer.ResourceIdentifier));
        resource = await host.Client().GetResourceAsync(machine.ResourceIdentifier);
        Assert.Equal((260L, 1, 1), (resource.Proven!.Int8Gops, resource.Offers.Count, resource.Tests.Count));
        Assert.Single((await provider.ListListingsAsync("active")).Items);
        Assert.Empty((await provider.ListListingsAsync("rejected")).Items);

        Assert.Equal("withdrawn", (await provider.WithdrawListingAsync(draft.ListingId, RegistryWalk.NewKey())).Status);
        await host.WhenIdleAsync();
        Assert.DoesNotContain((await host.Client().ListOffersAsync()).Items, left => left.ListingId == draft.ListingId);
    }

    [Fact]
    public async Task Rejected_listing_shows_claim_and_proven_figure_and_is_corrected_under_its_version()
    {
        var (provider, token) = await host.ProviderAsync();
        var machine = await provider.EnrolledMachineAsync();
        var owner = (await host.Client().GetResourceAsync(machine.ResourceIdentifier)).ProviderId;
        var draft = await provider.CreateListingAsync(RegistryWalk.ListingOf(machine.MachineId, int8Gops: 500), RegistryWalk.NewKey());
        var pending = await provider.SubmitListingAsync(draft.ListingId, RegistryWalk.NewKey());
        await host.VerdictAsync(pending, owner, 250, passed: false);

        var rejected = await provider.GetListingAsync(draft.ListingId);
        Assert.Equal(("rejected", "belowClaim", 500L, 250L), (rejected.Status, rejected.Failure, rejected.Claim.Int8Gops, rejected.Proven!.Int8Gops));
        Assert.Contains("250", rejected.Reason, StringComparison.Ordinal);

        var path = $"/v1/listings/{draft.ListingId}";
        var response = await host.Http(token).PatchAsync(path, Answers.Json("""{"claim":{"int8Gops":240}}"""));
        await response.ProblemAsync(HttpStatusCode.PreconditionRequired, "if_match_required");
        var stale = await Assert.ThrowsAsync<ProblemException>(() => provider.ReviseListingAsync(
            draft.ListingId, draft.Version, new ReviseListingRequest(Claim: new CapacityModel(240, null, null, null))));
        Assert.Equal("stale", stale.Code);
        var revised = await provider.ReviseListingAsync(
            draft.ListingId, rejected.Version, new ReviseListingRequest(Claim: new CapacityModel(240, null, null, null)));
        Assert.Equal((240L, "rejected"), (revised.Claim.Int8Gops, revised.Status));
        Assert.Equal("pendingVerification", (await provider.SubmitListingAsync(draft.ListingId, RegistryWalk.NewKey())).Status);
    }

    [Fact]
    public async Task Code_enrols_one_key_and_the_same_post_is_answered_again()
    {
        var (provider, _) = await host.ProviderAsync();
        var machine = await provider.RegisterMachineAsync(RegistryWalk.Machine, RegistryWalk.NewKey());
        var code = await provider.IssueEnrolmentCodeAsync(machine.MachineId, RegistryWalk.NewKey());
        var key = RegistryWalk.NewPublicKey();
        var worker = host.Client();
        var enrolled = await worker.EnrolKeyAsync(code.Code!, key);
        Assert.Equal(enrolled, await worker.EnrolKeyAsync(code.Code!, key));
        Assert.Equal((machine.MachineId, code.EnrolmentId), (enrolled.MachineId, enrolled.EnrolmentId));
        Assert.Equal("code_used", (await Assert.ThrowsAsync<ProblemException>(() => worker.EnrolKeyAsync(code.Code!, RegistryWalk.NewPublicKey()))).Code);
        Assert.Equal("public_key_invalid", (await Assert.ThrowsAsync<ProblemException>(() => worker.EnrolKeyAsync(code.Code!, [1, 2, 3]))).Code);

        Assert.Equal("enrolled", Assert.Single((await provider.ListEnrolmentsAsync(machine.MachineId)).Items).Status);
        Assert.Equal("revoked", (await provider.RevokeEnrolmentAsync(machine.MachineId, code.EnrolmentId, "lost")).Status);
        Assert.Equal("revoked", (await provider.RevokeEnrolmentAsync(machine.MachineId, code.EnrolmentId, "lost")).Status);
        Assert.Empty((await provider.ListEnrolmentsAsync(machine.MachineId)).Items);
        Assert.Equal("enrolment_revoked", (await Assert.ThrowsAsync<ProblemException>(() => worker.EnrolKeyAsync(code.Code!, key))).Code);
    }

    [Fact]
    public async Task Lists_go_on_where_the_page_before_ended()
    {
        var (provider, _) = await host.ProviderAsync();
        var made = new List<string>();
        for (var i = 0; i < 5; i++) made.Add((await provider.RegisterMachineAsync(RegistryWalk.Machine, RegistryWalk.NewKey())).MachineId);
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await provider.ListMachinesAsync(2, cursor);
            seen.AddRange(page.Items.Select(machine => machine.MachineId));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        made.Reverse();
        Assert.Equal(made, seen);
    }
}
