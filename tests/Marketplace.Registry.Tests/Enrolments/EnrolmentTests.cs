using System.Security.Cryptography;
using System.Text;
using Marketplace.Contracts;
using Marketplace.Registry.EnrolKey;
using Marketplace.Registry.Enrolments;
using Marketplace.Registry.IssueEnrolmentCode;
using Marketplace.Registry.Machines;
using Marketplace.Registry.RevokeKey;
using Marketplace.Registry.Tests.Scenario;
using Marketplace.Runtime.Store;
using NodaTime;

namespace Marketplace.Registry.Tests.Enrolments;

public sealed class EnrolmentTests
{
    [Fact]
    public async Task Key_that_a_code_enrolled_is_the_machines_until_it_is_revoked()
    {
        await using var scenario = new RegistryScenario();
        var machine = await MachineAsync(scenario);
        var issued = await IssueAsync(scenario, machine);
        var id = issued.Enrolment.Result.Value.Id;
        var keys = scenario.Get<IMachineKeys>();
        Assert.Null(await keys.FindAsync(id, default));

        var publicKey = RegistryScenario.NewPublicKey();
        Assert.True((await UseAsync(scenario, issued.Code!, publicKey)).IsAccepted);
        var key = await keys.FindAsync(id, default);
        Assert.Equal((machine.Id, machine.Provider, false), (key!.MachineId, key.Provider, key.IsRevoked));
        Assert.Equal(publicKey, key.PublicKey);

        await scenario.Get<RevokeKeyHandler>().ExecuteAsync(new RevokeKey.RevokeKey(machine.Provider, id, "lost", machine.Id), default);
        Assert.True((await keys.FindAsync(id, default))!.IsRevoked);
        Assert.Equal(EnrolKeyRefusal.EnrolmentRevoked, (await UseAsync(scenario, issued.Code!, publicKey)).Refusal);
    }

    [Fact]
    public async Task Code_works_once_and_the_same_post_is_answered_again()
    {
        await using var scenario = new RegistryScenario();
        var code = (await IssueAsync(scenario, await MachineAsync(scenario))).Code!;
        var publicKey = RegistryScenario.NewPublicKey();
        var first = (await UseAsync(scenario, code, publicKey)).Value;
        scenario.Market.Time.Advance(Duration.FromHours(2));
        Assert.Equal(first.Enrolment.EnrolledAt, (await UseAsync(scenario, code, publicKey)).Value.Enrolment.EnrolledAt);
        Assert.Equal(EnrolKeyRefusal.CodeUsed, (await UseAsync(scenario, code, RegistryScenario.NewPublicKey())).Refusal);
    }

