using Marketplace.Contracts;
using Marketplace.Verification.Reverification;
using Marketplace.Verification.Tests.Reverification;

namespace Marketplace.Verification.Tests.Cheats;

/// <summary>One card in two listings, in the window in which both are tested. (That two claims of the same figure fail is in WindowTests.)</summary>
public sealed class WindowCheatTests
{
    /// <summary>The parts of a window begin at set times by figure, so a card that is claimed twice must never be idle in one of them.</summary>
    [Fact]
    public async Task One_card_cannot_serve_a_claim_of_bf16_and_another_of_int8()
    {
        await using var world = new RecheckWorld();
        await world.ActivateAsync(1, machine: 1, claim: new Capacity(0, 800_000, 140_000, 4_000_000));
        await world.ActivateAsync(2, machine: 2, claim: new Capacity(1_500_001, 0, 0, 0));
        await world.OrderAsync();
        var asked = (await world.LatestAsync()).Machines.OrderBy(machine => machine.MachineId).Select(machine => machine.Claim);
        Assert.Equal([new Capacity(750_001, 800_000, 140_000, 4_000_000), new Capacity(1_500_001, 400_000, 70_000, 2_000_000)], asked);
    }

    /// <summary>Nothing is asked of the memory that a buyer is using.</summary>
    [Fact]
    public async Task Leased_card_is_asked_for_the_rates_of_its_class_and_no_memory()
    {
        await using var world = new RecheckWorld();
        world.Leases.Add(RecheckWorld.Machine(2));
        await world.ActivateAsync(1, machine: 1, claim: new Capacity(0, 800_000, 140_000, 4_000_000));
        await world.ActivateAsync(2, machine: 2, claim: new Capacity(1_500_000, 0, 0, 0));
        await world.OrderAsync();
        Assert.Equal(new Capacity(1_500_000, 400_000, 0, 0), (await world.LatestAsync()).Machines.Single(machine => machine.IsLeased).Claim);
    }
}
