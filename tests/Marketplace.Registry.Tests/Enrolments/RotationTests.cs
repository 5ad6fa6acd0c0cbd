using System.Security.Cryptography;
using Marketplace.Contracts;
using Marketplace.Registry.EnrolKey;
using Marketplace.Registry.Enrolments;
using Marketplace.Registry.IssueEnrolmentCode;
using Marketplace.Registry.Listings;
using Marketplace.Registry.Machines;
using Marketplace.Registry.RevokeKey;
using Marketplace.Registry.RotateKey;
using Marketplace.Registry.SubmitListing;
using Marketplace.Registry.Tests.Scenario;
using Marketplace.Testing.Store;
using NodaTime;

namespace Marketplace.Registry.Tests.Enrolments;

public sealed class RotationTests
{
    [Fact]
    public async Task Both_keys_sign_during_the_overlap_and_then_only_the_new_one()
    {
        await using var scenario = new RegistryScenario();
        var old = await EnrolAsync(scenario);
        var next = (await RotateAsync(scenario, old, out _)).Value.Enrolment;
        Assert.Equal((true, true), (await MaySignAsync(scenario, old.Id), await MaySignAsync(scenario, next.Id)));
        scenario.Market.Time.Advance(RotationRules.Overlap - Duration.FromMilliseconds(1));
        Assert.True(await MaySignAsync(scenario, old.Id));
        scenario.Market.Time.Advance(Duration.FromMilliseconds(1));
        Assert.Equal((false, true), (await MaySignAsync(scenario, old.Id), await MaySignAsync(scenario, next.Id)));

        // What it signed is checked for ever: the key itself stays known.
        Assert.Equal(old.Key.ExportSubjectPublicKeyInfo(), (await scenario.Get<IMachineKeys>().FindAsync(old.Id, default))!.PublicKey);
        Assert.Equal(RotateKeyRefusal.KeyMayNotSign, (await RotateAsync(scenario, old, out _)).Refusal);
    }

    [Fact]
    public async Task Same_rotation_is_answered_again_and_a_key_has_one_successor()
    {
        await using var scenario = new RegistryScenario();
        var old = await EnrolAsync(scenario);
        var command = Signed(old, RegistryScenario.NewPublicKey());
        var rotate = scenario.Get<RotateKeyHandler>();
        var first = (await rotate.ExecuteAsync(command, default)).Value.Enrolment;
        scenario.Market.Time.Advance(Duration.FromMinutes(5));
        var again = (await rotate.ExecuteAsync(command, default)).Value.Enrolment;
        Assert.Equal((first.Id, first.EnrolledAt), (again.Id, again.EnrolledAt));
        Assert.Equal(RotateKeyRefusal.RotatedToAnotherKey, (await RotateAsync(scenario, old, out _)).Refusal);
    }

    [Fact]
    public async Task Only_the_present_key_of_the_machine_signs_a_new_one()
    {
        await using var scenario = new RegistryScenario();
        var (old, other) = (await EnrolAsync(scenario), await EnrolAsync(scenario));
        var rotate = scenario.Get<RotateKeyHandler>();
        var fresh = RegistryScenario.NewPublicKey();
        var byOther = KeyRotationFormat.Sign(old.Id, old.Machine.Id, fresh, other.Key);
        var forOther = KeyRotationFormat.Sign(other.Id, other.Machine.Id, fresh, old.Key);
        var ofAnotherKey = KeyRotationFormat.Sign(old.Id, old.Machine.Id, RegistryScenario.NewPublicKey(), old.Key);
        foreach (var signature in new[] { byOther, forOther, ofAnotherKey, [], [1] })
            Assert.Equal(RotateKeyRefusal.SignatureInvalid, (await rotate.ExecuteAsync(new RotateKey.RotateKey(old.Id, fresh, signature), default)).Refusal);
        Assert.Equal(
            RotateKeyRefusal.PublicKeyUnchanged, (await rotate.ExecuteAsync(Signed(old, old.Key.ExportSubjectPublicKeyInfo()), default)).Refusal);
        Assert.Equal(RotateKeyRefusal.PublicKeyInvalid, (await rotate.ExecuteAsync(Signed(old, [1, 2, 3]), default)).Refusal);
        Assert.True(await MaySignAsync(scenario, old.Id));
    }