    [Fact]
    public async Task Of_two_keys_posted_at_once_one_is_enrolled()
    {
        await using var scenario = new RegistryScenario();
        var code = (await IssueAsync(scenario, await MachineAsync(scenario))).Code!;
        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => UseAsync(scenario, code, RegistryScenario.NewPublicKey()))));
        Assert.Single(results, result => result.IsAccepted);
    }

    [Fact]
    public async Task Code_expires_after_an_hour()
    {
        await using var scenario = new RegistryScenario();
        var machine = await MachineAsync(scenario);
        var (kept, late) = ((await IssueAsync(scenario, machine)).Code!, (await IssueAsync(scenario, machine)).Code!);
        scenario.Market.Time.Advance(Duration.FromHours(1) - Duration.FromSeconds(1));
        Assert.True((await UseAsync(scenario, kept, RegistryScenario.NewPublicKey())).IsAccepted);
        scenario.Market.Time.Advance(Duration.FromSeconds(1));
        Assert.Equal(EnrolKeyRefusal.CodeExpired, (await UseAsync(scenario, late, RegistryScenario.NewPublicKey())).Refusal);
    }

    [Fact]
    public async Task Guessed_and_mangled_codes_say_nothing_about_what_exists()
    {
        await using var scenario = new RegistryScenario();
        var code = (await IssueAsync(scenario, await MachineAsync(scenario))).Code!;
        var other = code[^1] == '0' ? '1' : '0';
        foreach (var guess in new[] { code[..^1] + other, code[..^1], code + "0", code.ToUpperInvariant(), "", ".", "enr_." + code, $"{EnrolmentId.From(Ulid.Create(1, 1))}.{code[^32..]}" })
        {
            Assert.Equal(EnrolKeyRefusal.CodeInvalid, (await UseAsync(scenario, guess, RegistryScenario.NewPublicKey())).Refusal);
        }

        Assert.True((await UseAsync(scenario, code, RegistryScenario.NewPublicKey())).IsAccepted);
    }

    [Fact]
    public async Task Only_hashes_of_codes_are_kept()
    {
        await using var scenario = new RegistryScenario();
        var code = (await IssueAsync(scenario, await MachineAsync(scenario))).Code!;
        var secret = code[(code.IndexOf('.', StringComparison.Ordinal) + 1)..];
        await UseAsync(scenario, code, RegistryScenario.NewPublicKey());
        foreach (var partition in scenario.Market.Store.Partitions)
        {
            await foreach (var row in scenario.Market.Store.ReadRangeAsync(partition, new RowRange("!", "~~"), default))
            {
                Assert.DoesNotContain(secret, row.RowKey + Encoding.UTF8.GetString(row.Body.Span), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Repeated_request_gives_another_code_of_the_same_enrolment_and_one_use_ends_all()
    {
        await using var scenario = new RegistryScenario();
        var machine = await MachineAsync(scenario);
        var key = scenario.NewKey();
        var handler = scenario.Get<IssueEnrolmentCodeHandler>();
        var command = new IssueEnrolmentCode.IssueEnrolmentCode(machine.Provider, machine.Id);
        var first = await handler.ExecuteAsync(command, key, default);
        var second = await handler.ExecuteAsync(command, key, default);
        Assert.True(second.Enrolment.Replayed);
        Assert.Equal(first.Enrolment.Result.Value, second.Enrolment.Result.Value);
        Assert.NotEqual(first.Code, second.Code);
        Assert.True((await UseAsync(scenario, first.Code!, RegistryScenario.NewPublicKey())).IsAccepted);
        Assert.Equal(EnrolKeyRefusal.CodeUsed, (await UseAsync(scenario, second.Code!, RegistryScenario.NewPublicKey())).Refusal);
        Assert.Null((await handler.ExecuteAsync(command, key, default)).Code);
    }

    [Fact]
    public async Task Machine_has_32_enrolments_at_most_until_some_are_revoked()
    {
        await using var scenario = new RegistryScenario();
        var machine = await MachineAsync(scenario);
        var ids = new List<EnrolmentId>();
        for (var i = 0; i < 32; i++) ids.Add((await IssueAsync(scenario, machine)).Enrolment.Result.Value.Id);
        Assert.Equal(IssueEnrolmentCodeRefusal.TooManyEnrolments, (await IssueAsync(scenario, machine)).Enrolment.Result.Refusal);
        await scenario.Get<RevokeKeyHandler>().ExecuteAsync(new RevokeKey.RevokeKey(machine.Provider, ids[7], "lost", machine.Id), default);
        await scenario.Market.RunAsync();
        Assert.NotNull((await IssueAsync(scenario, machine)).Code);
    }

    [Fact]
    public void Only_p256_in_its_one_encoding_is_a_machines_key()
    {
        var good = RegistryScenario.NewPublicKey();
        Assert.True(P256PublicKey.IsValid(good));
        Assert.False(P256PublicKey.IsValid([.. good, 0]));
        Assert.False(P256PublicKey.IsValid(good.AsSpan()[..^1]));
        Assert.False(P256PublicKey.IsValid([]));
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.False(P256PublicKey.IsValid(p384.ExportSubjectPublicKeyInfo()));
        using var rsa = RSA.Create(2048);
        Assert.False(P256PublicKey.IsValid(rsa.ExportSubjectPublicKeyInfo()));
        using var explicitCurve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.False(P256PublicKey.IsValid(explicitCurve.ExportPkcs8PrivateKey()));

        // A point beside the curve, with the header of a good key.
        var beside = good.ToArray();
        beside[^1] ^= 1;
        Assert.False(P256PublicKey.IsValid(beside));
    }

    private static async Task<Machine> MachineAsync(RegistryScenario scenario) => await scenario.MachineAsync((await scenario.OrganisationAsync()).Id);

    private static Task<IssuedCode> IssueAsync(RegistryScenario scenario, Machine machine) =>
        scenario.Get<IssueEnrolmentCodeHandler>().ExecuteAsync(new IssueEnrolmentCode.IssueEnrolmentCode(machine.Provider, machine.Id), scenario.NewKey(), default);

    private static Task<Result<EnrolledKey, EnrolKeyRefusal>> UseAsync(RegistryScenario scenario, string code, byte[] publicKey) =>
        scenario.Get<EnrolKeyHandler>().ExecuteAsync(new EnrolKey.EnrolKey(code, publicKey), default);
}
