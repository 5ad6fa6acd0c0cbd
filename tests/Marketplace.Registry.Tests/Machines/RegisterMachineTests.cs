using Marketplace.Registry.Machines;
using Marketplace.Registry.RegisterMachine;
using Marketplace.Registry.ResolveResource;
using Marketplace.Registry.Tests.Scenario;
using Marketplace.Testing.Store;

namespace Marketplace.Registry.Tests.Machines;

public sealed class RegisterMachineTests
{
    [Fact]
    public async Task Serial_numbers_count_up_per_hub_and_resolve_at_once()
    {
        await using var scenario = new RegistryScenario();
        var provider = (await scenario.OrganisationAsync()).Id;
        var first = await scenario.MachineAsync(provider);
        var second = await scenario.MachineAsync((await scenario.OrganisationAsync()).Id);
        var elsewhere = (await RegisterAsync(scenario, Good(provider) with { Hub = HubId.Parse("ningxia"), Cluster = "Zhongwei" })).Value;
        Assert.Equal(
            [ResourceIdentifier.Of("GZ", 1), ResourceIdentifier.Of("GZ", 2), ResourceIdentifier.Of("NX", 1)],
            new[] { first.Identifier, second.Identifier, elsewhere.Identifier });
        foreach (var machine in new[] { first, second, elsewhere })
        {
            Assert.Equal(machine, (await scenario.Get<ResourceReader>().FindAsync(machine.Identifier, default))!.Machine);
        }

        Assert.Null(await scenario.Get<ResourceReader>().FindAsync(ResourceIdentifier.Of("GZ", 3), default));
        Assert.Null(await scenario.Get<ResourceReader>().FindAsync(ResourceIdentifier.Of("XX", 1), default));
    }

    [Fact]
    public async Task Machines_registered_at_once_get_different_numbers()
    {
        await using var scenario = new RegistryScenario();
        var provider = (await scenario.OrganisationAsync()).Id;
        var keys = Enumerable.Range(0, 12).Select(_ => scenario.NewKey()).ToList();
        var handler = scenario.Get<RegisterMachineHandler>();
        var machines = await Task.WhenAll(keys.Select(key => Task.Run(() => handler.ExecuteAsync(Good(provider), key, default))));
        Assert.Equal(Enumerable.Range(1, 12), machines.Select(machine => machine.Result.Value.Identifier.Serial).Order());
    }

    // Crash points by the number of the commit: the hub gives out the number, then the provider's partition takes the machine.
    [Theory]
    [InlineData(1, StoreFault.ThrowBefore)]
    [InlineData(1, StoreFault.ThrowAfter)]
    [InlineData(2, StoreFault.ThrowBefore)]
    [InlineData(2, StoreFault.ThrowAfter)]
    public async Task Retry_after_a_crash_between_the_commits_goes_on_with_the_same_machine(int crashAt, StoreFault fault)
    {
        var commits = -1;
        await using var scenario = new RegistryScenario(
            faults: call => call.Commit is not null && commits >= 0 && ++commits == crashAt ? fault : StoreFault.None);
        var provider = (await scenario.OrganisationAsync()).Id;
        var key = scenario.NewKey();
        var handler = scenario.Get<RegisterMachineHandler>();
        commits = 0;
        await Assert.ThrowsAsync<InjectedStoreFaultException>(() => handler.ExecuteAsync(Good(provider), key, default));
        var machine = (await handler.ExecuteAsync(Good(provider), key, default)).Result.Value;
        Assert.Equal(1, machine.Identifier.Serial);
        Assert.Equal(machine, Assert.Single(await scenario.Get<MachineReader>().ListAsync(provider, null, default).ToListAsync()));
        Assert.Equal(2, (await scenario.MachineAsync(provider)).Identifier.Serial);
    }

    [Fact]
    public async Task Same_key_of_two_providers_makes_two_machines()
    {
        await using var scenario = new RegistryScenario();
        var key = scenario.NewKey();
        var handler = scenario.Get<RegisterMachineHandler>();
        var one = await handler.ExecuteAsync(Good((await scenario.OrganisationAsync()).Id), key, default);
        var other = await handler.ExecuteAsync(Good((await scenario.OrganisationAsync()).Id), key, default);
        Assert.NotEqual(one.Result.Value.Identifier, other.Result.Value.Identifier);
    }

    [Fact]
    public async Task Refusals_come_in_their_order_and_use_up_no_number()
    {
        await using var scenario = new RegistryScenario();
        var provider = (await scenario.OrganisationAsync()).Id;
        var buyer = (await scenario.OrganisationAsync(provides: false, buys: true)).Id;
        var bad = new RegisterMachine.RegisterMachine(buyer, " ", HubId.Parse("atlantis"), "?", GpuModelId.Parse("z1"), 0, 0, 0, 0.9m, -1);
        await RefusesAsync(bad, RegisterMachineRefusal.NotAProvider);
        await RefusesAsync(bad with { Provider = OrganisationId.From(Ulid.Create(1, 1)) }, RegisterMachineRefusal.NotAProvider);
        await RefusesAsync(bad = bad with { Provider = provider }, RegisterMachineRefusal.NameMalformed);
        await RefusesAsync(bad = bad with { Name = "rack" }, RegisterMachineRefusal.HubUnknown);
        await RefusesAsync(bad = bad with { Hub = HubId.Parse("guizhou") }, RegisterMachineRefusal.ClusterUnknown);
        await RefusesAsync(bad = bad with { Cluster = "Gui'an" }, RegisterMachineRefusal.ModelUnknown);
        await RefusesAsync(bad = bad with { Model = GpuModelId.Parse("cpu-x86-64") }, RegisterMachineRefusal.GpuCountOutOfRange);
        await RefusesAsync(bad with { GpuCount = 1025 }, RegisterMachineRefusal.GpuCountOutOfRange);
        await RefusesAsync(bad = bad with { GpuCount = 2 }, RegisterMachineRefusal.CpuMachineIsOneUnit);
        await RefusesAsync(bad = bad with { GpuCount = 1 }, RegisterMachineRefusal.HostOutOfRange);
        await RefusesAsync(bad = bad with { CpuCores = 2, HostMemoryMB = 4000 }, RegisterMachineRefusal.PueOutOfRange);
        await RefusesAsync(bad with { Pue = 5.01m }, RegisterMachineRefusal.PueOutOfRange);
        await RefusesAsync(bad = bad with { Pue = 1.0m }, RegisterMachineRefusal.GridCarbonOutOfRange);
        var machine = (await RegisterAsync(scenario, bad with { GridCarbonGramsPerKWh = null })).Value;
        Assert.Equal(1, machine.Identifier.Serial);

        async Task RefusesAsync(RegisterMachine.RegisterMachine command, RegisterMachineRefusal refusal) =>
            Assert.Equal(refusal, (await RegisterAsync(scenario, command)).Refusal);
    }

    private static RegisterMachine.RegisterMachine Good(OrganisationId provider) => RegistryScenario.MachineOf(provider);

    private static async Task<Result<Machine, RegisterMachineRefusal>> RegisterAsync(RegistryScenario scenario, RegisterMachine.RegisterMachine command) =>
        (await scenario.Get<RegisterMachineHandler>().ExecuteAsync(command, scenario.NewKey(), default)).Result;
}