    [Fact]
    public async Task New_key_is_admitted_though_the_request_died_after_its_first_commit()
    {
        // The first commit of a rotation is let through; the next one, and with it the request, fails.
        var commits = 0;
        var dies = false;
        await using var scenario = new RegistryScenario(
            faults: call => dies && call.Commit is not null && ++commits == 2 ? StoreFault.ThrowBefore : StoreFault.None);
        var old = await EnrolAsync(scenario);
        dies = true;
        await Assert.ThrowsAnyAsync<Exception>(async () => await RotateAsync(scenario, old, out _));
        await scenario.Market.RunAsync();
        var listed = await scenario.Get<EnrolmentReader>().ListAsync(old.Machine.Provider, old.Machine.Id, default);
        Assert.Equal([EnrolmentStatus.Enrolled, EnrolmentStatus.Rotating], listed.Select(enrolment => enrolment.StatusAt(scenario.Market.Time.Now)));
    }

    [Fact]
    public async Task Keys_that_were_rotated_for_long_fill_no_list()
    {
        await using var scenario = new RegistryScenario();
        var key = await EnrolAsync(scenario);
        for (var i = 0; i < 40; i++)
        {
            var rotated = (await RotateAsync(scenario, key, out var next)).Value.Enrolment;
            key = new EnrolledMachine(key.Machine, rotated.Id, next);
            scenario.Market.Time.Advance(Duration.FromHours(1));
        }

        Assert.Equal(2, (await scenario.Get<EnrolmentReader>().ListAsync(key.Machine.Provider, key.Machine.Id, default)).Count);
        Assert.NotNull((await scenario.Get<IssueEnrolmentCodeHandler>().ExecuteAsync(
            new IssueEnrolmentCode.IssueEnrolmentCode(key.Machine.Provider, key.Machine.Id), scenario.NewKey(), default)).Code);
    }

    [Fact]
    public async Task Revoked_key_takes_what_it_signed_into_its_place_with_it()
    {
        await using var scenario = new RegistryScenario();
        var stolen = await EnrolAsync(scenario);
        var thief = (await RotateAsync(scenario, stolen, out var thiefKey)).Value.Enrolment;
        var last = (await RotateAsync(scenario, new EnrolledMachine(stolen.Machine, thief.Id, thiefKey), out _)).Value.Enrolment;
        scenario.Market.Time.Advance(Duration.FromHours(1));
        await RevokeAsync(scenario, stolen);
        foreach (var id in new[] { stolen.Id, thief.Id, last.Id })
        {
            var key = (await scenario.Get<IMachineKeys>().FindAsync(id, default))!;
            Assert.Equal((true, false), (key.IsRevoked, key.MaySign));
        }
    }

    [Fact]
    public async Task Key_revoked_between_rotation_and_admission_is_never_admitted()
    {
        var commits = 0;
        var dies = false;
        await using var scenario = new RegistryScenario(
            faults: call => dies && call.Commit is not null && ++commits == 2 ? StoreFault.ThrowBefore : StoreFault.None);
        var old = await EnrolAsync(scenario);
        dies = true;
        await Assert.ThrowsAnyAsync<Exception>(async () => await RotateAsync(scenario, old, out _));
        dies = false;
        await RevokeAsync(scenario, old);
        await scenario.Market.RunAsync();
        Assert.Empty(await scenario.Get<EnrolmentReader>().ListAsync(old.Machine.Provider, old.Machine.Id, default));
        Assert.False(await scenario.Get<EnrolmentReader>().HasKeyAsync(old.Machine.Provider, old.Machine.Id, default));
    }

