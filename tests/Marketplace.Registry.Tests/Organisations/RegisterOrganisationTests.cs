using Marketplace.Contracts;
using Marketplace.Registry.Organisations;
using Marketplace.Registry.RegisterOrganisation;
using Marketplace.Registry.Tests.Scenario;
using Marketplace.Testing.Store;

namespace Marketplace.Registry.Tests.Organisations;

public sealed class RegisterOrganisationTests
{
    private static readonly RegisterOrganisation.RegisterOrganisation Good = new("Cloud Ridge", "billing@cloudridge.example", "CN", true, true);

    public static TheoryData<RegisterOrganisation.RegisterOrganisation, RegisterOrganisationRefusal> Bad { get; } = new()
    {
        { new("", "x", "cn", false, false), RegisterOrganisationRefusal.NameMalformed },
        { Good with { Name = new string('x', 201) }, RegisterOrganisationRefusal.NameMalformed },
        { Good with { Name = "a\u0007" }, RegisterOrganisationRefusal.NameMalformed },
        { new("x", "x", "cn", false, false), RegisterOrganisationRefusal.EmailMalformed },
        { Good with { Email = "a@b@c" }, RegisterOrganisationRefusal.EmailMalformed },
        { Good with { Email = "a b@c" }, RegisterOrganisationRefusal.EmailMalformed },
        { Good with { Email = "a@c\n" }, RegisterOrganisationRefusal.EmailMalformed },
        { Good with { Email = new string('a', 253) + "@b" }, RegisterOrganisationRefusal.EmailMalformed },
        { new("x", "a@b", "cn", false, false), RegisterOrganisationRefusal.CountryMalformed },
        { Good with { CountryCode = "CHN" }, RegisterOrganisationRefusal.CountryMalformed },
        { new("x", "a@b", "CN", false, false), RegisterOrganisationRefusal.NoRole },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task Bad_registration_is_refused_and_tells_nobody(RegisterOrganisation.RegisterOrganisation command, RegisterOrganisationRefusal refusal)
    {
        await using var scenario = new RegistryScenario();
        var attempt = await scenario.Get<RegisterOrganisationHandler>().ExecuteAsync(command, scenario.NewKey(), default);
        Assert.Equal(refusal, attempt.Result.Refusal);
        await scenario.Market.RunAsync();
        Assert.Empty(scenario.Sent.Messages);
    }

    [Theory]
    [InlineData(1, StoreFault.ThrowBefore)]
    [InlineData(1, StoreFault.ThrowAfter)]
    [InlineData(2, StoreFault.ThrowBefore)]
    [InlineData(2, StoreFault.ThrowAfter)]
    [InlineData(1, StoreFault.Conflict)]
    [InlineData(2, StoreFault.Conflict)]
    public async Task Retry_after_a_crash_registers_one_organisation(int crashAt, StoreFault fault)
    {
        var commits = 0;
        await using var scenario = new RegistryScenario(faults: call => call.Commit is not null && ++commits == crashAt ? fault : StoreFault.None);
        var (handler, key) = (scenario.Get<RegisterOrganisationHandler>(), scenario.NewKey());
        if (fault != StoreFault.Conflict) await Assert.ThrowsAsync<InjectedStoreFaultException>(() => handler.ExecuteAsync(Good, key, default));
        var organisation = (await handler.ExecuteAsync(Good, key, default)).Result.Value;
        await scenario.Market.RunAsync();
        Assert.Equal(organisation.Id, Assert.Single(scenario.Sent.Of<OrganisationRegistered>()).OrganisationId);
        Assert.Equal(organisation, await scenario.Get<OrganisationReader>().FindAsync(organisation.Id, default));
    }

    [Fact]
    public async Task Same_key_with_other_content_is_a_reused_key()
    {
        await using var scenario = new RegistryScenario();
        var (handler, key) = (scenario.Get<RegisterOrganisationHandler>(), scenario.NewKey());
        var first = await handler.ExecuteAsync(Good, key, default);
        Assert.True((await handler.ExecuteAsync(Good, key, default)).Replayed);
        Assert.True((await handler.ExecuteAsync(Good with { Name = "Other" }, key, default)).KeyReused);
        Assert.Equal("Cloud Ridge", (await scenario.Get<OrganisationReader>().FindAsync(first.Result.Value.Id, default))!.Name);
    }
}
