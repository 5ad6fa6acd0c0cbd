using System.Security.Cryptography;
using Marketplace.Client;
using Marketplace.Client.Tokens;
using Marketplace.Registry.RotateKey;

namespace Marketplace.Api.Tests.Registry;

public sealed class KeyLifeTests
{
    [Fact]
    public async Task Machine_goes_over_to_a_key_that_its_old_one_signs_and_the_old_one_is_refused_after_the_overlap()
    {
        await using var host = await StartAsync();
        var (provider, _) = await host.ProviderAsync();
        var (machine, enrolment, key) = await EnrolAsync(host, provider);
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = next.ExportSubjectPublicKeyInfo();
        var old = Machine(host, key, enrolment);
        Assert.Equal("rotation_signature_invalid", await CodeOfAsync(() => old.RotateKeyAsync(next, EnrolmentId.Parse(enrolment), machine, publicKey)));
        Assert.Equal("public_key_unchanged", await CodeOfAsync(
            () => old.RotateKeyAsync(key, EnrolmentId.Parse(enrolment), machine, key.ExportSubjectPublicKeyInfo())));
        var rotated = await old.RotateKeyAsync(key, EnrolmentId.Parse(enrolment), machine, publicKey);
        Assert.Equal(rotated, await old.RotateKeyAsync(key, EnrolmentId.Parse(enrolment), machine, publicKey));
        Assert.Equal("rotated_to_another_key", await CodeOfAsync(
            () => old.RotateKeyAsync(key, EnrolmentId.Parse(enrolment), machine, RegistryWalk.NewPublicKey())));

        await old.ListMachineVerificationsAsync();
        await Machine(host, next, rotated.EnrolmentId).ListMachineVerificationsAsync();
        Assert.Equal(["enrolled", "rotating"], (await provider.ListEnrolmentsAsync(machine.ToString())).Items.Select(item => item.Status));
        await host.AdvanceAsync(RotationRules.Overlap);
        Assert.Equal("invalid_token", await CodeOfAsync(() => old.ListMachineVerificationsAsync()));
        await Machine(host, next, rotated.EnrolmentId).ListMachineVerificationsAsync();
        var listed = (await provider.ListEnrolmentsAsync(machine.ToString())).Items;
        Assert.Equal([("enrolled", enrolment, null), ("retired", null, rotated.EnrolmentId)], listed.Select(item => (item.Status, item.PredecessorId, item.SuccessorId)));
    }

    [Fact]
    public async Task Operator_revokes_a_key_with_a_reason_and_it_is_refused_at_once_and_its_offers_suspended()
    {
        await using var host = await StartAsync();
        var (provider, _) = await host.ProviderAsync();
        var (machine, enrolment, key) = await EnrolAsync(host, provider);
        var owner = (await host.Client().GetResourceAsync((await provider.GetMachineAsync(machine.ToString())).ResourceIdentifier)).ProviderId;
        var draft = await provider.CreateListingAsync(RegistryWalk.ListingOf(machine.ToString()), RegistryWalk.NewKey());
        await host.VerdictAsync(await provider.SubmitListingAsync(draft.ListingId, RegistryWalk.NewKey()), owner, 250, passed: true);

        Assert.Equal("scope_required", await CodeOfAsync(() => provider.RevokeMachineKeyAsync(enrolment, "mine")));
        var operatorClient = host.Client(host.StaffToken());
        Assert.Equal("not_found", await CodeOfAsync(() => operatorClient.RevokeMachineKeyAsync("enr_01JABCDEFGHJKMNPQRSTVWXYZ0", "stolen")));
        Assert.Equal("invalid_fields", await CodeOfAsync(() => operatorClient.RevokeMachineKeyAsync(enrolment, "")));
        var revoked = await operatorClient.RevokeMachineKeyAsync(enrolment, "stolen");
        Assert.Equal(("revoked", "stolen"), (revoked.Status, revoked.RevocationReason));
        Assert.Equal("invalid_token", await CodeOfAsync(() => Machine(host, key, enrolment).ListMachineVerificationsAsync()));
        await host.WhenIdleAsync();
        var listing = await provider.GetListingAsync(draft.ListingId);
        Assert.Equal(("suspended", "A key of the machine was revoked: stolen"), (listing.Status, listing.Reason));
        Assert.Equal("no_enrolled_key", await CodeOfAsync(() => provider.SubmitListingAsync(draft.ListingId, RegistryWalk.NewKey())));
    }

    // The registry's own keys, as in life.
    private static Task<ApiHost> StartAsync() => ApiHost.StartAsync();

    private static async Task<(MachineId Machine, string Enrolment, ECDsa Key)> EnrolAsync(ApiHost host, MarketplaceClient provider)
    {
        var machine = await provider.RegisterMachineAsync(RegistryWalk.Machine, RegistryWalk.NewKey());
        var code = await provider.IssueEnrolmentCodeAsync(machine.MachineId, RegistryWalk.NewKey());
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var enrolled = await host.Client().EnrolKeyAsync(code.Code!, key.ExportSubjectPublicKeyInfo());
        return (MachineId.Parse(machine.MachineId), enrolled.EnrolmentId, key);
    }

    private static MarketplaceClient Machine(ApiHost host, ECDsa key, string enrolment) =>
        host.Client(MachineToken.Create(key, EnrolmentId.Parse(enrolment), TimeProvider.System));

    private static async Task<string> CodeOfAsync(Func<Task> request) => (await Assert.ThrowsAsync<ProblemException>(request)).Code;
}