    [Fact]
    public async Task Revocation_suspends_what_is_offered_of_the_machine_until_it_enrols_and_proves_anew()
    {
        await using var scenario = new RegistryScenario();
        var key = await EnrolAsync(scenario);
        var other = await EnrolAsync(scenario, key.Machine.Provider);
        var listings = new List<Listing>();
        for (var i = 0; i < 45; i++) listings.Add(await scenario.ActiveAsync(key.Machine, fromHours: 1 + (2 * i), hours: 2));
        var untouched = await scenario.ActiveAsync(other.Machine);
        await RevokeAsync(scenario, key, caller: null);
        await scenario.Market.RunAsync();
        foreach (var listing in listings)
        {
            var suspended = await scenario.ReadAsync(listing);
            Assert.Equal((ListingStatus.Suspended, "A key of the machine was revoked: stolen"), (suspended.Status, suspended.SuspensionReason));
        }

        Assert.Equal(45, scenario.Sent.Of<ListingClosed>().Count());
        Assert.Equal(ListingStatus.Active, (await scenario.ReadAsync(untouched)).Status);
        Assert.Equal(SubmitListingRefusal.NoEnrolledKey, (await scenario.SubmitAsync(listings[0])).Refusal);
        await scenario.KeyAsync(key.Machine);
        await scenario.VerdictAsync((await scenario.SubmitAsync(listings[0])).Value, passed: true);
        Assert.Equal(ListingStatus.Active, (await scenario.ReadAsync(listings[0])).Status);
    }

    [Fact]
    public async Task Revoking_a_code_that_was_never_used_suspends_nothing()
    {
        await using var scenario = new RegistryScenario();
        var key = await EnrolAsync(scenario);
        var listing = await scenario.ActiveAsync(key.Machine);
        var unused = (await scenario.Get<IssueEnrolmentCodeHandler>().ExecuteAsync(
            new IssueEnrolmentCode.IssueEnrolmentCode(key.Machine.Provider, key.Machine.Id), scenario.NewKey(), default)).Enrolment.Result.Value;
        await scenario.Get<RevokeKeyHandler>().ExecuteAsync(new RevokeKey.RevokeKey(key.Machine.Provider, unused.Id, "mistake"), default);
        await scenario.Market.RunAsync();
        Assert.Equal(ListingStatus.Active, (await scenario.ReadAsync(listing)).Status);
    }

    private static async Task<EnrolledMachine> EnrolAsync(RegistryScenario scenario, OrganisationId? provider = null)
    {
        var machine = await scenario.MachineAsync(provider ?? (await scenario.OrganisationAsync()).Id);
        var code = (await scenario.Get<IssueEnrolmentCodeHandler>().ExecuteAsync(
            new IssueEnrolmentCode.IssueEnrolmentCode(machine.Provider, machine.Id), scenario.NewKey(), default)).Code!;
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var enrolled = await scenario.Get<EnrolKeyHandler>().ExecuteAsync(new EnrolKey.EnrolKey(code, key.ExportSubjectPublicKeyInfo()), default);
        return new EnrolledMachine(machine, enrolled.Value.Enrolment.Id, key);
    }

    private static Task<Result<EnrolledKey, RotateKeyRefusal>> RotateAsync(RegistryScenario scenario, EnrolledMachine old, out ECDsa next)
    {
        next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return scenario.Get<RotateKeyHandler>().ExecuteAsync(Signed(old, next.ExportSubjectPublicKeyInfo()), default);
    }

    private static RotateKey.RotateKey Signed(EnrolledMachine old, byte[] publicKey) =>
        new(old.Id, publicKey, KeyRotationFormat.Sign(old.Id, old.Machine.Id, publicKey, old.Key));

    private static async Task RevokeAsync(RegistryScenario scenario, EnrolledMachine key, OrganisationId? caller = null) => Assert.True(
        (await scenario.Get<RevokeKeyHandler>().ExecuteAsync(new RevokeKey.RevokeKey(caller, key.Id, "stolen"), default)).IsAccepted);

    private static async Task<bool> MaySignAsync(RegistryScenario scenario, EnrolmentId id) =>
        (await scenario.Get<IMachineKeys>().FindAsync(id, default))!.MaySign;

    private sealed record EnrolledMachine(Machine Machine, EnrolmentId Id, ECDsa Key);
}
